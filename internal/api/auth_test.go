package api_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ax/internal/api/apitest"
	"ax/internal/directory"
	"ax/internal/wire"
)

const (
	noKey     = `Bearer realm="ax"`                        // RFC 6750, 3.1: no error code when nothing was sent
	badKey    = `Bearer realm="ax", error="invalid_token"` // something was sent, and it is no good
	badMethod = `Bearer realm="ax", error="invalid_request"`
	noRight   = `Bearer realm="ax", error="insufficient_scope"`
)

// TestAuthorization has every shape of the header that clients and attackers come up with.
func TestAuthorization(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := w.key
	for _, c := range []struct {
		name      string
		lines     []string // "KEY" is a good one
		status    int
		challenge string
	}{
		{"no header", nil, 401, noKey},
		{"as documented", []string{"Bearer KEY"}, 200, ""},
		{"lower case scheme", []string{"bearer KEY"}, 200, ""},
		{"upper case scheme", []string{"BEARER KEY"}, 200, ""},
		{"mixed case scheme", []string{"bEaReR KEY"}, 200, ""},
		{"several spaces", []string{"Bearer    KEY"}, 200, ""},
		{"a space behind", []string{"Bearer KEY "}, 200, ""},
		{"empty", []string{""}, 401, noKey},
		{"only the scheme", []string{"Bearer"}, 401, noKey},
		{"the scheme and a space", []string{"Bearer "}, 401, noKey},
		{"only spaces", []string{"   "}, 401, noKey},
		{"the bare key", []string{"KEY"}, 401, noKey},
		{"a tab for the space", []string{"Bearer\tKEY"}, 401, noKey},
		{"a tab behind the space", []string{"Bearer \tKEY"}, 401, noKey},
		{"no space", []string{"BearerKEY"}, 401, noKey},
		{"a colon", []string{"Bearer: KEY"}, 401, noKey},
		{"an equals sign", []string{"Bearer=KEY"}, 401, noKey},
		{"another scheme", []string{"Token KEY"}, 401, noKey},
		{"basic", []string{"Basic " + base64.StdEncoding.EncodeToString([]byte("ax:"+key))}, 401, noKey},
		{"basic with the key itself", []string{"Basic KEY"}, 401, noKey},
		{"a longer scheme", []string{"BearerX KEY"}, 401, noKey},
		{"two in one line", []string{"Bearer KEY, Bearer KEY"}, 401, noKey},
		{"two separated by a comma alone", []string{"Bearer KEY,KEY"}, 401, noKey},
		{"something behind", []string{"Bearer KEY x"}, 401, noKey},
		{"quoted", []string{`Bearer "KEY"`}, 401, badKey},
		{"as a parameter", []string{"Bearer token=KEY"}, 401, badKey},
		{"encoded", []string{"Bearer " + base64.StdEncoding.EncodeToString([]byte(key))}, 401, badKey},
		{"percent-encoded", []string{"Bearer " + strings.ReplaceAll(key, "-", "%2D")}, 401, badKey},
		{"a NUL behind", []string{"Bearer KEY\x00"}, 401, badKey},
		{"not UTF-8", []string{"Bearer \xff\xfe"}, 401, badKey},
		{"Cyrillic letters that look alike", []string{"Bearer " + strings.Replace(key, "ak-", "аk-", 1)}, 401, badKey},
		{"some word", []string{"Bearer secret"}, 401, badKey},
		{"31 KiB", []string{"Bearer " + strings.Repeat("a", 31<<10)}, 401, badKey},
		{"64 KiB", []string{"Bearer " + strings.Repeat("a", 64<<10)}, 431, ""},
		{"the same line twice", []string{"Bearer KEY", "Bearer KEY"}, 400, badMethod},
		{"a second line, empty", []string{"Bearer KEY", ""}, 400, badMethod},
		{"a second line of another scheme", []string{"Basic YXg6", "Bearer KEY"}, 400, badMethod},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRequest(t, "GET", "/v2/users?limit=1", strings.NewReader(""))
			for _, line := range c.lines {
				r.Header.Add("Authorization", strings.ReplaceAll(line, "KEY", key))
			}
			got := serve(w.handler, r)
			if got.Code != c.status || got.Header().Get("WWW-Authenticate") != c.challenge {
				t.Errorf("answer %d with %q, want %d with %q", got.Code, got.Header().Get("WWW-Authenticate"), c.status, c.challenge)
			}
			if strings.Contains(got.Body.String(), key) {
				t.Error("the answer holds the key")
			}
		})
	}
}

