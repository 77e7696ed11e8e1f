package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"ax/internal/cli/clitest"
)

// theOriginal is the path of the existing CLI, which scripts/needs.sh installs.
func theOriginal(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("../../.cache/original/bin/ax")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("AX_TEST_REQUIRE") == "1" {
			t.Fatal(err)
		}
		t.Skip("the original is not installed: ", err)
	}
	return path
}

// The exit codes that docs/migrating.md gives for a command line are those of
// the two programs, before the same server. It is part of `make long`.
func TestMigratingExitCodes(t *testing.T) {
	t.Parallel()
	if os.Getenv("AX_TEST_LONG") != "1" {
		t.Skip("the original takes some seconds for each line; set AX_TEST_LONG=1")
	}
	original := theOriginal(t)
	text, err := os.ReadFile("../../docs/migrating.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)^\\| `ax ([^`]+)` \\| (\\d+) \\| (\\d+) \\|$").FindAllStringSubmatch(string(text), -1)
	if len(rows) < 15 {
		t.Errorf("only %d command lines", len(rows))
	}
	for _, row := range rows {
		t.Run(row[1], func(t *testing.T) {
			t.Parallel()
			for i, name := range []string{"the original", "ours"} {
				w := migrant(t)
				args := split(row[1])
				for j, a := range args {
					if strings.HasSuffix(a, ".parquet") {
						args[j] = w.Path(a)
					}
				}
				got := w.Run
				if i == 0 {
					got = func(args ...string) clitest.Result { return runOriginal(t, original, w, args...) }
				}
				if r := got(args...); strconv.Itoa(r.Code) != row[2+i] {
					t.Errorf("%s, want %s:\n%s", name, row[2+i], r)
				}
			}
		})
	}
}

// migrant is a world whose profiles both programs know.
func migrant(t *testing.T) *clitest.World {
	t.Helper()
	jane := clitest.Member("jane")
	s := clitest.NewServer(t).
		On("GET /v2/users/jane", clitest.JSON(200, jane)).
		On("GET /v2/users?limit=50&status=ACTIVE", clitest.Page("", jane)).
		On("POST /v2/users", clitest.JSON(201, strings.TrimSuffix(clitest.Member("jo"), "}")+`,"invite_mode":"NONE"}`)).
		On("PATCH /v2/users/id-jo", clitest.JSON(200, clitest.Member("jo"))).
		On("DELETE /v2/users/nobody", clitest.Problem(404, "Resource not found", "There is no user with this id.")).
		On("DELETE /v2/users/jane", clitest.Empty(204))
	host, port, _ := strings.Cut(strings.TrimPrefix(s.URL, "http://"), ":")
	w := clitest.New(t)
	for _, name := range []string{"work", "spare"} {
		w.Write(t, ".arize/profiles/"+name+".toml", "[profile]\nname = \""+name+"\"\n[auth]\nauth_method = \"api-key\"\napi_key = \""+clitest.Key+
			"\"\n[routing]\nsingle_host = \""+host+"\"\nsingle_port = \""+port+"\"\napi_scheme = \"http\"\n[update]\nenabled = false\n")
	}
	w.Write(t, ".arize/.active_profile", "work")
	return w
}

func runOriginal(t *testing.T, path string, w *clitest.World, args ...string) clitest.Result {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Env = []string{"HOME=" + w.Home, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8"}
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	_ = cmd.Run() // its code is looked at
	return clitest.Result{Code: cmd.ProcessState.ExitCode(), Out: out.String(), Err: errs.String()}
}
