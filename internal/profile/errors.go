package profile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// Kind sorts errors by what the caller does about them.
type Kind int

const (
	// Config is a profile that cannot be used as it is.
	Config Kind = iota + 1 // something is written wrongly or missing: exit 1
	// NoKey is a profile without a key that can be used.
	NoKey // the profile has no key that could be used: exit 3
	// Unwritable is a file or folder that could not be written.
	Unwritable // exit 5
)

// Error is a profile that could not be resolved. No field ever holds a key.
type Error struct {
	Kind    Kind
	Message string // for people; may have several lines
	Hint    string // what to do, "" when the message says it
	cause   error
	broken  bool // the file is there, and is no TOML
}

func (e *Error) Error() string { return e.Message }

// Unwrap gives the file system's error, if there was one.
func (e *Error) Unwrap() error { return e.cause }

func errConfig(hint, format string, args ...any) *Error {
	return &Error{Kind: Config, Message: fmt.Sprintf(format, args...), Hint: hint}
}

func errNothingChosen(unused []string) *Error {
	e := errConfig("", `No active profile configured. There are three ways to choose where a command goes:
  --profile local       the directory on this machine; needs nothing else
  ARIZE_API_KEY=…       a key in the environment, with ARIZE_API_HOST for your own server
  ax profiles create    a profile, kept for the next time`)
	if len(unused) > 0 {
		e.Hint = "Set without ARIZE_API_KEY, and so not used: " + strings.Join(unused, ", ") + "."
	}
	return e
}

func errNoHome(variable string) *Error {
	return errConfig("Set "+variable+", or choose --profile local with AX_DATA_DIR, or set ARIZE_API_KEY.",
		"%s is not set, so there is no folder to look for profiles or data in.", variable)
}

func errBadName(name setting) *Error {
	return errConfig(nameOrigin(name),
		"Invalid profile name: %s. Profile names may only contain letters, numbers, hyphens, and underscores, and at most %d of them.",
		quoted(name.value), maxName)
}

func errNoSuchProfile(name setting, available []string) *Error {
	hint := "Run 'ax profiles create " + name.value + "' to create it."
	if origin := nameOrigin(name); origin != "" {
		hint = origin + " " + hint
	}
	return errConfig(hint, "Profile '%s' does not exist.\nAvailable profiles: %s",
		name.value, strings.Join(append(available, Local), ", "))
}

func nameOrigin(name setting) string {
	if name.from == "" || name.from == "--profile" {
		return ""
	}
	return "The name comes from " + name.from + "."
}

func errLocalHasNoFile() *Error {
	return errConfig("", "The profile 'local' is built in and has no file.")
}

func errLocalIsTaken() *Error {
	return errConfig("Choose another name.", "The profile 'local' is built in; it cannot be created, changed or deleted.")
}

func errExists(name string) *Error {
	return errConfig("", "Profile '%s' already exists. You can use a different name, edit the profile using `ax profiles update %s`, or remove it using 'ax profiles delete %s'.",
		name, name, name)
}

func errActive(name string) *Error {
	return errConfig("With 'ax profiles use local', for example.", "Cannot delete active profile '%s'. Switch to another profile first.", name)
}

func errCannotEdit(key, path string) *Error {
	return errConfig("Change it there by hand, or replace the file: ax profiles update --from-file FILE.",
		"%s cannot be changed in the way that %s is written.", key, path)
}

func errShadowed(key string, by setting) *Error {
	return errConfig("", "%s has no effect beside %s.", key, by.from)
}

func errKeyBesideBrowser(f File) *Error {
	return errConfig("Create another profile for the key: ax profiles create NAME --api-key-stdin.",
		"Profile '%s' signs in through the browser and can have no API key.", f.Name)
}

// What must not be written over, or into.
var (
	errIsLink   = errors.New("it is a symbolic link; only real files and folders are written")
	errNoFolder = errors.New("it is not a folder")
	errNoFile   = errors.New("it is not a regular file")
	errNotOwned = errors.New("it belongs to another user")
)

func errUnwritable(path string, cause error) *Error {
	e := errUnreadable(path, cause)
	e.Kind, e.Message = Unwritable, strings.Replace(e.Message, "Cannot read", "Cannot write", 1)
	return e
}

func errLocked(path string) *Error {
	e := errConfig("Try again; if no other ax is running, something else holds the lock.", "Another command is writing profiles, and does not end (lock: %s).", path)
	e.Kind = Unwritable
	return e
}

func errUnreadable(path string, cause error) *Error {
	reason := cause
	if inner := (*fs.PathError)(nil); errors.As(cause, &inner) {
		reason = inner.Err // without the path, which is said already
	}
	if inner := (*os.LinkError)(nil); errors.As(cause, &inner) {
		reason = inner.Err
	}
	e := errConfig("", "Cannot read %s: %v", path, reason)
	e.cause = cause
	return e
}

