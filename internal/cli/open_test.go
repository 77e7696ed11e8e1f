package cli_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"strings"
	"testing"

	"ax/internal/cli/clitest"
)

const beta = "⚠ The ax users commands are in BETA; the API may change without notice.\n"

// unaware is a world that has not seen the BETA notice.
func unaware(t *testing.T, s *clitest.Server) *clitest.World {
	t.Helper()
	w := clitest.On(t, s)
	if err := os.RemoveAll(w.Path(".arize")); err != nil {
		t.Fatal(err)
	}
	return w
}

func answering(t *testing.T) *clitest.Server {
	t.Helper()
	return clitest.NewServer(t).On("GET /v2/users/x", clitest.JSON(200, clitest.Member("x"))).
		On("POST /v2/users/x/reset-password", clitest.Empty(204))
}

func TestBetaNoticeIsSaidOnce(t *testing.T) {
	t.Parallel()
	w := unaware(t, answering(t))
	first := w.Run("users", "get", "x", "-o", "csv")
	same(t, first.Err, beta+"ℹ Fetching user\n")
	if strings.Contains(first.Out, "BETA") {
		t.Errorf("%s", first)
	}
	same(t, w.Run("users", "get", "x").Err, "ℹ Fetching user\n")
	same(t, w.Run("users", "reset-password", "x").Err, "ℹ Sending password reset email\n✓ Password reset email sent successfully\n")
	same(t, w.Files(t), []string{".arize/", ".arize/.beta_notice_users"})
	for name, mode := range map[string]fs.FileMode{".arize": fs.ModeDir | 0o700, ".arize/.beta_notice_users": 0o600} {
		if info, err := os.Stat(w.Path(name)); err != nil || info.Mode() != mode {
			t.Errorf("%s is %v, %v", name, info.Mode(), err)
		}
	}
}

func TestBetaNoticeOfAnyCommand(t *testing.T) {
	t.Parallel()
	w := unaware(t, answering(t))
	same(t, w.Run("users", "reset-password", "x").Err, beta+"ℹ Sending password reset email\n✓ Password reset email sent successfully\n")
	w = unaware(t, answering(t))
	w.Env["AX_DATA_DIR"] = w.Path("server")
	same(t, w.Run("server", "init", "--admin-email", "a@example.com").Code, 0)
	if _, err := os.Stat(w.Path(".arize")); err == nil {
		t.Error("a command of another group made the folder")
	}
}

// With JSON nobody reads notices, and it does not count as read.
func TestBetaNoticeAndJSON(t *testing.T) {
	t.Parallel()
	w := unaware(t, answering(t))
	for _, output := range []string{"json", w.Path("x.json")} {
		if got := w.Run("users", "get", "x", "-o", output); strings.Contains(got.Err+got.Out, "BETA") {
			t.Errorf("%s", got)
		}
	}
	same(t, w.Files(t), []string{"x.json"})
	contains(t, w.Run("users", "get", "x").Err, beta)
}

// What cannot be remembered is said again, and is no error.
func TestBetaNoticeCannotBeRemembered(t *testing.T) {
	t.Parallel()
	w := unaware(t, answering(t))
	w.Write(t, ".arize", "a file")
	for range 2 {
		got := w.Run("users", "get", "x")
		same(t, got.Err, beta+"ℹ Fetching user\n")
		same(t, got.Code, 0)
	}
	w = unaware(t, answering(t))
	w.Env["HOME"] = w.Path("absent/home")
	same(t, w.Run("users", "get", "x").Code, 0)
	same(t, w.Files(t), nil) // nobody's home is made
	delete(w.Env, "HOME")
	same(t, w.Run("users", "get", "x").Code, 0)
}

// Variables that another choice of profile makes meaningless are named, so that
// nobody deletes in the wrong place.
func TestIgnoredVariables(t *testing.T) {
	t.Parallel()
	s := answering(t)
	w := profile(t, s, "table")
	w.Env["ARIZE_API_KEY"], w.Env["ARIZE_API_HOST"] = clitest.Key, clitest.Nowhere
	w.Env["AX_PROFILE"] = "dev"
	same(t, w.Run("users", "get", "x").Err, "⚠ ARIZE_API_KEY, ARIZE_API_HOST is set and has no effect on this profile.\nℹ Fetching user\n")
	got := w.Run("users", "get", "x", "-o", "json")
	same(t, got.Err, "⚠ ARIZE_API_KEY, ARIZE_API_HOST is set and has no effect on this profile.\n")
	same(t, strings.HasPrefix(got.Out, "{\n"), true)
	w.Env["ARIZE_API_KEY"], w.Env["ARIZE_API_HOST"] = "", ""
	same(t, w.Run("users", "get", "x").Err, "ℹ Fetching user\n")
}

