package profile

import (
	"strconv"
	"strings"
)

// profile makes a remote profile of the file's keys.
func (f File) profile(getenv func(string) string) (Profile, error) {
	f, err := f.Expand(getenv)
	if err != nil {
		return Profile{}, err
	}
	return f.resolved(getenv)
}

// resolved is profile for a file whose references are expanded.
func (f File) resolved(getenv func(string) string) (Profile, error) {
	r := reader{file: f}
	key, routes := r.key(), r.routing()
	output, cert := r.text("output", "format"), r.text("security", "ssl_ca_cert")
	verify, skip := r.verify()
	if r.err != nil {
		return Profile{}, r.err
	}
	p := Profile{Name: f.Name, Output: output.value, CACert: cert.value, SkipVerify: skip, Source: map[string]string{}}
	if err := p.useKey(key); err != nil {
		return Profile{}, err
	}
	if err := p.route(routes); err != nil {
		return Profile{}, err
	}
	output.note(p.Source, "output")
	cert.note(p.Source, "ca_cert")
	verify.note(p.Source, "request_verify")
	p.Ignored = ignored(getenv, f.refs)
	if err := p.useMachine(getenv); err != nil {
		return Profile{}, err
	}
	return p, nil
}

// reader takes typed values out of a file and keeps the first error.
type reader struct {
	file File
	err  error
}

// raw is the value of a key, nil when it or its section is absent.
func (r *reader) raw(section, key string) any {
	value, found := r.file.Values[section]
	if !found {
		return nil
	}
	table, ok := value.(map[string]any)
	if !ok {
		r.fail(errWrongType(setting{from: section + " in " + r.file.Path}, "a table"))
	}
	return table[key]
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// at says where a key is written, and which variables it took its value from.
func (r *reader) at(section, key string) string {
	var from strings.Builder
	from.WriteString(section + "." + key + " in " + r.file.Path)
	for _, name := range r.file.refs[section+"."+key] {
		from.WriteString(" (${" + name + "})")
	}
	return from.String()
}

func (r *reader) text(section, key string) setting {
	s := setting{from: r.at(section, key)}
	switch v := r.raw(section, key).(type) {
	case nil:
	case string:
		s.value = strings.TrimSpace(v)
	default:
		r.fail(errWrongType(s, "a string"))
	}
	return s
}

// port is text that may also be a plain number.
func (r *reader) port(section, key string) setting {
	if n, ok := r.raw(section, key).(int64); ok {
		return setting{strconv.FormatInt(n, 10), r.at(section, key)}
	}
	return r.text(section, key)
}

func (r *reader) routing() routing {
	return routing{
		region:     r.text("routing", "region"),
		singleHost: r.text("routing", "single_host"),
		singlePort: r.port("routing", "single_port"),
		baseDomain: r.text("routing", "base_domain"),
		apiHost:    r.text("routing", "api_host"),
		apiPort:    r.port("routing", "api_port"),
		apiScheme:  r.text("routing", "api_scheme"),
	}
}

// key refuses profiles that sign in some other way. Files from before
// auth_method existed are told apart by what they hold.
func (r *reader) key() setting {
	method, key := r.text("auth", "auth_method"), r.text("auth", "api_key")
	_, tokens := r.raw("auth", "oauth").(map[string]any)
	switch {
	case method.value == "oauth", method.value == "" && key.value == "" && tokens:
		r.fail(errBrowserSignIn(r.file))
	case method.value != "" && method.value != "api-key":
		r.fail(errBadMethod(method))
	case key.value == "":
		r.fail(errNoKey(r.file))
	}
	return key
}

// verify tells whether certificates go unchecked. Only a plain no does that.
func (r *reader) verify() (at setting, skip bool) {
	at = setting{from: r.at("security", "request_verify")}
	switch v := r.raw("security", "request_verify").(type) {
	case bool:
		at.value = strconv.FormatBool(v)
	default:
		at = r.text("security", "request_verify")
	}
	switch strings.ToLower(at.value) {
	case "", "true", "1", "yes", "on":
		return at, false
	case "false", "0", "no", "off":
		return at, true
	}
	r.fail(errWrongType(at, "true or false"))
	return at, false
}
