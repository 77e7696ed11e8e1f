package users_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"ax/internal/cli/clitest"
)

func TestQuietPrintsIDsOnly(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"list -q":               "id-ann\nVXNlcjphYmNkZWZnaDEyMzQ1Njc4\nid-odd\nid-custom\nid-bare\n",
		"list --all --quiet":    "id-ann\nVXNlcjphYmNkZWZnaDEyMzQ1Njc4\nid-odd\nid-custom\nid-bare\n",
		"get id-ann -q":         "id-ann\n",
		"update -q id-ann -n A": "id-ann\n",
		"create -n J -e j@x.test -r member --invite-mode none -q": "id-jane\n",
		"delete -q --force --id id-ann,id-bob,id-eve":             "id-ann\n", // what was deleted
	} {
		w := clitest.On(t, directory(t))
		w.Env["CLICOLOR_FORCE"] = "1"
		got := w.Run(words(line)...)
		same(t, got.Out, want)
		if strings.ContainsAny(got.Err, "ℹ✓") {
			t.Errorf("%s:\n%s", line, got)
		}
	}
}

// A person or a script chooses columns, for every format, in any order.
func TestColumnsInEveryFormat(t *testing.T) {
	t.Parallel()
	w := clitest.On(t, directory(t))
	same(t, w.Run(words("list -l 50 -o csv --columns email,id")...).Out[:20], "email,id\nann@example")
	same(t, w.Run(words("get id-ann -o jsonl --columns role,id")...).Out, `{"role":{"type":"PREDEFINED","name":"MEMBER"},"id":"id-ann"}`+"\n")
	same(t, w.Run(words("get id-ann -o json --columns is_developer")...).Out, "{\n  \"is_developer\": true\n}\n")
	same(t, records(t, w.Run(words("get id-ann -o parquet --columns is_developer,id")...).Out), []string{"is_developer|id", "true|id-ann"})
	same(t, w.Run(words("get id-ann --columns status,name")...).Out, "╭─ User Details ─╮\n│ status: ACTIVE │\n│ name: ANN      │\n╰────────────────╯\n")
	same(t, w.Run(words("delete --force --id id-ann -o csv --columns status,user_id")...).Out, "status,user_id\ndeleted,id-ann\n")
	// What was asked for is not left out, however narrow the terminal.
	w.Columns = 40
	if got := w.Run(words("list --columns is_developer,role,created_at")...); !strings.Contains(got.Out, "is_developer") || strings.Contains(got.Err, "Left out") {
		t.Errorf("%s", got)
	}
}

// --jq has the document of --output json; with --all one for each hundred.
func TestJQ(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"list --jq .users[0]|.id,.role":     "id-ann\n" + `{"name":"MEMBER","type":"PREDEFINED"}` + "\n",
		"list --jq .pagination":             `{"has_more":true,"next_cursor":"c1"}` + "\n",
		"list --all --jq .pagination":       `{"has_more":false}` + "\n",
		"list --all --jq .users|length":     "5\n",
		"list --jq .users[1].name -o json":  "Jürgen Röß-Überlang von und zu Hohenstein 😀\n",
		"get id-ann --jq .is_developer,.no": "true\nnull\n",
		"delete --force --id id-ann,id-bob --jq .results[]|select(.status==\"failed\").user_id": "id-bob\n",
		"get id-ann --jq empty":          "",
		"get id-ann --jq $ENV|length":    "0\n", // and neither files nor the environment
		"get id-ann --jq [.name]|@csv":   "\"ANN\"\n",
		"get id-ann --jq .id|halt_error": "",
	} {
		same(t, clitest.On(t, directory(t)).Run(words(line)...).Out, want)
	}
	var users []string
	for n := range 250 {
		users = append(users, clitest.Member(fmt.Sprint("u", n)))
	}
	s := clitest.NewServer(t).On("GET /v2/users?limit=100", clitest.Page("", users...))
	same(t, clitest.On(t, s).Run(words("list --all --jq [(.users|length),.pagination.has_more]")...).Out, "[100,true]\n[100,true]\n[50,false]\n")
	// To a terminal go no controls, to a program what the server sent.
	w := clitest.On(t, directory(t))
	same(t, w.Run(words("list --jq .users[2].name")...).Out, "\x1b[31mred\x1b[0m\u202e [bold]x[/bold] [/x]\n")
	w.Columns = 80
	same(t, w.Run(words("list --jq .users[2].name")...).Out, `\x1b[31mred\x1b[0m\u202e [bold]x[/bold] [/x]`+"\n")
	same(t, strings.Contains(w.Run(words("list -o csv --csv-raw")...).Out, "\x1b"), false)
}

