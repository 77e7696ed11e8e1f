package api_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"ax/internal/wire"
)

const jsonType = "Content-Type: application/json" // also where there is no body

// TestStrictBodies has what other decoders let pass. A message names the key at fault, or the byte when there is no key.
func TestStrictBodies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const rest = `"email":"eve@example.com","role":{"type":"PREDEFINED","name":"MEMBER"},"invite_mode":"NONE"}`
	utf16LE := string([]byte{0xff, 0xfe})
	for _, r := range utf16.Encode([]rune(soundBody("eve@example.com"))) {
		utf16LE += string([]byte{byte(r), byte(r >> 8)})
	}
	type body struct{ name, body, says string }
	t.Run("refused", func(t *testing.T) {
		for _, c := range []body{
			{"empty", "", "The body is empty; send a JSON object."},
			{"white space", " \t\r\n", "The body is empty; send a JSON object."},
			{"null", "null", "body: must not be null"},
			{"an array", "[]", "body: must be an object, not an array"},
			{"an array of requests", "[" + soundBody("eve@example.com") + "]", "body: must be an object, not an array"},
			{"a string", `"eve"`, "body: must be an object, not a string"},
			{"a number", "1", "body: must be an object, not a number"},
			{"true", "true", "body: must be an object, not true or false"},
			{"a form", "name=Eve&email=eve%40example.com", "The body is not JSON"},
			{"XML", "<user/>", "The body is not JSON"},
			{"single quotes", "{'name':'Eve'}", "The body is not JSON"},
			{"no quotes", "{name:1}", "The body is not JSON"},
			{"a comment", "{/* Eve */}", "The body is not JSON"},
			{"a comma too many", `{"name":"Eve",}`, "The body is not JSON"},
			{"cut off", `{"name":"Eve"`, "The body is not JSON: it ends too early."},
			{"cut off in a string", `{"name":"Ev`, "The body is not JSON: it ends too early."},
			{"NaN", `{"is_developer":NaN}`, "is_developer: not JSON"},
			{"infinity", `{"is_developer":Infinity}`, "is_developer: not JSON"},
			{"hexadecimal", `{"is_developer":0x1}`, "The body is not JSON"},
			{"a plus sign", `{"is_developer":+1}`, "is_developer: not JSON"},
			{"a zero in front", `{"is_developer":01}`, "The body is not JSON"},
			{"a byte order mark", "\ufeff" + soundBody("eve@example.com"), "The body is not JSON"},
			{"UTF-16", utf16LE, "The body is not JSON"},
			{"a raw line break in a string", "{\"name\":\"E\nve\"," + rest, "name: not JSON"},
			{"a raw NUL in a string", "{\"name\":\"E\x00ve\"," + rest, "name: not JSON"},
			{"an unknown escape", `{"name":"E\xve",` + rest, "name: not JSON"},
			{"broken UTF-8", "{\"name\":\"E\xffve\"," + rest, "name: not JSON: invalid UTF-8"},
			{"broken UTF-8 in a key", "{\"na\xffme\":\"Eve\"," + rest, "The body is not JSON"},
			{"overlong UTF-8", "{\"name\":\"\xc0\xaf\"," + rest, "name: not JSON: invalid UTF-8"},
			{"a surrogate in UTF-8", "{\"name\":\"\xed\xa0\x80\"," + rest, "name: not JSON: invalid UTF-8"},
			{"half a surrogate pair", `{"name":"\ud83d",` + rest, "name: not JSON: invalid surrogate pair"},
			{"the other half", `{"name":"\ude00",` + rest, "name: not JSON: invalid surrogate pair"},
			{"halves in the wrong order", `{"name":"\ude00\ud83d",` + rest, "name: not JSON: invalid surrogate pair"},
			{"text behind the end", soundBody("eve@example.com") + "x", "There is text behind the JSON object."},
			{"another object behind the end", soundBody("eve@example.com") + soundBody("eva@example.com"), "There is text behind the JSON object."},
			{"a NUL behind the end", soundBody("eve@example.com") + "\x00", "There is text behind the JSON object."},
			{"a bracket behind the end", soundBody("eve@example.com") + "]", "There is text behind the JSON object."},
			{"a key twice", `{"name":"Eve","name":"Mallory",` + rest, "name: the key is there twice"},
			{"a key twice, once escaped", `{"name":"Eve","n\u0061me":"Mallory",` + rest, "name: the key is there twice"},
			{"a key twice, far below", `{"name":"Eve","email":"eve@example.com","role":{"type":"PREDEFINED","name":"MEMBER","name":"ADMIN"},"invite_mode":"NONE"}`, "role.name: the key is there twice"},
			{"an unknown key", `{"admin":true,"name":"Eve",` + rest, "admin: there is no such key"},
			{"an unknown key below", `{"name":"Eve","email":"eve@example.com","role":{"type":"PREDEFINED","name":"MEMBER","rights":[]},"invite_mode":"NONE"}`, "role.rights: there is no such key"},
			{"a key in another case", `{"Name":"Eve",` + rest, "Name: there is no such key"},
			{"a key in upper case", `{"name":"Eve","ROLE":{"type":"PREDEFINED","name":"ADMIN"},` + rest, "ROLE: there is no such key"},
			{"a key with a letter that folds", "{\"name\":\"Eve\",\"i\u017f_developer\":true," + rest, "there is no such key"},
			{"a key without its underscore", `{"name":"Eve","invitemode":"NONE",` + rest, "invitemode: there is no such key"},
			{"an empty key", `{"":1,"name":"Eve",` + rest, "there is no such key"},
			{"a key of the prototype", `{"__proto__":{"role":"ADMIN"},"name":"Eve",` + rest, "__proto__: there is no such key"},
			{"null for a key", `{"name":null,` + rest, "name: must not be null; leave the key out"},
			{"null far below", `{"name":"Eve","email":"eve@example.com","role":{"type":"PREDEFINED","name":null},"invite_mode":"NONE"}`, "role.name: must not be null"},
			{"an escaped NUL", `{"name":"E\u0000ve",` + rest, "name: must not hold the character U+0000"},
			{"an escaped NUL in a key", `{"na\u0000me":"Eve",` + rest, "U+0000"},
			{"a text as a flag", `{"name":"Eve","is_developer":"true",` + rest, "is_developer: must be true or false, not a string"},
			{"a number as a flag", `{"name":"Eve","is_developer":1,` + rest, "is_developer: must be true or false, not a number"},
			{"a huge number", `{"name":1e400,` + rest, "name: must be a string, not a number"},
			{"a very long number", `{"name":` + strings.Repeat("9", 100_000) + `,` + rest, "name: must be a string, not a number"},
			{"a role as text", `{"name":"Eve","email":"eve@example.com","role":"ADMIN","invite_mode":"NONE"}`, "role: must be an object, not a string"},
			{"a role as an array", `{"name":"Eve","email":"eve@example.com","role":[{"type":"PREDEFINED","name":"ADMIN"}],"invite_mode":"NONE"}`, "role: must be an object, not an array"},
			{"80,000 unknown keys", manyKeys(80_000), "there is no such key"},
			{"a million times one key", `{` + strings.Repeat(`"a":1,`, 150_000) + `"a":1}`, "a: the key is there twice"},
		} {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				p := wantProblem(t, w.do(t, "POST", "/v2/users", c.body, jsonType), 400, c.says)
				if strings.Contains(p.Detail, "jsontext") || strings.Contains(p.Detail, "Go ") || strings.Contains(p.Detail, "wire.") || len(p.Detail) > 300 {
					t.Errorf("the detail is not for clients: %s", p.Detail)
				}
			})
		}
	})
	if list := decoded[wire.UserList](t, w.do(t, "GET", "/v2/users", ""), 200); names(list) != "ada mel ann" {
		t.Errorf("afterwards there are %s", names(list))
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	b.WriteString("{")
	for i := range n {
		fmt.Fprintf(&b, `"k%d":1,`, i)
	}
	return b.String() + `"z":1}`
}

