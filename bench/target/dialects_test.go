//go:build linux

package target

import (
	"testing"

	"ax/bench/load"
	"ax/bench/people"
)

func TestDialects(t *testing.T) {
	t.Parallel()
	person := people.Person{Email: "o'neil+1@example.com", Name: `A "B"`, Role: "MEMBER", Status: people.Invited}
	us, them := ours{deep: "c+r"}, theirs{size: 1000}
	for _, c := range []struct {
		got                  load.Request
		method, target, body string
	}{
		{us.Get("VXNl+/=="), "GET", "/v2/users/VXNl%2B%2F%3D%3D", ""},
		{us.List(50), "GET", "/v2/users?limit=50", ""},
		{us.Deep(50), "GET", "/v2/users?limit=50&cursor=c%2Br", ""},
		{us.Find("a+b", people.Active), "GET", "/v2/users?limit=50&email=a%2Bb&status=ACTIVE", ""},
		{us.Exact(person.Email), "GET", "/v2/users?limit=100&email=o%27neil%2B1%40example.com", ""},
		{us.Create(person), "POST", "/v2/users", `{"name":"A \"B\"","email":"o'neil+1@example.com","role":{"type":"PREDEFINED","name":"MEMBER"},"invite_mode":"EMAIL_LINK"}`},
		{us.Rename("i", "n"), "PATCH", "/v2/users/i", `{"name":"n"}`},
		{us.Delete("i="), "DELETE", "/v2/users/i%3D", ""},
		{them.Get("abc"), "GET", "/api/collections/people/records/abc", ""},
		{them.List(50), "GET", "/api/collections/people/records?skipTotal=1&sort=@rowid&perPage=50", ""},
		{them.Deep(50), "GET", "/api/collections/people/records?skipTotal=1&sort=@rowid&perPage=50&page=19", ""},
		{them.Find("q", people.Expired), "GET", "/api/collections/people/records?skipTotal=1&sort=@rowid&perPage=50&filter=%28email~%27q%27%26%26status%3D%27EXPIRED%27%29", ""},
		{them.Exact(person.Email), "GET", "/api/collections/people/records?skipTotal=1&perPage=1&filter=%28email%3D%27o%5C%27neil%2B1%40example.com%27%29", ""},
		{them.Create(person), "POST", "/api/collections/people/records", `{"email":"o'neil+1@example.com","name":"A \"B\"","role":"MEMBER","status":"INVITED"}`},
		{them.Delete("abc"), "DELETE", "/api/collections/people/records/abc", ""},
	} {
		if c.got.Method != c.method || c.got.Target != c.target || c.got.Body != c.body {
			t.Errorf("got %+v\nwant %s %s %s", c.got, c.method, c.target, c.body)
		}
	}
}

// Each status comes about by a mode of its own.
func TestModes(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]string{people.Active: "NONE", people.Invited: "EMAIL_LINK", people.Expired: "TEMPORARY_PASSWORD"} {
		if got := mode(status); got != want {
			t.Errorf("%s: %s, want %s", status, got, want)
		}
	}
}
