package profiles_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ax/internal/cli/clitest"
)

// An original is the existing CLI, in the home of a world.
type original struct {
	t   *testing.T
	in  io.Writer
	out *bufio.Scanner
}

// startOriginal starts the CLI that scripts/needs.sh installs. The world's variables are its own.
func startOriginal(t *testing.T, w *clitest.World) *original {
	t.Helper()
	folder, err := filepath.Abs("../../../.cache/original")
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(folder, "bin", "ax")
	if _, err := os.Stat(filepath.Join(folder, "packages.txt")); err != nil {
		why := "NOTHING WAS SHARED WITH THE EXISTING CLI: it is not installed. Run scripts/needs.sh. " + err.Error()
		if os.Getenv("AX_TEST_REQUIRE") == "1" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	cmd := exec.CommandContext(context.Background(), filepath.Join(folder, "bin", "python"), "testdata/drive.py", program)
	// It asks a package index for newer versions of itself, and must not get there.
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "COLUMNS=200", "PYTHONUTF8=1", "HTTPS_PROXY=http://127.0.0.1:1", "https_proxy=http://127.0.0.1:1"}
	for name, value := range w.Env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	var errs bytes.Buffer
	cmd.Stderr = &errs
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v\n%s", err, &errs)
		}
	})
	o := &original{t, in, bufio.NewScanner(out)}
	o.out.Buffer(nil, 1<<20)
	return o
}

// Run runs `ax` with arguments.
func (o *original) Run(args ...string) clitest.Result {
	o.t.Helper()
	line, err := json.Marshal(args)
	if err != nil {
		o.t.Fatal(err)
	}
	if _, err := fmt.Fprintf(o.in, "%s\n", line); err != nil {
		o.t.Fatal(err)
	}
	if !o.out.Scan() {
		o.t.Fatalf("no answer: %v", o.out.Err())
	}
	var r clitest.Result
	if err := json.Unmarshal(o.out.Bytes(), &r); err != nil {
		o.t.Fatal(err)
	}
	return r
}

// ok runs what must succeed.
func (o *original) ok(args ...string) clitest.Result {
	o.t.Helper()
	r := o.Run(args...)
	if r.Code != 0 {
		o.t.Errorf("the existing CLI, %q:\n%s", args, r)
	}
	return r
}

func ok(t *testing.T, w *clitest.World, args ...string) clitest.Result {
	t.Helper()
	r := w.Run(args...)
	if r.Code != 0 {
		t.Errorf("ours, %q:\n%s", args, r)
	}
	return r
}

// A way is one of the ways to say where the server is.
type way struct {
	name    string
	ours    string // options of create
	theirs  string // the same, of the existing CLI; or with a line break the text of a file
	origin  string // where requests go
	variant string // the output format
}

func ways() []way {
	return []way{
		{"hosted", "", "", "https://api.arize.com:443", "json"},
		{"eu", "--region EU", "--region EU", "https://api.eu-west-1a.arize.com:443", "csv"},
		{"central", "--region us-central-1a", "--region us-central-1a", "https://api.us-central-1a.arize.com:443", "table"},
		{"host", "--single-host own.test", "--single-host own.test", "https://own.test:443", "json"},
		{"port", "--single-host own.test:8443", "--single-host own.test --single-port 8443", "https://own.test:8443", "parquet"},
		{
			"plain", "--single-host own.test --single-port 8080 --api-scheme http",
			"[routing]\nsingle_host = \"own.test\"\nsingle_port = \"8080\"\napi_scheme = \"http\"\n", "http://own.test:8080", "csv",
		},
		{"domain", "--base-domain own.test", "[routing]\nbase_domain = \"own.test\"\n", "https://api.own.test:443", "json"},
		{
			"api", "--api-host 127.0.0.1:8080 --api-scheme http",
			"[routing]\napi_host = \"127.0.0.1:8080\"\napi_scheme = \"http\"\n", "http://127.0.0.1:8080", "json",
		},
	}
}

// sharedKey has characters that TOML escapes.
const sharedKey = `ak-"shared"\1234567890`

// Both CLIs work in one home: what one writes, the other lists, uses, updates and deletes.
func TestProfilesAreSharedWithTheExistingCLI(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	p := newProxy(t)
	w.Env["ARIZE_PROXY_URL"], w.Env["ARIZE_SSL_CA_CERT"], w.Env["SHARED_KEY"] = p.URL, p.CA(t), sharedKey
	theirs := startOriginal(t, w)
	names := []string{}
	for _, way := range ways() {
		// Each CLI writes a profile, and both use it as the active one.
		for _, writer := range []string{"ours", "theirs"} {
			name := way.name + "-by-" + writer
			names = append(names, name)
			if writer == "ours" {
				ok(t, w, append([]string{"profiles", "create", name, "--api-key", sharedKey, "--output-format", way.variant}, strings.Fields(way.ours)...)...)
			} else {
				createByOriginal(t, w, theirs, name, way)
			}
			p.reset()
			compare(t, name, way, w.Run("users", "list"), theirs.Run("users", "list"))
			want := request{way.origin, "GET /v2/users?limit=50", "Bearer " + sharedKey}
			if got := p.seen(); way.variant != "parquet" && !slices.Equal(got, []request{want, want}) {
				t.Errorf("%s: %v, want twice %v", name, got, want)
			}
			ok(t, w, "profiles", "validate", name)
		}
	}
	listed(t, w, theirs, names)
	change(t, w, theirs)
	remove(t, w, theirs, names)
}

