package web

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"ax/internal/directory"
)

// A form is shown by a page, and the same value reads what comes back.
type form struct {
	Action string
	Submit string // what the button says
	Look   string // of the button; empty for the page's main one
	Hidden []hidden
	Fields []field
	Faults []fault // for the summary
}

type hidden struct{ Name, Value string }

// A field is one input with what is said about it.
type field struct {
	Name     string // empty: shown, but not sent
	ID       string
	Label    string
	Subject  string // what a fault is about, to begin a sentence with; empty for Label
	Type     string
	Complete string // the autocomplete token; empty for off
	Hint     string
	Value    string
	Fault    string
}

// A fault is what is wrong, and with which field.
type fault struct{ ID, Sentence string }

// form makes a form of a page. A signed-in person's carries the session's proof.
func (c *call) form(action, submit string, fields ...field) *form {
	f := &form{Action: c.base + action, Submit: submit, Fields: fields}
	if c.secret != "" {
		f.Hidden = append(f.Hidden, hidden{proofField, c.proof()})
	}
	return f
}

// button is a form that is nothing but its button.
func (c *call) button(action, submit, look string) *form {
	f := c.form(action, submit)
	f.Look = look
	return f
}

// The fields that more than one form has. What their autocomplete says is how
// programs that keep passwords know which one to fill in and which to keep.

func emailField(value string) field {
	return field{Name: "email", ID: "email", Label: "Email address", Subject: "The address", Type: "email", Complete: "username", Value: value}
}

// accountField shows whose password it is, to the person and to the program
// that keeps their passwords.
func accountField(u directory.User) field {
	return field{ID: "account", Label: "Email address", Type: "email", Complete: "username", Value: u.Email}
}

func presentPasswordField(name, label, subject string) field {
	return field{Name: name, ID: name, Label: label, Subject: subject, Type: "password", Complete: "current-password"}
}

func (c *call) newPasswordField(label string) field {
	return field{
		Name: "password", ID: "password", Label: label, Subject: "The password",
		Type: "password", Complete: "new-password", Hint: c.Directory.PasswordRule(),
	}
}

const maxForm = 64 << 10 // bytes

// read returns what was typed into the form, by field. What does not look
// like this form, sent by a browser, is refused as a whole. Hidden fields may
// be missing: whoever looks for them compares.
func (c *call) read(f *form) (map[string]string, error) {
	sent, err := c.sent()
	if err != nil {
		return nil, err
	}
	// Whatever is sent twice, or was never asked for, could mean two things.
	in := map[string]string{}
	for name, values := range sent {
		if len(values) != 1 || !f.has(name) {
			return nil, errBadForm()
		}
		in[name] = values[0]
	}
	for i := range f.Fields {
		l := &f.Fields[i]
		value, ok := in[l.Name]
		if !ok && l.Name != "" {
			return nil, errBadForm()
		}
		if l.Name != "" && l.Type != "password" {
			l.Value = value
		}
	}
	if c.secret != "" {
		return in, c.proven(in)
	}
	return in, nil
}

func (f *form) has(name string) bool {
	for _, h := range f.Hidden {
		if h.Name == name {
			return true
		}
	}
	return f.field(name) != nil
}

// field is the field of a name that is sent; nil without one.
func (f *form) field(name string) *field {
	for i := range f.Fields {
		if l := &f.Fields[i]; l.Name != "" && l.Name == name {
			return l
		}
	}
	return nil
}

// sent decodes the body. A form with files, JSON and plain text are what
// another site's page could make a browser send; none of them is a form of ours.
func (c *call) sent() (url.Values, error) {
	types := c.Header.Values("Content-Type")
	if len(types) != 1 || len(c.Header.Values("Content-Encoding")) > 0 {
		return nil, errNoForm()
	}
	kind, params, err := mime.ParseMediaType(types[0])
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, errNoForm()
	}
	if charset, ok := params["charset"]; ok && !strings.EqualFold(charset, "utf-8") {
		return nil, errNoForm()
	}
	if c.URL.RawQuery != "" { // no form of ours has one
		return nil, errBadForm()
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, c.Body, maxForm))
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, errFormTooLarge()
	}
	if err != nil {
		return nil, errBadForm()
	}
	return decoded(string(body))
}

func decoded(body string) (url.Values, error) {
	values, err := url.ParseQuery(body)
	if err != nil {
		return nil, errBadForm()
	}
	for name, all := range values {
		if !utf8.ValidString(name + strings.Join(all, "")) {
			return nil, errBadForm()
		}
	}
	return values, nil
}

// blame puts what err says beside the fields that it is about. It returns
// false for an error that is not about what was typed.
func (f *form) blame(err error) (status int, ok bool) {
	e, ok := errors.AsType[*directory.Error](err)
	if !ok {
		return 0, false
	}
	switch e.Kind {
	case directory.Invalid:
		status = http.StatusUnprocessableEntity
	case directory.TooMany:
		status = http.StatusTooManyRequests
	case directory.Unavailable:
		status = http.StatusServiceUnavailable
	default:
		return 0, false
	}
	for _, wrong := range e.Fields {
		f.mark(wrong)
	}
	// Not about a field, or about none of this form: it is about all of it.
	if len(f.Faults) == 0 {
		f.Faults = []fault{{Sentence: e.Detail}}
	}
	return status, true
}

func (f *form) mark(wrong directory.Fault) {
	l := f.field(wrong.Field)
	if l == nil {
		f.Faults = append(f.Faults, fault{Sentence: sentence(wrong.Field, wrong.Detail)})
		return
	}
	subject := l.Subject
	if subject == "" {
		subject = l.Label
	}
	l.Fault = sentence(subject, wrong.Detail)
	f.Faults = append(f.Faults, fault{l.ID, l.Fault})
}

func sentence(subject, verb string) string {
	return subject + " " + strings.TrimSuffix(verb, ".") + "."
}

// again shows the page once more, with what err says about its form.
func (c *call) again(a answer, f *form, err error) (answer, error) {
	status, known := f.blame(err)
	if !known {
		return answer{}, err
	}
	a.status, a.retry, a.view.Faults = status, retryAfter(err), f.Faults
	return a, nil
}

func invalid(faults ...directory.Fault) error {
	return &directory.Error{Kind: directory.Invalid, Fields: faults}
}
