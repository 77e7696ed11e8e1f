package users_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"ax/internal/cli/clitest"
	"ax/internal/wire"
)

// An office is a server with a directory, that can be told to fail. Requests
// come in any order, so what it answers goes by the user.
type office struct {
	*httptest.Server
	t     *testing.T
	mu    sync.Mutex
	users []wire.User
	gone  []string // addresses of deleted users
	// faults are what becomes of the next requests about a user, by the verb
	// and the word of the address: "POST ann" → lose, drop, 429 or another status.
	faults map[string][]string
	log    []string
	hook   func(request string) // called before a request is answered
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, faults: map[string][]string{}}
	o.Server = httptest.NewServer(o)
	t.Cleanup(o.Close)
	return o
}

// has adds a user, whose name is the word in capitals.
func (o *office) has(word string, status wire.UserStatus) *office {
	o.users = append(o.users, wire.User{
		ID: "id-" + word, Name: strings.ToUpper(word), Email: word + "@example.com", CreatedAt: "2026-03-01T09:26:53Z", Status: status,
		Role: wire.RoleAssignment{Type: "PREDEFINED", Name: "MEMBER"}, IsDeveloper: true,
	})
	return o
}

func (o *office) fails(request string, how ...string) *office {
	o.faults[request] = how
	return o
}

// world is a machine whose environment names the office.
func (o *office) world() *clitest.World {
	w := clitest.New(o.t)
	w.Env["ARIZE_API_KEY"], w.Env["ARIZE_API_HOST"], w.Env["ARIZE_API_SCHEME"] = clitest.Key, strings.TrimPrefix(o.URL, "http://"), "http"
	return w
}

// asked are the requests, sorted: each its method and the word of the user,
// and what a letter is asked for.
func (o *office) asked() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	log := slices.Clone(o.log)
	slices.Sort(log)
	return log
}

// wrote are the requests that change something.
func (o *office) wrote() []string {
	return slices.DeleteFunc(o.asked(), func(r string) bool { return strings.HasPrefix(r, "GET ") })
}

func (o *office) count(request string) (n int) {
	for _, r := range o.asked() {
		if r == request {
			n++
		}
	}
	return n
}

// ServeHTTP implements http.Handler.
func (o *office) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct {
		wire.CreateUserRequest
		Name *string `json:"name"`
	}
	_ = json.NewDecoder(r.Body).Decode(&body) // of a GET there is none
	if body.Name != nil {
		body.CreateUserRequest.Name = *body.Name
	}
	id, one := strings.CutPrefix(r.URL.Path, "/v2/users/")
	action := ""
	if one {
		id, action, _ = strings.Cut(id, "/")
	}
	email := r.URL.Query().Get("email") + body.Email
	word, _, _ := strings.Cut(strings.TrimPrefix(id, "id-"), "@")
	if !one {
		word, _, _ = strings.Cut(email, "@")
	}
	request := strings.TrimSpace(r.Method + " " + word + " " + action)
	if o.hook != nil {
		o.hook(request)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.log = append(o.log, request)
	fault := ""
	if left := o.faults[request]; len(left) > 0 {
		fault, o.faults[request] = left[0], left[1:]
	}
	switch fault {
	case "":
		o.answer(w, r, id, action, email, body.CreateUserRequest, body.Name)
	case "lose": // it is done, and nobody hears of it
		o.answer(httptest.NewRecorder(), r, id, action, email, body.CreateUserRequest, body.Name)
		clitest.Drop(w, r)
	case "drop":
		clitest.Drop(w, r)
	default:
		status := 0
		_, _ = fmt.Sscan(fault, &status)
		clitest.Problem(status, http.StatusText(status), "as it was told")(w, r)
	}
}

func (o *office) answer(w http.ResponseWriter, r *http.Request, id, action, email string, body wire.CreateUserRequest, name *string) {
	at := slices.IndexFunc(o.users, func(u wire.User) bool {
		return u.ID == id || id == "/v2/users" && strings.EqualFold(u.Email, email)
	})
	switch {
	case r.Method == http.MethodGet && id == "/v2/users":
		page := wire.UserList{Users: []wire.User{}}
		if at >= 0 {
			page.Users = append(page.Users, o.users[at])
		}
		send(w, http.StatusOK, page)
	case r.Method == http.MethodPost && action == "":
		o.create(w, r, at, body)
	case at < 0:
		clitest.Problem(http.StatusNotFound, "Resource not found", "There is no user with this id.")(w, r)
	case r.Method == http.MethodGet:
		send(w, http.StatusOK, o.users[at])
	case r.Method == http.MethodPatch:
		if name != nil {
			o.users[at].Name = *name
		}
		if body.IsDeveloper != nil {
			o.users[at].IsDeveloper = *body.IsDeveloper
		}
		send(w, http.StatusOK, o.users[at])
	case r.Method == http.MethodDelete:
		o.gone = append(o.gone, o.users[at].Email)
		o.users = slices.Delete(o.users, at, at+1)
		w.WriteHeader(http.StatusNoContent)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

func (o *office) create(w http.ResponseWriter, r *http.Request, at int, body wire.CreateUserRequest) {
	if slices.Contains(o.gone, body.Email) {
		clitest.Problem(http.StatusConflict, "Resource conflict", "A deleted address cannot be invited again.")(w, r)
		return
	}
	if at >= 0 && o.users[at].Status == wire.UserStatusActive {
		clitest.Problem(http.StatusConflict, "Resource conflict", "A user with this email is already active.")(w, r)
		return
	}
	if at >= 0 && o.users[at].Status == wire.UserStatusInvited && body.InviteMode != wire.InviteModeNone {
		send(w, http.StatusOK, o.users[at])
		return
	}
	word, _, _ := strings.Cut(body.Email, "@")
	u := wire.CreatedUser{
		ID: "id-" + word, Name: body.Name, Email: body.Email, CreatedAt: "2026-03-01T09:26:53Z", Status: wire.UserStatusInvited,
		Role: body.Role, IsDeveloper: true, InviteMode: body.InviteMode,
	}
	switch body.InviteMode {
	case wire.InviteModeTemporaryPassword:
		u.TemporaryPassword = "secret-of-" + word
	case wire.InviteModeNone:
		u.Status = wire.UserStatusActive
	case wire.InviteModeEmailLink:
	}
	o.users = append(o.users, wire.User{ID: u.ID, Name: u.Name, Email: u.Email, CreatedAt: u.CreatedAt, Status: u.Status, Role: u.Role, IsDeveloper: true})
	send(w, http.StatusCreated, u)
}

func send(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		panic(err)
	}
}
