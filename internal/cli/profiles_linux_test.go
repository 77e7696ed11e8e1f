package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"ax/internal/cli/clitest"
)

const secretKey = "ak-0123456789abcdef"

func profileText(t *testing.T, w *clitest.World, name string) string {
	t.Helper()
	text, err := os.ReadFile(w.Path(".arize/profiles/" + name + ".toml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// begun is a dialog as far as its first question.
func begun(t *testing.T, w *clitest.World, args ...string) *session {
	t.Helper()
	return start(t, w, append([]string{"profiles", "create"}, args...)...).wait("Which authentication method? (api-key, oauth) [api-key]: ")
}

const (
	askMode    = "Choose configuration mode (simple, advanced) [simple]: "
	askKeyFrom = "API Key: insert the value, or use an environment variable? (insert, variable) [insert]: "
	askKey     = "API Key (e.g., ak-123...): "
	askRegion  = "Region (none, us-east-1b, us-central-1a, eu-west-1a, ca-central-1a) [none]: "
	askFormat  = "Default output format (table, json, csv, parquet) [table]: "
	wasCreated = "✓ Active profile set to '%s'\n\nYou're ready to go! Try: ax users list\n"
)

func TestTerminalCreateProfile(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	s := start(t, w, "profiles", "create").wait("Profile name [default]: ").typed("bad name\r").
		wait("Profile name [default]: ").typed("\r").
		wait("Which authentication method? (api-key, oauth) [api-key]: ").typed("oauth\r").
		wait("Error: Signing in through the browser is not supported yet. Choose api-key\nWhich authentication method? (api-key, oauth) [api-key]: ").typed("\r").
		wait(askMode).typed("\r").
		wait(askKeyFrom).typed("\r").
		wait(askKey).typed("\r").
		wait("Error: a value is required\n" + askKey).typed("ak \x1b[D\r").
		wait("inside (--api-key). Copy the key again, in one piece.\n" + askKey).typed("junk\x15x" + "\x7f" + secretKey + "\r").
		wait(askRegion).typed("EU\r").
		wait("Error: choose one of none, us-east-1b, us-central-1a, eu-west-1a, ca-central-1a\n" + askRegion).typed("eu-west-1a\r").
		wait(askFormat).typed("JSON\r")
	code, screen := s.exit()
	if code != 0 || !strings.HasSuffix(screen, fmt.Sprintf(wasCreated, "default")) || strings.Contains(screen, secretKey) {
		t.Errorf("exit %d:\n%s", code, screen)
	}
	contains(t, screen, "Invalid profile name: 'bad name'.")
	same(t, profileText(t, w, "default"), "[profile]\nname = \"default\"\n\n[auth]\nauth_method = \"api-key\"\napi_key = \""+secretKey+
		"\"\n\n[routing]\nregion = \"eu-west-1a\"\n\n[output]\nformat = \"json\"\n")
}

func TestTerminalCreateProfileAdvanced(t *testing.T) {
	t.Parallel()
	const where = "Where is the server? (region, single-host, base-domain, api-host) [region]: "
	for way, c := range map[string]struct{ label, host, scheme, want string }{
		"single-host": {"Host, with its port if it has one: ", "own.test:8443", "", "single_host = \"own.test\"\nsingle_port = \"8443\"\napi_scheme = \"https\"\n"},
		"base-domain": {"Domain, whose API is at api.DOMAIN: ", "own.test", "http", "base_domain = \"own.test\"\napi_scheme = \"http\"\n"},
		"api-host":    {"Host of the API, with its port if it has one: ", "127.0.0.1:8080", "http", "api_host = \"127.0.0.1:8080\"\napi_scheme = \"http\"\n"},
	} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			w := clitest.New(t)
			code, screen := begun(t, w, "x").typed("\r").
				wait(askMode).typed("advanced\r").
				wait(askKeyFrom).typed("variable\r").
				wait("Environment variable [ARIZE_API_KEY]: ").typed("${X}\r").
				wait("Error: write the variable's name alone, like ARIZE_API_KEY\nEnvironment variable [ARIZE_API_KEY]: ").typed("MY_KEY\r").
				wait(where).typed(way + "\r").
				wait(c.label).typed("http://x\r").
				wait(c.label).typed(c.host + "\r").
				wait("Scheme (https, http) [https]: ").typed(c.scheme + "\r").
				wait(askFormat).typed("\r").exit()
			if code != 0 {
				t.Errorf("exit %d:\n%s", code, screen)
			}
			contains(t, screen, "A host is wanted without scheme and path")
			same(t, profileText(t, w, "x"), "[profile]\nname = \"x\"\n\n[auth]\nauth_method = \"api-key\"\napi_key = \"${MY_KEY}\"\n\n[routing]\n"+c.want+"\n[output]\nformat = \"table\"\n")
		})
	}
}