// TestAKeyElsewhere carries a good key wherever it does not belong. It is no key there, and the log does not have it.
func TestAKeyElsewhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct {
		name, method, target, body string
		header                     []string
		status                     int
	}{
		{"query", "GET", "/v2/users?access_token=KEY", "", nil, 401},
		{"query by other names", "GET", "/v2/users?api_key=KEY&key=KEY&token=KEY", "", nil, 401},
		{"query, beside a good header", "GET", "/v2/users?access_token=KEY", "", []string{"Authorization: Bearer KEY"}, 400},
		{"path", "GET", "/v2/users/KEY", "", nil, 401},
		{"path, beside a good header", "GET", "/v2/users/KEY", "", []string{"Authorization: Bearer KEY"}, 400},
		{"path that is not there", "GET", "/KEY", "", nil, 404},
		{"form", "POST", "/v2/users", "access_token=KEY", []string{"Content-Type: application/x-www-form-urlencoded"}, 401},
		{"form, beside a good header", "POST", "/v2/users", "access_token=KEY", []string{"Content-Type: application/x-www-form-urlencoded", "Authorization: Bearer KEY"}, 415},
		{"body, beside a good header", "POST", "/v2/users", `{"access_token":"KEY"}`, []string{"Authorization: Bearer KEY"}, 400},
		{"cookie", "GET", "/v2/users", "", []string{"Cookie: key=KEY; Authorization=Bearer%20KEY"}, 401},
		{"headers of other products", "GET", "/v2/users", "", []string{"X-Api-Key: KEY", "Api-Key: KEY", "Proxy-Authorization: Bearer KEY"}, 401},
		{"request id", "GET", "/v2/users", "", []string{"X-Forwarded-Authorization: Bearer KEY"}, 401},
		{"user info", "GET", "http://ax:KEY@ax.example/v2/users", "", nil, 401},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			with := func(s string) string { return strings.ReplaceAll(s, "KEY", w.key) }
			header := []string{"Authorization:"}
			for _, line := range c.header {
				if header = append(header, with(line)); strings.HasPrefix(line, "Authorization:") {
					header = header[1:]
				}
			}
			if got := w.do(t, c.method, with(c.target), with(c.body), header...); got.Code != c.status {
				t.Errorf("answer %d, want %d: %s", got.Code, c.status, got.Body)
			}
		})
	}
	t.Cleanup(func() {
		if log := w.log.String(); strings.Contains(log, w.key) || log == "" {
			t.Errorf("the log holds the key, or nothing:\n%s", log)
		}
	})
}

// TestChangedKeys changes a good key in every place.
func TestChangedKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var all []string
	for i := range w.key {
		for _, c := range "0aZ-_ " {
			all = append(all, w.key[:i]+string(c)+w.key[i+1:]) // another character
		}
		all = append(all, w.key[:i], w.key[:i]+w.key[i+1:], w.key[:i]+w.key[i:i+1]+w.key[i:]) // cut off, one less, one twice
		if flipped := strings.Map(flip, w.key[i:i+1]); flipped != w.key[i:i+1] {
			all = append(all, w.key[:i]+flipped+w.key[i+1:])
		}
	}
	all = append(all, w.key+"0", w.key+w.key, strings.ToLower(w.key), strings.ToUpper(w.key), newWorld(t).key)
	for _, key := range all {
		if strings.TrimSpace(key) == w.key {
			continue
		}
		if got := w.do(t, "GET", "/v2/users", "", "Authorization: Bearer "+key); got.Code != 401 {
			t.Errorf("%q, made of %q: answer %d", key, w.key, got.Code)
		}
	}
}

