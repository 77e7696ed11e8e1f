package api_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ax/internal/api/apitest"
	"ax/internal/wire"
)

// TestEveryMethodOnEveryPath is without a key throughout: what a path takes is no secret.
func TestEveryMethodOnEveryPath(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	takes := map[string][]string{}
	for _, op := range apitest.Operations() {
		takes[op.Path] = append(takes[op.Path], op.Method)
		if op.Method == http.MethodGet {
			takes[op.Path] = append(takes[op.Path], http.MethodHead)
		}
	}
	if len(takes) < 20 {
		t.Errorf("the document has %d paths; is the map still right?", len(takes))
	}
	for path, methods := range takes {
		slices.Sort(methods)
		target := strings.ReplaceAll(path, "{user_id}", string(w.Member.UserID))
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get"} {
			got := w.do(t, method, target, "", "Authorization:")
			want, allow := http.StatusMethodNotAllowed, strings.Join(methods, ", ")
			if slices.Contains(methods, method) {
				want, allow = http.StatusUnauthorized, ""
				if withoutKey(path) {
					want = http.StatusOK
				}
			}
			if got.Code != want || got.Header().Get("Allow") != allow {
				t.Errorf("%s %s: answer %d, Allow %q; want %d, %q", method, path, got.Code, got.Header().Get("Allow"), want, allow)
			}
			if want == http.StatusMethodNotAllowed {
				wantProblem(t, got, want, fmt.Sprintf("%q is not possible here; this path takes %s.", method, allow))
			}
		}
	}
}

// withoutKey holds for the paths that answer anybody.
func withoutKey(path string) bool {
	return slices.Contains([]string{"/openapi.yaml", "/livez", "/readyz"}, path)
}

// TestPathsThatAreNotThere has paths that lead nowhere, and ways of writing that other servers tidy up. None redirects.
func TestPathsThatAreNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, target := range []string{
		"/", "/v2", "/v2/", "/v1/users", "/V2/users", "/v2/Users", "/v2/user", "/v2/users/", "/v2/users/x/", "/v2/users/x/y", "/v2/users/x/resend-invitation/",
		"/v2/users/x/resend_invitation", "/v2//users", "//v2/users", "///v2/users", "/v2/./users", "/v2/../v2/users", "/../v2/users", "/v2/users/../users",
		"/v2/users/.", "/v2/users/..", "/v2/users/x/..", "/v2/users//resend-invitation", "/v2/users/./resend-invitation", "/v2/users;x=1",
		"/v2/users/x;y/resend-invitation;z", "/%2e%2e/v2/users", "/v2%2Fusers", "/v2%2fusers/x", "/v2/users%00", "/v2/users%20", "/v2/users%2F", "/v2/users?/../x=1&", "*",
		"/healthz", "/livez/", "/readyz/x", "/openapi.yml", "/openapi.json", "/.well-known/openid-configuration", "/v2\\users", "/v2/users/x\\..\\y/z", "http://ax.example//v2/users",
		"http://ax.example", "http://other.example/v2/nothing",
	} {
		for _, header := range []string{"Authorization:", "Authorization: Bearer " + w.key} {
			got := w.do(t, "GET", target, "", header)
			want := http.StatusNotFound
			if strings.HasPrefix(target, "/v2/users?") { // the path is fine, the query is not
				want = map[bool]int{true: http.StatusUnauthorized, false: http.StatusBadRequest}[header == "Authorization:"]
			}
			if got.Code != want || got.Header().Get("Location") != "" {
				t.Errorf("GET %s: answer %d, Location %q; want %d", target, got.Code, got.Header().Get("Location"), want)
			}
		}
	}
	wantProblem(t, w.do(t, "CONNECT", "ax.example:443", "", "Authorization:"), 404, "There is nothing at this path")
	wantProblem(t, w.do(t, "OPTIONS", "*", "", "Authorization:"), 404, "There is nothing at this path")
}

