package profile

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"
)

// A Setting is one value of a profile, for people: no secret in it is whole.
type Setting struct {
	Name   string `json:"setting"` // "server", or the dotted key of a file: "auth.api_key"
	Value  string `json:"value"`
	Source string `json:"source"` // "file", "environment AX_PROFILE", "default" …
}

// How much of a profile to describe.
type How struct {
	All    bool // every key of the file, and what is so by default
	Expand bool // variables as they are now, instead of the references to them
}

// Describe shows the profile that name, from where the choice was made, stands
// for; "" is the environment. It works for a profile that nothing can use;
// Resolve says why not. Errors are *Error.
func Describe(name, from string, how How, getenv func(string) string) ([]Setting, error) {
	switch {
	case name == "":
		p, err := fromEnvironment(variable(getenv, envKey), getenv)
		return append([]Setting{{"profile", "(none)", from}}, p.settings()...), err
	case isLocal(name):
		dir, err := DataDir(getenv)
		return []Setting{{"profile", Local, from}, {"server", "(this machine)", "built in"}, {"folder", dir, dataSource(getenv)}}, err
	}
	f, err := Load(name, getenv)
	if err != nil {
		return nil, err
	}
	settings := []Setting{{"profile", name, from}, {"file", f.Path, "~/.arize"}}
	if p, err := f.profile(getenv); err == nil {
		settings = append(settings, p.server())
		settings = append(settings, p.machine()...)
	}
	refs := references(f)
	if how.Expand {
		if f, err = f.Expand(getenv); err != nil {
			return nil, err
		}
	}
	return append(settings, f.settings(how, refs)...), nil
}

func dataSource(getenv func(string) string) string {
	for _, name := range []string{"AX_DATA_DIR", "XDG_DATA_HOME"} {
		if v := variable(getenv, name); v.value != "" {
			return v.from
		}
	}
	return byDefault
}

const byDefault = "default"

// settings are the values of a profile without a file.
func (p Profile) settings() []Setting {
	if p.Source == nil {
		return nil
	}
	return append([]Setting{p.server(), {"api_key", Mask(p.APIKey), p.Source["api_key"]}}, p.machine()...)
}

func (p Profile) server() Setting { return Setting{"server", p.BaseURL, source(p.Source["host"])} }

// machine are the values that come from this machine's environment.
func (p Profile) machine() (settings []Setting) {
	for _, s := range []Setting{{"proxy", redactURL(p.Proxy), p.Source["proxy"]}, {"ca_cert", p.CACert, p.Source["ca_cert"]}} {
		if strings.HasPrefix(s.Source, "environment ") {
			settings = append(settings, s)
		}
	}
	return settings
}

// source is a place in a file without the path, which stands in a row of its own.
func source(from string) string {
	key, rest, inFile := strings.Cut(from, " in ")
	if !inFile {
		return cmp.Or(from, byDefault)
	}
	if _, refs, found := strings.Cut(rest, " ("); found {
		key += " (" + refs
	}
	return key
}

// settings are the keys of a file; refs are the variables that each refers to.
func (f File) settings(how How, refs map[string][]string) (settings []Setting) {
	values := flat("", f.Values)
	for _, k := range known() {
		value, found := values[k.key]
		delete(values, k.key)
		switch {
		case found:
			settings = append(settings, Setting{k.key, shown(k.key, value), written(refs[k.key])})
		case how.All && k.absent != "":
			settings = append(settings, Setting{k.key, k.absent, byDefault})
		}
	}
	if how.All {
		for _, key := range slices.Sorted(maps.Keys(values)) {
			settings = append(settings, Setting{key, shown(key, values[key]), written(refs[key])})
		}
	}
	return settings
}

func written(variables []string) string {
	if len(variables) == 0 {
		return "file"
	}
	return "file, ${" + strings.Join(variables, "}, ${") + "}"
}

// references names the variables of each key that has any.
func references(f File) map[string][]string {
	refs := map[string][]string{}
	for key, value := range flat("", f.Values) {
		if s, ok := value.(string); ok {
			x := expansion{getenv: func(string) string { return "set" }, refs: refs}
			_ = x.text(key, s)
		}
	}
	return refs
}

// known are the keys that say where a command goes, and what holds without them.
func known() []struct{ key, absent string } {
	return []struct{ key, absent string }{
		{"auth.auth_method", "api-key"},
		{"auth.api_key", ""},
		{"auth.oauth.user_email", ""},
		{"routing.region", ""},
		{"routing.single_host", ""},
		{"routing.single_port", ""},
		{"routing.base_domain", ""},
		{"routing.api_host", hostedHost},
		{"routing.api_port", ""},
		{"routing.api_scheme", "https"},
		{"output.format", "table"},
		{"security.request_verify", "true"},
		{"security.ssl_ca_cert", ""},
	}
}

// flat gives tables' values by dotted keys.
func flat(prefix string, values map[string]any) map[string]any {
	out := map[string]any{}
	for key, value := range values {
		if table, ok := value.(map[string]any); ok {
			maps.Copy(out, flat(prefix+key+".", table))
			continue
		}
		out[prefix+key] = value
	}
	return out
}

// shown is a value for people, secrets masked. Lists are not shown: nobody
// knows what those of an unknown key hold.
func shown(key string, value any) string {
	s, ok := value.(string)
	switch {
	case secret(key[strings.LastIndexByte(key, '.')+1:]) && ok:
		return maskReferences(s)
	case secret(key):
		return hidden
	case ok:
		return redactURL(s)
	}
	if kind := reflect.ValueOf(value).Kind(); kind == reflect.Slice || kind == reflect.Map {
		return "(a list)"
	}
	return fmt.Sprint(value)
}

const hidden = "***"

// Mask shows enough of a key to tell it from another, and of a short one nothing.
func Mask(key string) string {
	const start, end, least = 5, 3, 16
	r := []rune(key)
	if len(r) < least {
		return hidden
	}
	return string(r[:start]) + "..." + string(r[len(r)-end:])
}

// maskReferences leaves the name of a variable readable, and masks its default
// and everything that is no reference.
func maskReferences(s string) string {
	inside, ok := strings.CutPrefix(s, "${")
	inside, closed := strings.CutSuffix(inside, "}")
	if !ok || !closed || strings.ContainsAny(inside, "{}") {
		if s == "" {
			return ""
		}
		return Mask(s)
	}
	name, fallback, found := strings.Cut(inside, ":")
	if found && fallback != "" {
		return "${" + name + ":" + Mask(fallback) + "}"
	}
	return s
}

// redactURL hides the password that a URL may have.
func redactURL(s string) string {
	if u, err := url.Parse(s); err == nil && u.User != nil {
		return u.Redacted()
	}
	return s
}
