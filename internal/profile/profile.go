package profile

import "strings"

// Local is the name of the built-in profile: the directory on this machine.
// It needs no file, and a file of that name, in any case, is never read.
const Local = "local"

// Profile is where a command's requests go and with which key.
type Profile struct {
	Name       string // "local", a file's name, or "" when made from the environment
	Local      bool   // the directory on this machine; no address, no key
	BaseURL    string // scheme://host[:port] in lower case, the scheme's own port left out, no path
	APIKey     string // sent as it is; trimmed, without spaces and control characters
	Output     string // default output format as written, "" = table
	CACert     string // path of a PEM file, "" = the system's
	SkipVerify bool   // the file says request_verify = false
	Proxy      string // URL of a proxy for all requests, "" = none

	// Source says where each value came from, for people: "profile",
	// "api_key", "host", "port", "scheme", "output", "ca_cert",
	// "request_verify", "proxy". A value that nobody gave is absent, host and
	// scheme aside, which are then "default".
	Source map[string]string

	// Ignored names the ARIZE_* variables that are set but lost to a file or
	// to the local directory, so that nobody deletes in the wrong place unwarned.
	Ignored []string
}

// Resolve picks the profile. name is the value of --profile, "" when not
// given; getenv is the environment. Errors are *Error.
func Resolve(name string, getenv func(string) string) (Profile, error) {
	chosen, err := choose(name, getenv)
	switch {
	case err != nil:
		return Profile{}, err
	case chosen.value == "":
		return fromEnvironment(variable(getenv, envKey), getenv)
	}
	return named(chosen, getenv)
}

// Chosen is the name of the profile that Resolve would take, "" for the
// environment, and where the choice was made. Errors are *Error.
func Chosen(name string, getenv func(string) string) (chosen, from string, err error) {
	s, err := choose(name, getenv)
	if isLocal(s.value) {
		s.value = Local
	}
	return s.value, s.from, err
}

// choose finds the first way of the package comment that is there. The
// environment's has no name.
func choose(name string, getenv func(string) string) (setting, error) {
	chosen := setting{name, "--profile"}
	if chosen.value == "" {
		chosen = variable(getenv, "AX_PROFILE")
	}
	if chosen.value != "" {
		return chosen, nil
	}
	if key := variable(getenv, envKey); key.value != "" {
		return setting{"", key.from}, nil
	}
	chosen, err := active(getenv)
	if err == nil && chosen.value == "" {
		err = errNothingChosen(ignored(getenv, nil))
	}
	return chosen, err
}

func named(chosen setting, getenv func(string) string) (Profile, error) {
	var p Profile
	if isLocal(chosen.value) {
		p = Profile{Name: Local, Local: true, Source: map[string]string{}, Ignored: ignored(getenv, nil)}
	} else {
		file, err := load(chosen, getenv)
		if err != nil {
			return Profile{}, err
		}
		if p, err = file.profile(getenv); err != nil {
			return Profile{}, err
		}
	}
	p.Source["profile"] = chosen.from
	return p, nil
}

func isLocal(name string) bool { return strings.EqualFold(name, Local) }

// setting is one value, trimmed, and where it was or could be written.
type setting struct{ value, from string }

// note records in source where a value came from, if there is one.
func (s setting) note(source map[string]string, name string) {
	if s.value != "" {
		source[name] = s.from
	}
}