func flip(r rune) rune {
	switch {
	case 'a' <= r && r <= 'z':
		return r - 'a' + 'A'
	case 'A' <= r && r <= 'Z':
		return r - 'A' + 'a'
	}
	return r
}

// TestEveryOperationNeedsAKey asks of the document which ones say so.
func TestEveryOperationNeedsAKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, op := range apitest.Operations() {
		target := strings.ReplaceAll(op.Path, "{user_id}", string(w.Member.UserID))
		for name, header := range map[string]string{"none": "Authorization:", "bad": "Authorization: Bearer ak-bad"} {
			got := w.do(t, op.Method, target, "", header)
			want := http.StatusUnauthorized
			if withoutKey(op.Path) {
				want = http.StatusOK
			}
			if got.Code != want {
				t.Errorf("%s with key %s: answer %d, want %d", op.ID, name, got.Code, want)
			}
		}
	}
}

// TestWhatEndsAKey has each way in which a key stops being good; the next request knows.
func TestWhatEndsAKey(t *testing.T) {
	t.Parallel()
	no := false
	for name, c := range map[string]struct {
		end       func(t *testing.T, w *world, owner directory.User) error
		status    int
		challenge string
	}{
		"the owner is deleted": {func(t *testing.T, w *world, owner directory.User) error {
			return w.DeleteUser(t.Context(), w.Admin, owner.ID)
		}, 401, badKey},
		"the owner loses developer access": {func(t *testing.T, w *world, owner directory.User) error {
			_, err := w.UpdateUser(t.Context(), w.Admin, owner.ID, directory.UpdateUser{Developer: &no})
			return err
		}, 403, noRight},
		"it runs out": {func(_ *testing.T, w *world, _ directory.User) error {
			w.Clock.Advance(time.Hour)
			return nil
		}, 401, badKey},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			owner := w.Create(t, "own@example.com", "Own", directory.RoleMember)
			actor := directory.Actor{UserID: owner.ID, UserSeq: owner.Seq, Email: owner.Email, Role: owner.Role, Developer: true, Via: directory.ViaSession}
			key, err := w.CreateOwnKey(t.Context(), actor, directory.CreateKey{Name: "short", ExpiresAt: w.Clock.Now().Add(time.Hour)})
			if err != nil {
				t.Fatal(err)
			}
			header := "Authorization: Bearer " + key.Secret
			w.Clock.Advance(time.Hour - time.Microsecond)
			decoded[wire.UserList](t, w.do(t, "GET", "/v2/users", "", header), 200)
			if err := c.end(t, w, owner); err != nil {
				t.Fatal(err)
			}
			got := w.do(t, "GET", "/v2/users", "", header)
			if diff := cmp.Diff(c.challenge, got.Header().Get("WWW-Authenticate")); got.Code != c.status || diff != "" {
				t.Errorf("answer %d, want %d; challenge (-want +got):\n%s", got.Code, c.status, diff)
			}
			// Reading one user has no 403, but says the same.
			want := map[int]int{401: 401, 403: 404}[c.status]
			if one := w.do(t, "GET", "/v2/users/"+string(w.Member.UserID), "", header); one.Code != want {
				t.Errorf("get: answer %d, want %d", one.Code, want)
			}
		})
	}
}

// TestUnknownKeysAnswerAlike gives no hint why a key is no good.
func TestUnknownKeysAnswerAlike(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	gone := w.Create(t, "gone@example.com", "Gone", directory.RoleMember)
	deleted := w.APIKey(t, gone.Email)
	if err := w.DeleteUser(t.Context(), w.Admin, gone.ID); err != nil {
		t.Fatal(err)
	}
	const id = "X-Request-Id: same"
	want := w.do(t, "GET", "/v2/users", "", id, "Authorization: Bearer x").Body.String()
	for name, key := range map[string]string{"of a deleted user": deleted, "of another directory": newWorld(t).key, "mistyped": w.key[:20] + strings.Map(flip, w.key[20:])} {
		if diff := cmp.Diff(want, w.do(t, "GET", "/v2/users", "", id, "Authorization: Bearer "+key).Body.String()); diff != "" {
			t.Errorf("%s (-a random word's +got):\n%s", name, diff)
		}
	}
}