// --profile before AX_PROFILE before ARIZE_API_KEY before the active profile.
func TestChoosingAProfile(t *testing.T) {
	t.Parallel()
	servers := map[string]*clitest.Server{}
	w := clitest.New(t)
	for _, name := range []string{"flag", "variable", "environment", "active"} {
		s := clitest.NewServer(t).On("GET /v2/users/x", clitest.JSON(200, clitest.Member(name)))
		servers[name] = s
		w.Write(t, ".arize/profiles/"+name+".toml", fmt.Sprintf("[auth]\napi_key = %q\n[routing]\napi_host = %q\napi_scheme = \"http\"\n", clitest.Key, strings.TrimPrefix(s.URL, "http://")))
	}
	which := func(args ...string) string {
		got := w.Run(append([]string{"users", "get", "x", "-o", "csv"}, args...)...)
		for name := range servers {
			if strings.Contains(got.Out, "id-"+name+",") {
				return name
			}
		}
		return got.String()
	}
	w.Write(t, ".arize/.active_profile", "active")
	same(t, which(), "active")
	w.Env["ARIZE_API_KEY"], w.Env["ARIZE_API_HOST"], w.Env["ARIZE_API_SCHEME"] = clitest.Key, strings.TrimPrefix(servers["environment"].URL, "http://"), "http"
	same(t, which(), "environment")
	w.Env["AX_PROFILE"] = "variable"
	same(t, which(), "variable")
	same(t, which("--profile", "flag"), "flag")
	same(t, which("-p", "flag"), "flag")
	same(t, which("--profile", ""), "variable")
	w.Env["AX_PROFILE"] = " "
	same(t, which(), "environment")
}

func TestNoProfileOrNoKey(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	w.Write(t, ".arize/profiles/keyless.toml", "[routing]\nregion = \"US\"\n")
	w.Write(t, ".arize/profiles/broken.toml", "[auth]\nx = ]\n")
	w.Write(t, ".arize/profiles/xml.toml", "[auth]\napi_key = \"k\"\n[output]\nformat = \"xml\"\n")
	for line, c := range map[string]struct {
		code int
		says []string
	}{
		"":           {1, []string{"✗ Error: No active profile configured.", "--profile local", "ARIZE_API_KEY=…", "ax profiles create"}},
		"-p absent":  {1, []string{"✗ Error: Profile 'absent' does not exist.\nAvailable profiles: broken, keyless, xml, local\n", "\n  Suggestion: Run 'ax profiles create absent' to create it.\n"}},
		"-p ../x":    {1, []string{"✗ Error: Invalid profile name: '../x'."}},
		"-p keyless": {3, []string{"✗ Error: Profile 'keyless' has no API key.\n\n  Suggestion: Set api_key in the [auth] section of " + w.Path(".arize/profiles/keyless.toml") + ".\n"}},
		"-p broken":  {1, []string{"✗ Error: Invalid TOML in " + w.Path(".arize/profiles/broken.toml") + ", line 2, column 5: "}},
		"-p xml":     {5, []string{"✗ Error: Invalid output option: xml\nMust be either:\n"}},
	} {
		for _, command := range []string{"users list", "users delete --id x --force"} {
			got := w.Run(strings.Fields(command + " " + line)...)
			if got.Code != c.code || got.Out != "" {
				t.Errorf("ax %s %s, want %d:\n%s", command, line, c.code, got)
			}
			contains(t, got.Err, c.says...)
			onlyJSON(t, w.Run(strings.Fields("users list -o json "+strings.ReplaceAll(line, "-p xml", "-p keyless"))...), map[bool]int{true: 3, false: c.code}[line == "-p xml"])
		}
	}
}

func TestCACertificateCannotBeRead(t *testing.T) {
	t.Parallel()
	w := clitest.On(t, clitest.NewServer(t))
	w.Env["ARIZE_SSL_CA_CERT"] = w.Path("absent.pem")
	got := w.Run("users", "list")
	same(t, got.Code, 1)
	contains(t, got.Err, "✗ Error: CA certificates: open "+w.Path("absent.pem")+": no such file or directory\n")
	w.Write(t, "x.pem", "nothing")
	w.Env["ARIZE_SSL_CA_CERT"] = w.Path("x.pem")
	contains(t, w.Run("users", "list").Err, "holds no PEM certificate")
}

// Colour is for terminals; --color, NO_COLOR and CLICOLOR_FORCE decide otherwise.
func TestColour(t *testing.T) {
	t.Parallel()
	s := answering(t)
	for name, c := range map[string]struct {
		columns int
		env     map[string]string
		args    []string
		want    bool
	}{
		"piped":                    {0, nil, nil, false},
		"terminal":                 {80, nil, nil, true},
		"never":                    {80, nil, []string{"--color", "never"}, false},
		"always":                   {0, nil, []string{"--color=always"}, true},
		"NO_COLOR":                 {80, map[string]string{"NO_COLOR": "1"}, nil, false},
		"CLICOLOR_FORCE":           {0, map[string]string{"CLICOLOR_FORCE": "1"}, nil, true},
		"always against NO_COLOR":  {0, map[string]string{"NO_COLOR": "1"}, []string{"--color", "always"}, true},
		"TERM=dumb":                {80, map[string]string{"TERM": "dumb"}, nil, false},
		"never, and a problem too": {80, nil, []string{"--color", "never", "-v"}, false},
	} {
		w := clitest.On(t, s)
		delete(w.Env, "NO_COLOR")
		maps.Copy(w.Env, c.env)
		w.Columns = c.columns
		got := w.Run(append([]string{"users", "get", "x"}, c.args...)...)
		if strings.Contains(got.Out, "\x1b[") != c.want {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}