func TestOutputOptionsUsage(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"list --columns nonsense":     `Invalid value for '--columns': "nonsense" is not one of id, name, email, created_at, status, role, is_developer`,
		"get x --columns id,,name":    "Invalid value for '--columns': a name is missing",
		"list --columns ID":           `Invalid value for '--columns': "ID" is not one of id, name, email, created_at, status, role, is_developer`,
		"delete --id x --columns id":  `Invalid value for '--columns': "id" is not one of user_id, status, email, error`,
		"list -q -o json":             "--quiet prints ids only; it excludes --output, --jq and --columns",
		"list -q --columns id":        "--quiet prints ids only; it excludes --output, --jq and --columns",
		"list -q --jq .":              "--quiet prints ids only; it excludes --output, --jq and --columns",
		"list --jq . --columns id":    "--jq and --columns exclude each other; the expression can choose",
		"list --jq . -o csv":          "--jq works on JSON and writes to standard output; it excludes other values of --output",
		"list --jq . -o x.json":       "--jq works on JSON and writes to standard output; it excludes other values of --output",
		"list --csv-raw":              "--csv-raw is for CSV; add -o csv",
		"get x --jq .users[":          "Invalid value for '--jq': unexpected EOF",
		"get x --jq nonsense":         "Invalid value for '--jq': function not defined: nonsense/0",
		"get x --jq include\"/etc\";": "Invalid value for '--jq': cannot load module: \"/etc\"",
	} {
		s := clitest.NewServer(t)
		w := clitest.On(t, s)
		w.Columns = 80
		got := w.Run(words(line)...)
		if got.Code != 2 || !strings.Contains(got.Err, want) || got.Out != "" {
			t.Errorf("%s: want %s\n%s", line, want, got)
		}
		asked(t, s)
	}
}

func TestExpressionFails(t *testing.T) {
	t.Parallel()
	ran(t, clitest.On(t, directory(t)).Run(words("get id-ann --jq .id.x")...), 5, "",
		"✗ Error: The expression of --jq failed: expected an object but got: string (\"id-ann\")\n")
	got := clitest.On(t, directory(t)).Run(words("create -n J -e j@x.test -r member --invite-mode none --jq .id.x")...)
	says(t, got, 5, "The user was created. The temporary password is: jhfn-bhep-bm2p-qgmc\n")
}

// Parquet is no text: on a terminal it is refused before anything is sent.
func TestParquetOnATerminal(t *testing.T) {
	t.Parallel()
	for verb := range verbs() {
		s := clitest.NewServer(t)
		w := clitest.On(t, s)
		w.Columns = 80
		ran(t, w.Run(words(verb, "-o", "parquet")...), 5, "", "✗ Error: Parquet is not text: name a file with --output, or redirect standard output\n")
		asked(t, s)
	}
}

// What options leave out is not lost: the password was asked for, and is shown this once.
func TestPasswordThatOptionsLeaveOut(t *testing.T) {
	t.Parallel()
	const line, notice = "create -n J -e j@x.test -r member --invite-mode temporary_password ", "⚠ The temporary password is: jhfn-bhep-bm2p-qgmc\n"
	for options, shown := range map[string]bool{
		"-q": true, "--columns id": true, "--columns id -o json": true, "--jq .id": true, "-o csv --columns email": true,
		"": false, "-o json": false, "-o jsonl": false, "-o parquet": false, "--columns temporary_password": false, "--jq .": false, "--jq .temporary_password": false,
	} {
		got := clitest.On(t, directory(t)).Run(words(line + options)...)
		if got.Code != 0 || strings.Contains(got.Err, notice) != shown || !shown && !strings.Contains(got.Out, "jhfn-bhep-bm2p-qgmc") && !strings.HasPrefix(got.Out, "PAR1") {
			t.Errorf("%q:\n%s", options, got)
		}
	}
}