// TestUpdateBodies has what is wrong with the smaller body; a refused change leaves the user alone.
func TestUpdateBodies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	target := "/v2/users/" + string(w.Member.UserID)
	before := w.do(t, "GET", target, "").Body.String()
	for _, c := range []struct {
		body   string
		status int
		says   string
	}{
		{"", 400, "The body is empty"},
		{"[]", 400, "body: must be an object, not an array"},
		{`{"name":["X"]}`, 400, "name: must be a string, not an array"},
		{`{"name":{"$ne":""}}`, 400, "name: must be a string, not an object"},
		{`{"name":true}`, 400, "name: must be a string, not true or false"},
		{`{"name":null}`, 400, "name: must not be null"},
		{`{"is_developer":null}`, 400, "is_developer: must not be null"},
		{`{"is_developer":"false"}`, 400, "is_developer: must be true or false, not a string"},
		{`{"is_developer":0}`, 400, "is_developer: must be true or false, not a number"},
		{`{"is_developer":{}}`, 400, "is_developer: must be true or false, not an object"},
		{`{"Is_Developer":false}`, 400, "Is_Developer: there is no such key"},
		{`{"name":"X","id":"VXNlcjowMDAwMDAwMDAwMDAwMDAw"}`, 400, "id: there is no such key"},
		{`{"name":"X","name":"Y"}`, 400, "name: the key is there twice"},
		{`{"name":""}`, 400, "name: must not be blank"},
		{`{"name":"\u2003\u00a0"}`, 400, "name: must not be blank"},
		{`{"name":"X\u202eY"}`, 422, "name: must not hold control characters"},
	} {
		wantProblem(t, w.do(t, "PATCH", target, c.body, jsonType), c.status, c.says)
	}
	if after := w.do(t, "GET", target, "").Body.String(); after != before {
		t.Errorf("the user changed from %s to %s", before, after)
	}
}

// TestEnumerationsAreASCII: letters of other alphabets that fold to ours are no way to write a role.
func TestEnumerationsAreASCII(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for n, c := range []struct{ from, to, says string }{
		{`"MEMBER"`, `"adm\u0131n"`, "role.name: must be one of"},
		{`"EMAIL_LINK"`, `"ema\u0131l_l\u0131nk"`, "invite_mode: must be one of"},
		{`"EMAIL_LINK"`, `"EMAIL_LIN\u212a"`, "invite_mode: must be one of"},
		{`"EMAIL_LINK"`, `"temporary_pa\u017f\u017fword"`, "invite_mode: must be one of"},
		{`"MEMBER"`, `" MEMBER"`, "role.name: must be one of"},
		{`"MEMBER"`, `"MEMBER\n"`, "role.name: must be one of"},
		{`"PREDEFINED"`, `"PREDEF\u0131NED"`, "role.type: must be PREDEFINED"},
	} {
		body := strings.Replace(soundBody(fmt.Sprintf("enum%d@example.com", n)), c.from, c.to, 1)
		wantProblem(t, w.do(t, "POST", "/v2/users", body), 422, c.says)
	}
	for _, status := range []string{"act%C4%B1ve", "ACTIVE%20", "ACTIVE,INVITED", "DELETED", "INACTIVE", "", "1", "%00"} {
		wantProblem(t, w.do(t, "GET", "/v2/users?status="+status, ""), 400, "status: must be")
	}
}