func createByOriginal(t *testing.T, w *clitest.World, theirs *original, name string, way way) {
	t.Helper()
	args := strings.Fields(way.theirs)
	if strings.Contains(way.theirs, "\n") {
		w.Write(t, "theirs.toml", "[auth]\napi_key = \"x\"\n"+way.theirs)
		args = []string{"--from-file", w.Path("theirs.toml")}
	}
	theirs.ok(append([]string{"profiles", "create", name, "--api-key", sharedKey, "--output-format", way.variant}, args...)...)
}

// compare looks at what both CLIs show with the profile's own output format.
func compare(t *testing.T, name string, way way, ours, theirs clitest.Result) {
	t.Helper()
	starts := map[string][2]string{"csv": {"id,name,email,", "id,name,email,"}, "table": {"┏━", "┏━"}, "json": {"{\n", "{\n"}, "parquet": {"PAR1", ""}}[way.variant]
	code := 0
	if way.variant == "parquet" {
		code = 5 // it wants a file
	}
	if theirs.Code != code || ours.Code != 0 || !strings.HasPrefix(ours.Out, starts[0]) || !strings.HasPrefix(theirs.Out, starts[1]) {
		t.Errorf("%s: ours:\n%s\ntheirs:\n%s", name, ours, theirs)
	}
	if way.variant == "json" {
		same(t, ours.Out, theirs.Out)
	}
}

func listed(t *testing.T, w *clitest.World, theirs *original, names []string) {
	t.Helper()
	table := theirs.ok("profiles", "list").Err
	want := append(slices.Sorted(slices.Values(names)), "local")
	same(t, strings.Fields(ok(t, w, "profiles", "list", "-q").Out), want)
	for _, name := range names {
		contains(t, table, "│ "+name+" ")
		if name == names[len(names)-1] {
			contains(t, table, "│ "+name+" ●")
		}
	}
	// Neither shows the key.
	for _, shown := range []string{theirs.ok("profiles", "show", "eu-by-ours").Err, ok(t, w, "profiles", "show", "eu-by-theirs").Out} {
		contains(t, shown, `ak-"s...890`, "eu-west-1a")
	}
}

// change has each CLI update and use what the other wrote.
func change(t *testing.T, w *clitest.World, theirs *original) {
	t.Helper()
	ok(t, w, "profiles", "update", "host-by-theirs", "--single-host", "other.test:81", "--api-key", "${SHARED_KEY}", "--output-format", "csv")
	contains(t, theirs.ok("profiles", "show", "host-by-theirs").Err, "${SHARED_KEY}", "other.test", "81", "csv")
	theirs.ok("profiles", "validate", "host-by-theirs")
	theirs.ok("profiles", "update", "eu-by-ours", "--region", "CA", "--output-format", "json")
	contains(t, ok(t, w, "profiles", "show", "eu-by-ours", "-o", "csv").Out, "server,https://api.ca-central-1a.arize.com,", "output.format,json,")
	theirs.ok("profiles", "use", "eu-by-ours")
	same(t, ok(t, w, "profiles", "list", "--jq", ".profiles[]|select(.active).name").Out, "eu-by-ours\n")
	ok(t, w, "profiles", "use", "host-by-theirs")
	contains(t, theirs.ok("profiles", "list").Err, "│ host-by-theirs ●")
	// A profile of a browser sign-in stays usable for the CLI that has one.
	const text = "[profile]\nname = \"browser\"\n\n[auth]\nauth_method = \"oauth\"\n\n[auth.oauth]\naccess_token = \"AT\"\nrefresh_token = \"RT\"\nexpires_at = \"2099-01-01T00:00:00Z\"\nuser_email = \"me@example.com\"\n"
	w.Write(t, ".arize/profiles/browser.toml", text)
	ok(t, w, "profiles", "update", "browser", "--output-format", "csv", "--region", "EU")
	same(t, read(t, w, ".arize/profiles/browser.toml"), text+"\n[routing]\nregion = \"eu-west-1a\"\n\n[output]\nformat = \"csv\"\n")
	theirs.ok("profiles", "validate", "browser")
	contains(t, theirs.ok("profiles", "show", "browser").Err, "me@example.com", "eu-west-1a", "csv")
	got := w.Run("users", "list", "-p", "browser")
	same(t, got.Code, 3)
	contains(t, got.Err, "signs in through the browser, which is not supported yet", "Use a profile with an API key")
	theirs.ok("profiles", "delete", "browser", "--force")
}

func remove(t *testing.T, w *clitest.World, theirs *original, names []string) {
	t.Helper()
	ok(t, w, "profiles", "use", "local")
	for i, name := range names {
		if strings.HasSuffix(name, "-by-ours") && i < 4 { // it takes a second each time
			theirs.ok("profiles", "delete", name, "--force")
		} else {
			ok(t, w, "profiles", "delete", name, "--force")
		}
	}
	same(t, ok(t, w, "profiles", "list", "-q").Out, "local\n")
	contains(t, theirs.ok("profiles", "list").Err, "No profiles found")
}
