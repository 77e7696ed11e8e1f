package profile

import (
	"maps"
	"slices"
	"strings"
)

// Expand returns the file with every ${VAR} and ${VAR:default} in its strings
// replaced, once: what a variable holds is taken literally. Anything that is
// not a whole reference stands as written. Errors are *Error and name the
// variable, the key and the file.
func (f File) Expand(getenv func(string) string) (File, error) {
	x := expansion{getenv: getenv, path: f.Path, refs: map[string][]string{}}
	values, _ := x.walk("", f.Values).(map[string]any)
	if x.err != nil {
		return File{}, x.err
	}
	f.Values, f.refs = values, x.refs
	return f, nil
}

// expansion keeps the first error, in the order of the keys.
type expansion struct {
	getenv func(string) string
	path   string
	refs   map[string][]string
	err    error

	lenient bool // a variable that is not set is empty
}

func (x *expansion) walk(key string, value any) any {
	switch v := value.(type) {
	case string:
		return x.text(key, v)
	case map[string]any:
		out := make(map[string]any, len(v))
		for _, k := range slices.Sorted(maps.Keys(v)) {
			out[k] = x.walk(strings.TrimPrefix(key+"."+k, "."), v[k])
		}
		return out
	case []map[string]any:
		out := make([]map[string]any, len(v))
		for i := range v {
			out[i], _ = x.walk(key, v[i]).(map[string]any)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = x.walk(key, v[i])
		}
		return out
	}
	return value
}

func (x *expansion) text(key, s string) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(s, "${")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		inside, after, closed := strings.Cut(rest, "}")
		name, fallback, hasDefault := strings.Cut(inside, ":")
		if !closed || name == "" {
			out.WriteString("${")
			s = rest
			continue
		}
		out.WriteString(x.value(key, name, fallback, hasDefault))
		s = after
	}
}

func (x *expansion) value(key, name, fallback string, hasDefault bool) string {
	if v := x.getenv(name); strings.TrimSpace(v) != "" {
		x.refs[key] = append(x.refs[key], name)
		return v
	}
	if !hasDefault && !x.lenient && x.err == nil {
		x.err = errUnsetVariable(name, key, x.path)
	}
	return fallback
}
