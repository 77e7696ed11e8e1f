//go:build linux

package target

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"ax/bench/load"
	"ax/bench/people"
)

// ours is the API under /v2.
type ours struct{ deep string } // the cursor behind nine tenths

// NewDialect is how a server of ours is asked.
func NewDialect() Dialect { return ours{} }

func get(target string) load.Request { return load.Request{Method: http.MethodGet, Target: target} }

func (ours) Get(id string) load.Request  { return get("/v2/users/" + url.QueryEscape(id)) }
func (ours) List(limit int) load.Request { return get("/v2/users?limit=" + strconv.Itoa(limit)) }

func (o ours) Deep(limit int) load.Request {
	return get("/v2/users?limit=" + strconv.Itoa(limit) + "&cursor=" + url.QueryEscape(o.deep))
}

func (ours) Find(text, status string) load.Request {
	target := "/v2/users?limit=50&email=" + url.QueryEscape(text)
	if status != "" {
		target += "&status=" + status
	}
	return get(target)
}

// Exact is what a client does who has an address: the filter with all of it.
func (ours) Exact(email string) load.Request {
	return get("/v2/users?limit=100&email=" + url.QueryEscape(email))
}

// mode is how a person of a status comes into the directory. A temporary
// password is the first to expire.
func mode(status string) string {
	switch status {
	case people.Invited:
		return "EMAIL_LINK"
	case people.Expired:
		return "TEMPORARY_PASSWORD"
	default:
		return "NONE"
	}
}

func (ours) Create(p people.Person) load.Request {
	body := fmt.Sprintf(`{"name":%s,"email":%s,"role":{"type":"PREDEFINED","name":%q},"invite_mode":%q}`, text(p.Name), text(p.Email), p.Role, mode(p.Status))
	return load.Request{Method: http.MethodPost, Target: "/v2/users", Body: body}
}

func (ours) Rename(id, name string) load.Request {
	return load.Request{Method: http.MethodPatch, Target: "/v2/users/" + url.QueryEscape(id), Body: `{"name":` + text(name) + `}`}
}

func (ours) Delete(id string) load.Request {
	return load.Request{Method: http.MethodDelete, Target: "/v2/users/" + url.QueryEscape(id)}
}

func (ours) Created() int { return http.StatusCreated }

// theirs is PocketBase's API. It counts all that match unless told not to,
// and sorts by nothing unless told to: rows in the order of insertion are
// what costs it least.
type theirs struct{ size int }

const records = "/api/collections/people/records"

func (theirs) Get(id string) load.Request { return get(records + "/" + id) }

func (theirs) List(limit int) load.Request {
	return get(records + "?skipTotal=1&sort=@rowid&perPage=" + strconv.Itoa(limit))
}

// Deep is by the number of the page: there is no cursor.
func (t theirs) Deep(limit int) load.Request {
	r := t.List(limit)
	r.Target += "&page=" + strconv.Itoa(t.size*9/10/limit+1)
	return r
}

func (t theirs) Find(text, status string) load.Request {
	r := t.List(50)
	filter := "email~" + quoted(text)
	if status != "" {
		filter += "&&status=" + quoted(status)
	}
	r.Target += "&filter=" + url.QueryEscape("("+filter+")")
	return r
}

func (theirs) Exact(email string) load.Request {
	return get(records + "?skipTotal=1&perPage=1&filter=" + url.QueryEscape("(email="+quoted(email)+")"))
}

func (theirs) Create(p people.Person) load.Request {
	return load.Request{Method: http.MethodPost, Target: records, Body: text(p)}
}

func (theirs) Rename(id, name string) load.Request {
	return load.Request{Method: http.MethodPatch, Target: records + "/" + id, Body: `{"name":` + text(name) + `}`}
}

func (theirs) Delete(id string) load.Request {
	return load.Request{Method: http.MethodDelete, Target: records + "/" + id}
}

func (theirs) Created() int { return http.StatusOK }

func quoted(s string) string { return `'` + strings.ReplaceAll(s, `'`, `\'`) + `'` }

// text is a value as JSON.
func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings and structs of strings always can be
	}
	return string(b)
}
