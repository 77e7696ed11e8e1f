package directory_test

import (
	"fmt"
	"strings"
	"testing"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

// create and rename are the two ways by which a name comes in.
func waysIn(t *testing.T, w *dirtest.World) map[string]func(name string) (directory.User, error) {
	t.Helper()
	pat := w.Put(t, "pat@example.com", dirtest.Active)
	n := 0
	return map[string]func(name string) (directory.User, error){
		"create": func(name string) (directory.User, error) {
			n++
			made, err := w.CreateUser(t.Context(), w.Admin, directory.CreateUser{
				Name: name, Email: fmt.Sprintf("new%d@example.com", n), Role: directory.RoleMember, Mode: directory.InviteNone,
			})
			return made.User, err
		},
		"rename": func(name string) (directory.User, error) {
			return w.UpdateUser(t.Context(), w.Admin, pat.ID, directory.UpdateUser{Name: &name})
		},
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for way, give := range waysIn(t, newWorld(t)) {
		for given, want := range map[string]string{
			"J":                            "J",
			"  Jane  Doe\t":                "Jane  Doe",
			"\u00a0\u3000Jane\u2003":       "Jane",
			"Jane\r\n":                     "Jane",
			"e\u0301":                      "é",
			"O'Brien, <b>\"Jr.\"</b>":      "O'Brien, <b>\"Jr.\"</b>",
			"{{.}} ${x} %s $1":             "{{.}} ${x} %s $1",
			"محمد بن سلمان":                "محمد بن سلمان",
			"می\u200cخواهم":                "می\u200cخواهم",
			"👩\u200d🔬":                     "👩\u200d🔬",
			strings.Repeat("漢", 255):       strings.Repeat("漢", 255),
			strings.Repeat("😀", 255):       strings.Repeat("😀", 255),
			strings.Repeat("e\u0301", 255): strings.Repeat("é", 255), // counted as stored
		} {
			u, err := give(given)
			if err != nil || u.Name != want {
				t.Errorf("%s %+q: %+q, error %v; want %+q", way, given, u.Name, err, want)
			}
		}
	}
}

// R-IN-02 and R-IN-03, E-03, I-03: what breaks a line or hides text is
// refused, at the start, inside and at the end, unless it is trimmed.
func TestNamesRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ways := waysIn(t, w)
	before := state(t, w)
	names := []string{strings.Repeat("a", 256), strings.Repeat("😀", 256), "a\xffb", "\xc3", "a\xed\xa0\x80b", "a\ufffdb"}
	for _, r := range unfit() {
		names = append(names, "Ja"+string(r)+"ne", "Jane"+string(r)+".", "."+string(r)+"Jane")
	}
	for way, give := range ways {
		for _, name := range names {
			u, err := give(name)
			if kindOf(err) != directory.Invalid || fmt.Sprint(fieldsOf(err)) != "[name]" {
				t.Errorf("%s %+q: %+q, error %v", way, name, u.Name, err)
			}
		}
	}
	same(t, "the directory", state(t, w), before)
}

// unfit are the C0 and C1 controls, line and paragraph separators, marks and
// overrides of direction, and spaces without width.
func unfit() (all []rune) {
	for r := range rune(0x20) {
		all = append(all, r)
	}
	for r := rune(0x7f); r <= 0x9f; r++ {
		all = append(all, r)
	}
	all = append(all, 0x2028, 0x2029, 0x200b, 0x200e, 0x200f, 0x061c, 0x2060, 0xfeff)
	for r := rune(0x202a); r <= 0x202e; r++ {
		all = append(all, r)
	}
	return append(all, 0x2066, 0x2067, 0x2068, 0x2069)
}
