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
	chosen := setting{name, "--profile"}
	if chosen.value == "" {
		chosen = variable(getenv, "AX_PROFILE")
	}
	if chosen.value == "" {
		if key := variable(getenv, envKey); key.value != "" {
			return fromEnvironment(key, getenv)
		}
		var err error
		if chosen, err = active(getenv); err != nil {
			return Profile{}, err
		}
	}
	if chosen.value == "" {
		return Profile{}, errNothingChosen(ignored(getenv, nil))
	}
	return named(chosen, getenv)
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
