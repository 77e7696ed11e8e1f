package profile

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every edit changes one place and leaves every other byte.
func TestEdit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, key, value, want string }{
		"empty file":         {"", "auth.api_key", "k", "[auth]\napi_key = \"k\"\n"},
		"only a comment":     {"# mine", "auth.api_key", "k", "# mine\n\n[auth]\napi_key = \"k\"\n"},
		"replaced":           {"[auth]\napi_key = 'old' # why\nx = 1\n", "auth.api_key", "k", "[auth]\napi_key = \"k\" # why\nx = 1\n"},
		"odd spaces":         {"[ auth ]\n  api_key=\"old\"\n", "auth.api_key", "k", "[ auth ]\n  api_key=\"k\"\n"},
		"quoted key":         {"['auth']\n\"api_key\" = \"old\"\n", "auth.api_key", "k", "['auth']\n\"api_key\" = \"k\"\n"},
		"a number":           {"[routing]\nsingle_port = 81\n", "routing.single_port", "82", "[routing]\nsingle_port = \"82\"\n"},
		"several lines":      {"[auth]\napi_key = \"\"\"a # no\n[routing]\n\\\"\"\"\"\"\nx = 1\n", "auth.api_key", "k", "[auth]\napi_key = \"k\"\nx = 1\n"},
		"literal lines":      {"[auth]\napi_key = '''\\'''\nx = '\\'\n", "auth.api_key", "k", "[auth]\napi_key = \"k\"\nx = '\\'\n"},
		"added to a section": {"[auth]\nx = 1 # one\n\n# about b\n[b]\n", "auth.api_key", "k", "[auth]\nx = 1 # one\napi_key = \"k\"\n\n# about b\n[b]\n"},
		"empty section":      {"[auth] # here\n[b]\n", "auth.api_key", "k", "[auth] # here\napi_key = \"k\"\n[b]\n"},
		"after a list":       {"[auth]\nx = [ 1, # ]\n  {api_key = 2},\n]\n[b]\n", "auth.api_key", "k", "[auth]\nx = [ 1, # ]\n  {api_key = 2},\n]\napi_key = \"k\"\n[b]\n"},
		"no line break":      {"[auth]\nx = 1", "auth.api_key", "k", "[auth]\nx = 1\napi_key = \"k\"\n"},
		"new section":        {"[auth]\nx = 1\n", "output.format", "csv", "[auth]\nx = 1\n\n[output]\nformat = \"csv\"\n"},
		"below its own":      {"[auth.oauth]\nx = 1\n", "auth.auth_method", "oauth", "[auth.oauth]\nx = 1\n\n[auth]\nauth_method = \"oauth\"\n"},
		"not that of another": {
			"[b]\napi_key = 1\n[auth.more]\napi_key = 2\n[auth]\napi_key = \"3\"\n", "auth.api_key", "k",
			"[b]\napi_key = 1\n[auth.more]\napi_key = 2\n[auth]\napi_key = \"k\"\n",
		},
		"dotted":           {"auth.api_key = \"old\"\n", "auth.api_key", "k", "auth.api_key = \"k\"\n"},
		"dotted, added":    {"auth.x = 1\ny = 2\n", "auth.api_key", "k", "auth.x = 1\nauth.api_key = \"k\"\ny = 2\n"},
		"in braces":        {"auth = { x = 1, api_key = \"old\" }\n", "auth.api_key", "k", "auth = { x = 1, api_key = \"k\" }\n"},
		"in braces, added": {"auth = {x = \"}\"} # c\n", "auth.api_key", "k", "auth = { x = \"}\", api_key = \"k\" } # c\n"},
		"in empty braces":  {"auth = {}\n", "auth.api_key", "k", "auth = { api_key = \"k\" }\n"},
		"in braces, out":   {"auth = { api_key = \"old\" }\n", "auth.api_key", "", "auth = { api_key = \"\" }\n"},
		"array of tables":  {"[[auth2]]\napi_key = 1\n[[auth2]]\n", "auth.api_key", "k", "[[auth2]]\napi_key = 1\n[[auth2]]\n\n[auth]\napi_key = \"k\"\n"},
		"times":            {"[auth]\nat = 1979-05-27 07:32:00 # c\nd=1979-05-27\n", "auth.api_key", "k", "[auth]\nat = 1979-05-27 07:32:00 # c\nd=1979-05-27\napi_key = \"k\"\n"},
		"CRLF":             {"[auth]\r\nx = 1\r\n", "auth.api_key", "k", "[auth]\r\nx = 1\r\napi_key = \"k\"\r\n"},
		"BOM":              {"\ufeff[auth]\napi_key = \"old\"\n", "auth.api_key", "k", "\ufeff[auth]\napi_key = \"k\"\n"},
		"taken out":        {"[routing]\n# of ours\nsingle_host = \"h\" # c\nx = 1\n", "routing.single_host", "", "[routing]\n# of ours\nx = 1\n"},
		"not there":        {"[routing]\nx = 1\n", "routing.single_host", "", "[routing]\nx = 1\n"},
		"escapes":          {"", "auth.api_key", "a\"\\\x01ü\U0001F600", "[auth]\napi_key = \"a\\\"\\\\\\u0001ü\U0001F600\"\n"},
		"reference":        {"[auth]\napi_key = \"${A}\"\n", "output.format", "${F:csv}", "[auth]\napi_key = \"${A}\"\n\n[output]\nformat = \"${F:csv}\"\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := edit("f", []byte(c.text), []Edit{{c.key, c.value}})
			if diff := cmp.Diff(c.want, string(got)); err != nil || diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
}

// What cannot be changed in place is refused, and says what to do.
func TestEditRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"no table":           "auth = 1\n",
		"escaped key":        "[auth]\n\"api\\u005fkey\" = \"old\"\n",
		"an array of tables": "[[auth]]\nx = 1\n",
	} {
		_, err := edit("f", []byte(text), []Edit{{"auth.api_key", "k"}})
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Kind != Config || !strings.Contains(e.Hint, "--from-file") {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := edit("f", []byte("[auth\n"), []Edit{{"auth.api_key", "k"}})
	if e, ok := errors.AsType[*Error](err); !ok || !strings.Contains(e.Message, "line 1, column 6") {
		t.Errorf("%v", err)
	}
}

// Whatever the file, an edit is made and nothing else is, or it is refused; and
// undoing it gives the values of before.
func FuzzEdit(f *testing.F) {
	for _, s := range []string{
		"", "[auth]\n", "auth.x=1", "auth={}", "[[auth]]", "[auth.oauth]\na='''\n'''", "a=[{auth={}},[1]]", "#x\r\n[routing]\r\n\"api_host\"=\"\"",
		"[auth]\nx=\"\"\"\"\"\"\"\"\n", "a=1979-05-27 07:32:00\n[ 'auth' . x ]", "auth = {x = {y = [1, {z=1}]}}",
	} {
		f.Add(s, "auth.api_key", "v\"\\")
	}
	f.Fuzz(func(t *testing.T, text, key, value string) {
		if !slices.Contains([]string{"auth.api_key", "routing.api_host"}, key) || strings.ToValidUTF8(value, "") != value {
			return
		}
		before, err := decode("f", []byte(text))
		if err != nil {
			_ = outline([]byte(text)) // ends all the same
			return
		}
		got, err := edit("f", []byte(text), []Edit{{key, value}})
		if err != nil {
			return
		}
		after, err := decode("f", got)
		if err != nil {
			t.Fatalf("%q became %q: %v", text, got, err)
		}
		section, name, _ := strings.Cut(key, ".")
		table, _ := after[section].(map[string]any)
		if set, _ := table[name].(string); set != value {
			t.Errorf("%q became %q", text, got)
		}
		rest := maps.Clone(table)
		delete(rest, name)
		old, _ := before[section].(map[string]any)
		old = maps.Clone(old)
		delete(old, name)
		if len(old)+len(rest) > 0 && !reflect.DeepEqual(filled(old), filled(rest)) {
			t.Errorf("%q became %q", text, got)
		}
	})
}