// Variables that are set are offered, and stored by name.
func TestTerminalCreateProfileFromVariables(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	w.Env["ARIZE_API_KEY"], w.Env["ARIZE_REGION"] = secretKey, "EU"
	const offer = "Detected environment variables:\n  ARIZE_API_KEY = ak-01...def\n  ARIZE_REGION = EU\nCreate config from detected environment variables? (yes, no) [yes]: "
	code, screen := begun(t, w, "x").typed("\r").wait(offer).typed("\r").wait(askFormat).typed("csv\r").exit()
	if code != 0 || strings.Contains(screen, secretKey) {
		t.Errorf("exit %d:\n%s", code, screen)
	}
	contains(t, screen, "⚠ ARIZE_API_KEY is set and goes before the active profile.\n")
	same(t, profileText(t, w, "x"), "[profile]\nname = \"x\"\n\n[auth]\nauth_method = \"api-key\"\napi_key = \"${ARIZE_API_KEY}\"\n\n[routing]\nregion = \"${ARIZE_REGION}\"\n\n[output]\nformat = \"csv\"\n")
	w.Env["AX_PROFILE"] = "x"
	contains(t, w.Run("profiles", "list", "-o", "csv").Out, "x,true,https://api.eu-west-1a.arize.com\n")
	code, _ = begun(t, w, "y").typed("\r").wait(offer).typed("no\r").wait(askMode).typed("\r").wait(askKeyFrom).typed(ctrlC).exit()
	same(t, code, 130)
}

// Wherever it ends early, nothing is written, and the terminal shows again what is typed.
func TestTerminalCreateProfileInterrupted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		keys string
		code int
	}{"Ctrl-C": {ctrlC, 130}, "Ctrl-D": {ctrlD, 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := clitest.New(t)
			before := w.Files(t)
			code, _ := start(t, w, "profiles", "create").wait("Profile name [default]: ").typed(c.keys).exit()
			same(t, code, c.code)
			code, _ = begun(t, w, "x").typed(c.keys).exit()
			same(t, code, c.code)
			s := begun(t, w, "x").typed("\r").wait(askMode).typed("\r").wait(askKeyFrom).typed("\r").wait(askKey).typed(c.keys)
			code, screen := s.exit()
			same(t, code, c.code)
			if c.code == 130 {
				contains(t, screen, "⚠ Operation cancelled by user\n")
			}
			same(t, echoes(t, s), true)
			code, _ = start(t, w, "profiles", "create", "x", "--region", "EU").wait(askKey).typed(c.keys).exit()
			same(t, code, c.code)
			same(t, w.Files(t), before)
		})
	}
}

func TestTerminalOverwriteProfile(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	w.Write(t, ".arize/profiles/x.toml", "# mine\n")
	const overwrite = "Profile 'x' already exists. Overwrite? [y/N]: "
	code, screen := start(t, w, "profiles", "create", "x").wait(overwrite).typed("\r").exit()
	if code != 1 || !strings.HasSuffix(screen, "ℹ Profile not created\n") || profileText(t, w, "x") != "# mine\n" {
		t.Errorf("exit %d:\n%s", code, screen)
	}
	code, screen = start(t, w, "profiles", "create", "x").wait(overwrite).typed("y\r").
		wait("[api-key]: ").typed("\r").wait(askMode).typed("\r").wait(askKeyFrom).typed("\r").wait(askKey).typed(secretKey + "\r").
		wait(askRegion).typed("\r").wait(askFormat).typed("\r").exit()
	if code != 0 || !strings.Contains(profileText(t, w, "x"), secretKey) {
		t.Errorf("exit %d:\n%s", code, screen)
	}
	// With options nobody is asked, and nothing is overwritten.
	code, screen = start(t, w, "profiles", "create", "x", "--api-key", "k").exit()
	if code != 1 || !strings.Contains(screen, "Profile 'x' already exists.") {
		t.Errorf("exit %d:\n%s", code, screen)
	}
}