// errBrokenTOML counts line and column itself: the parser's line is the next
// one when a line ends too early. Columns are characters.
func errBrokenTOML(path string, data []byte, broken toml.ParseError) *Error {
	before := data[:min(max(broken.Position.Start, 0), len(data))]
	line := bytes.Count(before, []byte("\n")) + 1
	start := bytes.LastIndexByte(before, '\n') + 1
	column := utf8.RuneCount(before[start:]) + 1
	what := broken.Message
	// The parser quotes what it stumbled over, which may be a key without quotes.
	text, _, _ := strings.Cut(string(data[start:]), "\n")
	if secret(text) {
		what = "this line is not valid (text stands in double quotes)"
	}
	e := errConfig("", "Invalid TOML in %s, line %d, column %d: %s", path, line, column, what)
	e.broken = true
	return e
}

func secret(line string) bool {
	line = strings.ToLower(line)
	return strings.Contains(line, "key") || strings.Contains(line, "token") || strings.Contains(line, "secret")
}

func errUnsetVariable(name, key, path string) *Error {
	e := errConfig("Set "+name+", or give a default: ${"+name+":value}.",
		"Environment variable %s is not set, and %s in %s refers to it.", name, key, path)
	if key == "auth.api_key" {
		e.Kind = NoKey
	}
	return e
}

func errWrongType(at setting, want string) *Error {
	return errConfig("", "%s must be %s.", at.from, want)
}

func errBadMethod(method setting) *Error {
	return errConfig("Use auth_method = \"api-key\".", "Unknown sign-in method %s (%s).", quoted(method.value), method.from)
}

func errBrowserSignIn(f File) *Error {
	return &Error{
		Kind:    NoKey,
		Message: fmt.Sprintf("Profile '%s' signs in through the browser, which is not supported yet.", f.Name),
		Hint:    "Use a profile with an API key, or set ARIZE_API_KEY.",
	}
}

func errNoKey(f File) *Error {
	return &Error{
		Kind:    NoKey,
		Message: fmt.Sprintf("Profile '%s' has no API key.", f.Name),
		Hint:    "Set api_key in the [auth] section of " + f.Path + ".",
	}
}

func errKeyBroken(key setting) *Error {
	return &Error{
		Kind:    NoKey,
		Message: "The API key has a space or a control character inside (" + key.from + ").",
		Hint:    "Copy the key again, in one piece.",
	}
}

func errExclusive(given []setting) *Error {
	from := make([]string, len(given))
	for i := range given {
		from[i] = given[i].from
	}
	return errConfig("", "Only one routing option allowed: region, single_host/port, or base_domain. These are set: %s.",
		strings.Join(from, "; "))
}

func errBadScheme(s setting) *Error {
	return errConfig("", "Invalid scheme %s (%s). It must be http or https.", quoted(s.value), s.from)
}

func errBadRegion(s setting) *Error {
	return errConfig("", "Invalid region %s (%s). It must be one of us-east-1b, us-central-1a, eu-west-1a, ca-central-1a, or US, EU, CA.",
		quoted(s.value), s.from)
}

func errBadPort(s setting) *Error {
	return errConfig("", "Invalid port in %s (%s). It must be a number from 1 to 65535.", quoted(s.value), s.from)
}

func errTwoPorts(inHost, port setting) *Error {
	return errConfig("Keep one of them.", "Two different ports are given: %s (%s) and %s (%s).",
		inHost.value, inHost.from, port.value, port.from)
}

func errBadHost(s setting) *Error {
	return errConfig("", "Invalid host %s (%s). Write a name or an address, with or without a port and nothing else: example.com, 127.0.0.1:8080, [::1]:8080.",
		quoted(s.value), s.from)
}

func errHostIsURL(s setting, schemeAt string) *Error {
	e := errConfig("", "A host is wanted without scheme and path, not %s (%s).", quoted(s.value), s.from)
	if u, err := url.Parse(s.value); err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") {
		e.Hint = fmt.Sprintf("Write %s there, and %s in %s.", u.Host, u.Scheme, schemeAt)
	}
	return e
}

func errDomainIsAddress(s setting) *Error {
	return errConfig("For an address, use the single host.",
		"A base domain is the part after \"api.\", and %s is an address (%s).", quoted(s.value), s.from)
}

func errHostedInClear(scheme, host setting) *Error {
	return errConfig("Set the host of your own server, or leave the scheme out.",
		"Plain http (%s) would send the API key in the clear to %s.", scheme.from, host.value)
}

func errBadProxy(s setting) *Error {
	return errConfig("", "Invalid proxy URL %s (%s). It must look like http://proxy.example.com:3128.", quoted(s.value), s.from)
}

// quoted shows a value from outside on one line, without what stands before
// an @, which may be a password, and never at full length.
func quoted(v string) string {
	if at := strings.LastIndexByte(v, '@'); at >= 0 {
		v = "***" + v[at:]
	}
	if len(v) > 100 {
		v = v[:100] + "…"
	}
	q := strconv.Quote(v)
	return "'" + q[1:len(q)-1] + "'"
}