// places are outputs that fail when they are written, after all went well.
func places(t *testing.T, w *clitest.World, format string) map[string]func(line string) clitest.Result {
	t.Helper()
	gone := filepath.Join(w.Home, "gone")
	into := func(folder string) func(string) clitest.Result {
		return func(line string) clitest.Result {
			return w.Run(words(line, "-o", filepath.Join(folder, "x."+format))...)
		}
	}
	all := map[string]func(string) clitest.Result{
		"a folder that goes": func(line string) clitest.Result {
			if err := os.MkdirAll(gone, 0o700); err != nil {
				t.Fatal(err)
			}
			return into(gone)(line)
		},
	}
	if device, err := os.OpenFile("/dev/full", os.O_WRONLY, 0); err == nil {
		t.Cleanup(func() { _ = device.Close() })
		all["a full disk on standard output"] = func(line string) clitest.Result {
			w.Out = device
			defer func() { w.Out = nil }()
			return w.Run(words(line, "-o", format)...)
		}
	}
	if full := fullDisk(t); full != "" {
		all["a full disk"] = into(full)
	}
	return all
}

// fullDisk is the folder of a disk without room, "" where none can be made.
func fullDisk(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	if runtime.GOOS != "linux" || os.Getuid() != 0 || exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", "size=4k", "ax", folder).Run() != nil {
		return ""
	}
	t.Cleanup(func() { _ = exec.Command("umount", folder).Run() }) //nolint:noctx // the test's context has ended
	if err := os.WriteFile(filepath.Join(folder, "ballast"), make([]byte, 4096), 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

// A place that fails late ends with 5, leaves no file, and the password reaches the person.
func TestPasswordReachesThePerson(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"json", "jsonl", "csv", "parquet"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			s := clitest.NewServer(t)
			w := clitest.On(t, s)
			s.On(post, clitest.Then(func() { _ = os.RemoveAll(w.Path("gone")) }, created("jhfn-bhep-bm2p-qgmc")))
			for place, run := range places(t, w, format) {
				got := run("create -n J -e j@x.test -r member --invite-mode temporary_password")
				if got.Code != 5 || !strings.Contains(got.Err, "The temporary password is: jhfn-bhep-bm2p-qgmc") || strings.Contains(got.Err, "✓") {
					t.Errorf("%s:\n%s", place, got)
				}
			}
			for _, name := range w.Files(t) {
				if strings.Contains(name, "x.") || strings.Contains(name, ".tmp") {
					t.Errorf("left behind: %s", name)
				}
			}
		})
	}
}

// A target that cannot be written costs no request, whatever the format.
func TestTargetsAreCheckedFirst(t *testing.T) {
	t.Parallel()
	for verb := range verbs() {
		s := clitest.NewServer(t)
		w := clitest.On(t, s)
		for _, format := range []string{"json", "jsonl", "ndjson", "csv", "parquet", "pq"} {
			name := "x." + format
			w.Write(t, "read-only-"+name, "before")
			if err := os.Chmod(w.Path("read-only-"+name), 0o400); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(w.Path("elsewhere"), w.Path("link-"+name)); err != nil {
				t.Fatal(err)
			}
			if err := os.Mkdir(w.Path("folder-"+name), 0o700); err != nil {
				t.Fatal(err)
			}
			for _, target := range []string{"read-only-" + name, "link-" + name, "folder-" + name, "missing/" + name, "read-only-" + name + "/" + name} {
				if got := w.Run(words(verb, "-o", w.Path(target))...); got.Code != 5 || got.Out != "" || !strings.Contains(got.Err, "Cannot write "+w.Path(target)) {
					t.Errorf("%s -o %s:\n%s", verb, target, got)
				}
			}
			if text, err := os.ReadFile(w.Path("read-only-" + name)); string(text) != "before" || err != nil {
				t.Errorf("%q, %v", text, err)
			}
		}
		if _, err := os.Lstat(w.Path("elsewhere")); err == nil {
			t.Error("a link was followed")
		}
		asked(t, s)
	}
}

// A list that fails half-way leaves no file, in any format.
func TestHalfAListLeavesNoFile(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t).On("GET /v2/users?limit=100", clitest.Page("c1", people()...)).
		On("GET /v2/users?limit=100&cursor=c1", status(http.StatusInternalServerError))
	w := clitest.On(t, s)
	before := w.Files(t)
	for _, format := range []string{"json", "jsonl", "csv", "parquet"} {
		says(t, w.Run(words("list --all -o", w.Path("x."+format))...), 4)
	}
	same(t, w.Files(t), before)
}
