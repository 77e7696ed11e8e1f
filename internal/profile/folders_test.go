package profile

import (
	"path/filepath"
	"testing"
)

func TestDataDir(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	in := func(parts ...string) string { return filepath.Join(append([]string{root}, parts...)...) }
	for name, c := range map[string]struct {
		goos string
		env  map[string]string
		want string
	}{
		"home":              {"linux", map[string]string{"HOME": root}, in(".local", "share", "ax")},
		"macOS is the same": {"darwin", map[string]string{"HOME": root}, in(".local", "share", "ax")},
		"XDG":               {"linux", map[string]string{"HOME": root, "XDG_DATA_HOME": in("d")}, in("d", "ax")},
		"XDG without home":  {"linux", map[string]string{"XDG_DATA_HOME": in("d")}, in("d", "ax")},
		"relative XDG":      {"linux", map[string]string{"HOME": root, "XDG_DATA_HOME": "d"}, in(".local", "share", "ax")},
		"empty XDG":         {"linux", map[string]string{"HOME": root, "XDG_DATA_HOME": ""}, in(".local", "share", "ax")},
		"own folder":        {"linux", map[string]string{"AX_DATA_DIR": in("o"), "XDG_DATA_HOME": in("d"), "HOME": root}, in("o")},
		"relative own":      {"linux", map[string]string{"AX_DATA_DIR": "o"}, "o"},
		"empty own":         {"linux", map[string]string{"AX_DATA_DIR": "", "HOME": root}, in(".local", "share", "ax")},
		"Windows":           {"windows", map[string]string{"LOCALAPPDATA": in("l"), "HOME": "/no", "XDG_DATA_HOME": "/no"}, in("l", "ax")},
		"Windows, bare":     {"windows", map[string]string{"USERPROFILE": root}, in("AppData", "Local", "ax")},
		"no home":           {"linux", nil, ""},
		"no Windows home":   {"windows", map[string]string{"HOME": root}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := dataDir(c.goos, func(name string) string { return c.env[name] })
			if got != c.want || (err != nil) != (c.want == "") {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
}

func TestDataDirOfThisSystem(t *testing.T) {
	t.Parallel()
	got, err := DataDir(func(name string) string { return map[string]string{"AX_DATA_DIR": "d\n"}[name] })
	if got != "d" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	_, err = DataDir(func(string) string { return "" })
	if err == nil {
		t.Error("no home, and no error")
	}
}