func TestTerminalDeleteProfile(t *testing.T) {
	t.Parallel()
	for keys, c := range map[string]struct {
		code int
		ends string
	}{
		"n\r": {1, "n\nℹ Profile not deleted\n"}, ctrlD: {1, "\nℹ Profile not deleted\n"},
		ctrlC: {130, "^C\n\n⚠ Operation cancelled by user\n"}, "y\r": {0, "y\n✓ Deleted profile 'x'\n"},
	} {
		w := clitest.New(t)
		w.Write(t, ".arize/profiles/x.toml", "")
		code, screen := start(t, w, "profiles", "delete", "x").wait("Delete profile 'x'? [y/N]: ").typed(keys).exit()
		if code != c.code || !strings.HasSuffix(screen, c.ends) {
			t.Errorf("%q: exit %d:\n%s", keys, code, screen)
		}
		if _, err := os.Stat(w.Path(".arize/profiles/x.toml")); (err == nil) != (c.code != 0) {
			t.Errorf("%q: %v", keys, err)
		}
	}
}

// echoes tells whether a terminal shows what is typed.
func echoes(t *testing.T, s *session) bool {
	t.Helper()
	stty := exec.CommandContext(t.Context(), "stty", "-a")
	stty.Stdin = s.pty // this end knows the settings of the other
	state, err := stty.CombinedOutput()
	if err != nil {
		t.Skipf("stty: %v %s", err, state)
	}
	return bytes.Contains(state, []byte(" echo "))
}

// process is `ax` as a process of its own.
func process(w *clitest.World, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(context.Background(), os.Args[0], args...)
	cmd.Env = []string{"AX_TEST_RUN_MAIN=1"}
	for name, value := range w.Env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd
}

// C-02: 50 processes at once, each with a profile of its own and a change of a common one.
func TestFiftyProfileWriters(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	same(t, w.Run("profiles", "create", "common", "--api-key", secretKey).Code, 0)
	var all sync.WaitGroup
	var slots = make(chan struct{}, 25) // two processes each: 50 at once
	for i := range 50 {
		all.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			name := fmt.Sprintf("p%d", i)
			update := process(w, "profiles", "update", "common", "--single-host", name+".test")
			if err := update.Start(); err != nil {
				t.Error(err)
				return
			}
			if out, err := process(w, "profiles", "create", name, "--api-key", secretKey).CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
			if err := update.Wait(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for i := range 50 {
		ran(t, w.Run("profiles", "validate", fmt.Sprintf("p%d", i)), 0, "", fmt.Sprintf("✓ Profile 'p%d' is valid.\n", i))
	}
	same(t, w.Run("profiles", "validate", "common").Code, 0)
	same(t, w.Run("profiles", "validate").Code, 0)
	noLeftovers(t, w)
}

// C-02: killed at any moment, a writer leaves the old file or the new one, and nobody locked out.
func TestKilledProfileWriter(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	same(t, w.Run("profiles", "create", "x", "--api-key", secretKey, "--output-format", "csv").Code, 0)
	old, killed := profileText(t, w, "x"), 0
	for i := range 60 {
		format := []string{"json", "csv"}[i%2]
		cmd := process(w, "profiles", "update", "x", "--output-format", format)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.IntN(20)) * time.Millisecond)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			killed++
		}
		got := profileText(t, w, "x")
		if got != old && got != strings.NewReplacer(`"csv"`, `"`+format+`"`, `"json"`, `"`+format+`"`).Replace(old) {
			t.Fatalf("half a file: %q", got)
		}
		old = got
	}
	t.Logf("%d of 60 were killed", killed)
	same(t, w.Run("profiles", "update", "x", "--output-format", "table").Code, 0)
	noLeftovers(t, w)
}

func noLeftovers(t *testing.T, w *clitest.World) {
	t.Helper()
	for _, folder := range []string{".arize", ".arize/profiles"} {
		if left, err := filepath.Glob(w.Path(folder + "/.ax-*")); err != nil || len(left) > 0 {
			t.Errorf("%q, %v", left, err)
		}
	}
}

// C-01: whatever the umask, files are for their owner only.
func TestProfileFilesUnderAnyUmask(t *testing.T) {
	t.Parallel()
	for _, mask := range []string{"000", "022", "277"} {
		w := clitest.New(t)
		if err := os.RemoveAll(w.Path(".arize")); err != nil {
			t.Fatal(err)
		}
		cmd := process(w)
		cmd.Path, cmd.Args = "/bin/sh", []string{"sh", "-c", `umask "$1" && exec "$2" profiles create x --api-key k`, "sh", mask, os.Args[0]}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("umask %s: %v: %s", mask, err, out)
		}
		for name, mode := range map[string]os.FileMode{
			".arize": os.ModeDir | 0o700, ".arize/profiles": os.ModeDir | 0o700, ".arize/profiles/x.toml": 0o600, ".arize/.active_profile": 0o600,
		} {
			if info, err := os.Lstat(w.Path(name)); err != nil || info.Mode() != mode {
				t.Errorf("umask %s: %s is %v, %v", mask, name, info.Mode(), err)
			}
		}
	}
}
