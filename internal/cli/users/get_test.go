package users_test

import (
	"net/http"
	"strings"
	"testing"

	"ax/internal/cli/clitest"
)

func TestGetByID(t *testing.T) {
	t.Parallel()
	for id, path := range map[string]string{
		"usr_abc123":                   "usr_abc123",
		"VXNlcjoxMDA2OmFiY2Q=":         "VXNlcjoxMDA2OmFiY2Q%3D",
		"a/../b?x=1":                   "a%2F..%2Fb%3Fx%3D1",
		"..":                           "..",
		"a b%2Fc#d":                    "a%20b%252Fc%23d",
		"ü":                            "%C3%BC",
		"VXNlcjphYmNkZWZnaDEyMzQ1Njc4": "VXNlcjphYmNkZWZnaDEyMzQ1Njc4",
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			line := "GET /v2/users/" + path
			s := clitest.NewServer(t).On(line, clitest.JSON(200, clitest.Member("ann")))
			says(t, clitest.On(t, s).Run("users", "get", id), 0)
			asked(t, s, line)
		})
	}
}

func TestGetOutput(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t)
	for i, name := range []string{"0", "1", "2", "3"} {
		s.On("GET /v2/users/"+name, clitest.JSON(200, people()[i]))
	}
	golden(t, "get.txt", formats(t, s, "users get 1")+
		"others\n\n"+clitest.On(t, s).Script(t, "users get 0", "users get 2", "users get 3", "users get 2 -o csv", "users get 3 -o json"))
}

// One address finds one user: not one that only contains it, and not only one
// on the first page.
func TestGetByEmail(t *testing.T) {
	t.Parallel()
	const first, second = "GET /v2/users?limit=100&email=ann%40example.com", "GET /v2/users?limit=100&cursor=c1&email=ann%40example.com"
	joann := clitest.Member("joann")
	ann := clitest.User("id-1", "Ann", "Ann@Example.com", "ACTIVE", "MEMBER", true)
	for name, c := range map[string]struct {
		first, second http.HandlerFunc
		code          int
		says          string
		asked         []string
	}{
		"in another case":   {clitest.Page("", joann, ann), nil, 0, "", []string{first}},
		"on the next page":  {clitest.Page("c1", joann), clitest.Page("", ann), 0, "", []string{first, second}},
		"only as a part":    {clitest.Page("c1", joann), clitest.Page("", joann), 4, "✗ Error: User 'ann@example.com' not found\n", []string{first, second}},
		"nobody":            {clitest.Page(""), nil, 4, "✗ Error: User 'ann@example.com' not found\n", []string{first}},
		"twice":             {clitest.Page("c1", ann), clitest.Page("", clitest.Member("ann")), 1, `two users have the email "ann@example.com", id-1 and id-ann; use an id`, []string{first, second}},
		"twice the same":    {clitest.Page("c1", ann), clitest.Page("", ann), 0, "", []string{first, second}},
		"the search fails":  {status(500), nil, 4, "✗ Error: 500 Internal Server Error; a detail of Internal Server Error", []string{first}},
		"the second fails":  {clitest.Page("c1", ann), status(500), 4, "✗ Error: 500 Internal Server Error", []string{first, second}},
		"has no id":         {clitest.Page("", clitest.User("", "Ann", "ann@example.com", "ACTIVE", "MEMBER", true)), nil, 4, "not found", []string{first}},
		"in circles":        {clitest.Page("c1", joann), clitest.Page("c1", joann), 4, "the same page again and again", []string{first, second}},
		"more, but not how": {clitest.JSON(200, `{"users":[],"pagination":{"has_more":true}}`), nil, 4, "more users, but not how to ask", []string{first}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := clitest.NewServer(t).On(first, c.first)
			if c.second != nil {
				s.On(second, c.second)
			}
			got := clitest.On(t, s).Run("users", "get", "ann@example.com")
			says(t, got, c.code, c.says)
			if found := strings.Contains(got.Out, "id: id-1"); found != (c.code == 0) {
				t.Errorf("%s", got)
			}
			asked(t, s, c.asked...)
		})
	}
}

func TestGetUsage(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t)
	w := clitest.On(t, s)
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "Missing argument: the id or email of a user"},
		{[]string{"a", "b"}, `Got unexpected extra argument "b"; this command takes one user`},
		{[]string{""}, "The id or email of the user must not be empty"},
		{[]string{" "}, "The id or email of the user must not be empty"},
	} {
		for _, command := range []string{"get", "update", "resend-invitation", "reset-password"} {
			ran(t, w.Run(append([]string{"users", command}, c.args...)...), 2, "", "✗ Error: "+c.want+"\n  Try 'ax users "+command+" --help'.\n")
		}
	}
	asked(t, s)
}