// TestIDsInPaths has the ways in which clients write one id, and ids that are none.
func TestIDsInPaths(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := string(w.Member.UserID)
	for _, same := range []string{id, "%56" + id[1:], strings.ReplaceAll(id, "l", "%6C"), strings.ReplaceAll(id, "l", "%6c")} {
		if got := decoded[wire.User](t, w.do(t, "GET", "/v2/users/"+same, ""), 200); got.ID != id {
			t.Errorf("%s: got %s", same, got.ID)
		}
	}
	for name, c := range map[string]struct {
		id     string
		status int
	}{
		"padded, raw":                      {"Um9sZUJpbmRpbmc6OTk5OTk5OTk5OTk=", 404},
		"padded, encoded":                  {"Um9sZUJpbmRpbmc6OTk5OTk5OTk5OTk%3D", 404},
		"padded, encoded in lower case":    {"Um9sZUJpbmRpbmc6OTk5OTk5OTk5OTk%3d", 404},
		"twice padded":                     {"VXNlcjoxMDA2OmFiY2Q%3D", 404},
		"just a colon":                     {"Og==", 404},
		"a user of the other kind":         {"VXNlcjoxMjM0NQ==", 404},
		"a slash, encoded":                 {"VXNlcjo%2FPz8%2F", 404},
		"a plus, raw":                      {"fn5+fjp+fn4+", 404},
		"not UTF-8 inside":                 {"%2Fzr%2F", 400},
		"a plus, encoded":                  {"fn5%2Bfjp%2Bfn4%2B", 404},
		"encoded twice":                    {"Um9sZUJpbmRpbmc6OTk5OTk5OTk5OTk%253D", 400},
		"unpadded":                         {"Um9sZUJpbmRpbmc6OTk5OTk5OTk5OTk", 400},
		"padded once too often":            {"Um9sZUJpbmRpbmc6OTk5OTk5OTk5OTk==", 400},
		"URL-safe alphabet":                {"VXNlcjo_Pz8_", 400},
		"without a colon":                  {"VXNlcg==", 400},
		"not base64":                       {"usr_abc123", 400},
		"an address":                       {"mel%40example.com", 400},
		"with a line break":                {id[:4] + "%0A" + id[4:], 400},
		"with CRLF behind":                 {id + "%0D%0A", 400},
		"with a space":                     {id + "%20", 400},
		"with a NUL":                       {id + "%00", 400},
		"with NUL inside the base64":       {"VXNlcjoAAAAA", 404},
		"dots, encoded":                    {"%2e%2e", 400},
		"a path, encoded":                  {"..%2F..%2Fopenapi.yaml", 400},
		"SQL":                              {"'%20OR%20'1'='1", 400},
		"the id in another case":           {strings.ToLower(id), 400},
		"the decoded id":                   {"User:abcdefgh12345678", 400},
		"unused trailing bits set":         {"Oh==", 400},
		"32 KiB":                           {strings.Repeat("VXNl", 8<<10), 400},
		"32 KiB with a colon":              {"VXNlcjph" + strings.Repeat("VXNl", 8<<10), 404},
		"another script":                   {"%D0%BF%D0%BE%D0%BB%D1%8C%D0%B7", 400},
		"bytes that are no UTF-8":          {"%FF%FE", 400},
		"a semicolon":                      {id + ";x=1", 400},
		"an id with a query in it":         {id + "%3Flimit=1", 400},
		"an id with a fragment in it":      {id + "%23x", 400},
		"the name of a path below":         {"resend-invitation", 400},
		"an overlong encoding of a letter": {"%C1%96" + id[1:], 400},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			says := map[int]string{400: "user_id: this is not a user id", 404: "User not found."}[c.status]
			wantProblem(t, w.do(t, "GET", "/v2/users/"+c.id, ""), c.status, says)
			wantProblem(t, w.do(t, "PATCH", "/v2/users/"+c.id, `{"name":"X"}`), c.status, says)
			wantProblem(t, w.do(t, "DELETE", "/v2/users/"+c.id, ""), c.status, says)
			wantProblem(t, w.do(t, "POST", "/v2/users/"+c.id+"/resend-invitation", ""), c.status, says)
			wantProblem(t, w.do(t, "POST", "/v2/users/"+c.id+"/reset-password", ""), c.status, says)
		})
	}
}

// TestHead is over a socket, because it is net/http that leaves the body out.
func TestHead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server := httptest.NewServer(w.handler)
	defer server.Close()
	for _, target := range []string{
		"/v2/users", "/v2/users?limit=1&status=active", "/v2/users?limit=0", "/v2/users/" + string(w.Member.UserID), "/v2/users/VXNlcjowMDAwMDAwMDAwMDAwMDAw",
		"/v2/users/bad", "/openapi.yaml", "/livez", "/readyz", "/nothing",
	} {
		get, body := fetch(t, server, http.MethodGet, target, w.key)
		head, none := fetch(t, server, http.MethodHead, target, w.key)
		if len(body) == 0 || len(none) != 0 {
			t.Errorf("%s: GET has %d bytes, HEAD %d", target, len(body), len(none))
		}
		for _, each := range []*http.Response{get, head} {
			each.Header.Del("Date")
		}
		if diff := cmp.Diff(get.Header, head.Header); diff != "" || get.StatusCode != head.StatusCode {
			t.Errorf("%s: GET %d, HEAD %d; headers (-GET +HEAD):\n%s", target, get.StatusCode, head.StatusCode, diff)
		}
	}
}

func fetch(t *testing.T, server *httptest.Server, method, target, key string) (*http.Response, []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, server.URL+target, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+key)
	r.Header.Set("X-Request-Id", "one-and-the-same")
	resp, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, body
}

// TestTheDocumentIsServed byte for byte, to anyone.
func TestTheDocumentIsServed(t *testing.T) {
	t.Parallel()
	got := newWorld(t).do(t, "GET", "/openapi.yaml", "", "Authorization:")
	if !bytes.HasPrefix(got.Body.Bytes(), []byte("openapi: 3.0.3\n")) || got.Header().Get("Content-Type") != "application/yaml" {
		t.Errorf("got %s %.40q", got.Header().Get("Content-Type"), got.Body)
	}
}
