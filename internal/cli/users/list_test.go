package users_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"ax/internal/cli/clitest"
	"ax/internal/wire"
)

func TestListRequests(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"":                                      "GET /v2/users?limit=50",
		"--limit 1":                             "GET /v2/users?limit=1",
		"-l 100":                                "GET /v2/users?limit=100",
		"--limit=7 --cursor abc=":               "GET /v2/users?limit=7&cursor=abc%3D",
		"-c a/b?c&d":                            "GET /v2/users?limit=50&cursor=a%2Fb%3Fc%26d",
		"--email @example.com --status active":  "GET /v2/users?limit=50&email=%40example.com&status=ACTIVE",
		"-e Jane+x@y.test":                      "GET /v2/users?limit=50&email=Jane%2Bx%40y.test",
		"-s active -s invited":                  "GET /v2/users?limit=50&status=ACTIVE&status=INVITED",
		"-s Invited,ACTIVE --status expired":    "GET /v2/users?limit=50&status=INVITED&status=ACTIVE&status=EXPIRED",
		"-s active,active,ACTIVE":               "GET /v2/users?limit=50&status=ACTIVE",
		"--all":                                 "GET /v2/users?limit=100",
		"--all --limit 2 -s invited":            "GET /v2/users?limit=2&status=INVITED",
		"--profile= --timeout 5s --color never": "GET /v2/users?limit=50",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			s := clitest.NewServer(t).On(want, clitest.Page("", clitest.Member("ann")))
			says(t, clitest.On(t, s).Run(append([]string{"users", "list"}, strings.Fields(line)...)...), 0)
			asked(t, s, want)
		})
	}
}

func TestListHeaders(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t).On("GET /v2/users?limit=50", clitest.Page(""))
	clitest.On(t, s).Run("users", "list")
	h := s.Headers()[0]
	same(t, []string{h.Get("Authorization"), h.Get("User-Agent"), h.Get("Content-Type")}, []string{"Bearer " + clitest.Key, "ax/dev", ""})
}

func TestListUsage(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"--limit 0":        "Invalid value for '--limit': 0 is not in the range 1 to 100",
		"--limit 101":      "Invalid value for '--limit': 101 is not in the range 1 to 100",
		"--limit -1":       "Invalid value for '--limit': -1 is not in the range 1 to 100",
		"--all --limit 0":  "Invalid value for '--limit': 0 is not in the range 1 to 100",
		"--limit abc":      `Invalid value for '--limit': "abc" is not a whole number`,
		"--limit 1.5":      `Invalid value for '--limit': "1.5" is not a whole number`,
		"-s bad":           `Invalid value for '--status': "bad" is not one of active, invited, expired`,
		"-s active,":       `Invalid value for '--status': "" is not one of active, invited, expired`,
		"-s ac\"tive":      `Invalid value for '--status': "ac\"tive" is not one of active, invited, expired. Did you mean 'active'?`,
		"--status=":        `Invalid value for '--status': "" is not one of active, invited, expired`,
		"extra":            `Got unexpected extra argument "extra"`,
		"--statu active":   "No such option: --statu (Possible options: --status)",
		"--colour never":   "No such option: --colour (Possible options: --color)",
		"-z":               "No such option: -z",
		"--limit":          "Option '--limit' requires a value.",
		"-l":               "Option '--limit' requires a value.",
		"--all=maybe":      `Invalid value for '--all': "maybe" is not true or false`,
		"--timeout soon":   `Invalid value for '--timeout': "soon" is not a time like 30s or 2m`,
		"--timeout 0s":     "Invalid value for '--timeout': must be more than 0, like 30s",
		"--color sometime": `invalid colour mode "sometime": use auto, always or never`,
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			s := clitest.NewServer(t)
			ran(t, clitest.On(t, s).Run(append([]string{"users", "list"}, strings.Fields(line)...)...), 2, "",
				"✗ Error: "+want+"\n  Try 'ax users list --help'.\n")
			asked(t, s)
		})
	}
}

func TestListOutput(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t).On("GET /v2/users?limit=50", clitest.Page("c1", people()...))
	golden(t, "list.txt", formats(t, s, "users list"))
}

func TestListOutputOfEveryPage(t *testing.T) {
	t.Parallel()
	all := people()
	first, second := clitest.Page("c1", all[:2]...), clitest.Page("", all[2:]...)
	s := clitest.NewServer(t).On("GET /v2/users?limit=100", first).On("GET /v2/users?limit=100&cursor=c1", second)
	golden(t, "list_all.txt", formats(t, s, "users list --all"))
	one := clitest.NewServer(t).On("GET /v2/users?limit=50", clitest.Page("", all...))
	for _, format := range []string{"table", "json", "csv"} {
		same(t, clitest.On(t, s).Run("users", "list", "--all", "-o", format), clitest.On(t, one).Run("users", "list", "-o", format))
	}
}

func TestListWithoutUsers(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t).On("GET /v2/users?limit=50", clitest.Page("")).On("GET /v2/users?limit=100", clitest.Page(""))
	golden(t, "list_empty.txt", clitest.On(t, s).Script(t, "users list", "users list -o json", "users list -o csv",
		"users list --all", "users list --all -o json", "users list --all -o csv"))
}

// A page that is not the last one is not mistaken for the whole list, in any format.
func TestListIsTruncated(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t).
		On("GET /v2/users?limit=50", clitest.Page("next=1", clitest.Member("ann"))).
		On("GET /v2/users?limit=1", clitest.JSON(200, `{"users":[],"pagination":{"has_more":true}}`)).
		On("GET /v2/users?limit=2", clitest.JSON(200, `{"users":[],"pagination":{"has_more":false,"next_cursor":"odd"}}`))
	w := clitest.On(t, s)
	hint := "\nMore items available. To fetch the next page, add:\n  --cursor next=1\n"
	for _, args := range []string{
		"-o table", "-o csv", "-o json", "-o jsonl", "-o parquet", "-q", "--jq .users[].id", "--columns id",
		"-o " + w.Path("x.csv"), "-o " + w.Path("x.json"), "-o " + w.Path("x.jsonl"), "-o " + w.Path("x.parquet"),
	} {
		got := w.Run(words("list " + args)...)
		says(t, got, 0, hint)
		if strings.Contains(got.Out, "--cursor") {
			t.Errorf("the hint is on standard output:\n%s", got)
		}
	}
	says(t, w.Run("users", "list", "-l", "1"), 0, "More items available, but the server gives no cursor to fetch them with.")
	if got := w.Run("users", "list", "-l", "2"); strings.Contains(got.Err, "More items") {
		t.Errorf("more is said to be available:\n%s", got)
	}
}

func TestListAllIsWhole(t *testing.T) {
	t.Parallel()
	const pages, size = 30, 100
	s := clitest.NewServer(t)
	var ids []string
	line := "GET /v2/users?limit=100"
	for p := range pages {
		var users []string
		for n := range size {
			id := fmt.Sprintf("p%02d-%02d", p, n)
			ids = append(ids, id)
			users = append(users, clitest.Member(id))
		}
		next := fmt.Sprintf("c%d", p+1)
		if p == pages-1 {
			next = ""
		}
		s.On(line, clitest.Page(next, users...))
		line = "GET /v2/users?limit=100&cursor=" + next
	}
	w := clitest.On(t, s)
	var got wire.UserList
	r := w.Run("users", "list", "--all", "-o", "json")
	if err := json.Unmarshal([]byte(r.Out), &got); err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, u := range got.Users {
		found = append(found, strings.TrimPrefix(u.ID, "id-"))
	}
	same(t, found, ids)
	same(t, got.Pagination, wire.Pagination{})
	if rows := strings.Count(w.Run("users", "list", "--all", "-o", "csv").Out, "\n"); rows != len(ids)+1 {
		t.Errorf("%d lines of CSV", rows)
	}
}

// The pages reach the output as they come, so that the memory that a long list
// takes does not grow: the second page is asked for with the first one written.
func TestListAllStreams(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"-o json", "-o jsonl", "-o csv", "--jq .users[]"} { // Parquet: parquetfile.TestWriterStreams
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			out := &written{}
			var users []string
			for n := range 1000 { // more than any buffer on the way
				users = append(users, clitest.Member(fmt.Sprint("somebody-", n)))
			}
			before := 0
			s := clitest.NewServer(t).On("GET /v2/users?limit=100", clitest.Page("c1", users...)).
				On("GET /v2/users?limit=100&cursor=c1", clitest.Then(func() { before = out.bytes }, clitest.Page("")))
			w := clitest.On(t, s)
			w.Out = out
			says(t, w.Run(words("list --all "+format)...), 0)
			if out.bytes-before > 96<<10 || before == 0 { // a buffer, and the hundred that --jq is given at once
				t.Errorf("%d of %d bytes were written before the second page was asked for", before, out.bytes)
			}
		})
	}
}

type written struct{ bytes int }

// Write implements io.Writer.
func (w *written) Write(p []byte) (int, error) {
	w.bytes += len(p)
	return len(p), nil
}

// A walk that ends early is a failure, and leaves no file that looks whole.
func TestListAllFails(t *testing.T) {
	t.Parallel()
	for name, second := range map[string]http.HandlerFunc{
		"500":       status(500),
		"the same":  clitest.Page("c1", clitest.Member("bob")),
		"no cursor": clitest.JSON(200, `{"users":[],"pagination":{"has_more":true}}`),
		"HTML":      clitest.HTML(200),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := clitest.NewServer(t).On("GET /v2/users?limit=100", clitest.Page("c1", clitest.Member("ann"))).
				On("GET /v2/users?limit=100&cursor=c1", second)
			w := clitest.On(t, s)
			w.Write(t, "old.json", "{}")
			for _, output := range []string{"table", "json", "csv", w.Path("new.json"), w.Path("new.csv"), w.Path("old.json")} {
				got := w.Run("users", "list", "--all", "-o", output)
				if got.Code != 4 || got.Out != "" || got.Err == "" {
					t.Errorf("%s:\n%s", output, got)
				}
			}
			same(t, w.Files(t), []string{".arize/", ".arize/.beta_notice_users", "old.json"})
			if text, err := os.ReadFile(w.Path("old.json")); string(text) != "{}" || err != nil {
				t.Errorf("the file that was there is now %q, %v", text, err)
			}
		})
	}
}

func TestListInterrupted(t *testing.T) {
	t.Parallel()
	for output, want := range map[string]string{
		"table": "ℹ Fetching users\n\n⚠ Operation cancelled by user\n",
		"json":  "{\n  \"error\": {\n    \"title\": \"Operation cancelled by user\",\n    \"exit_code\": 130\n  }\n}\n",
	} {
		t.Run(output, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(context.Background())
			w := clitest.On(t, clitest.NewServer(t).On("GET /v2/users?limit=50", clitest.Hang(cancel)))
			w.Context = ctx
			ran(t, w.Run("users", "list", "-o", output), 130, "", want)
		})
	}
}

// The output is known to be good before the server is asked for anything.
func TestListOutputIsCheckedFirst(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t)
	w := clitest.On(t, s)
	w.Write(t, "read-only.json", "{}")
	if err := os.Chmod(w.Path("read-only.json"), 0o400); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(w.Path("read-only.json"), w.Path("link.json")); err != nil {
		t.Fatal(err)
	}
	bad := "\nMust be either:\n  - A format: table, json, jsonl, csv, parquet\n  - A file path with extension: .json, .jsonl, .ndjson, .csv, .parquet, .pq\n"
	for output, want := range map[string]string{
		"xml":                    "✗ Error: Invalid output option: xml" + bad,
		"JSON":                   "✗ Error: Invalid output option: JSON" + bad,
		"-":                      "✗ Error: Invalid output option: -" + bad,
		"out.txt":                "✗ Error: Invalid output option: out.txt" + bad,
		".csv":                   "✗ Error: Invalid output option: .csv" + bad,
		w.Path("absent/x.csv"):   "✗ Error: Cannot write " + w.Path("absent/x.csv") + ": the folder does not exist\n",
		w.Path("read-only.json"): "{\n  \"error\": {\n    \"title\": \"Cannot write " + w.Path("read-only.json") + ": the file is read-only\",\n    \"exit_code\": 5\n  }\n}\n",
		w.Path("link.json"):      "{\n  \"error\": {\n    \"title\": \"Cannot write " + w.Path("link.json") + ": it is a symbolic link; name the file itself\",\n    \"exit_code\": 5\n  }\n}\n",
	} {
		ran(t, w.Run("users", "list", "-o", output), 5, "", want)
	}
	asked(t, s)
}

func TestListToFile(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t).On("GET /v2/users?limit=50", clitest.Page("", people()...))
	w := clitest.On(t, s)
	for _, name := range []string{"x.json", "x.csv", "x.CSV"} {
		format := strings.ToLower(strings.TrimPrefix(name, "x."))
		ran(t, w.Run("users", "list", "-o", w.Path(name)), 0, "", notices(format)+"✓ Saved to "+w.Path(name)+"\n")
		text, err := os.ReadFile(w.Path(name))
		if err != nil {
			t.Fatal(err)
		}
		same(t, string(text), w.Run("users", "list", "-o", format).Out)
		if info, err := os.Stat(w.Path(name)); err != nil || info.Mode() != 0o600 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
	}
}

// notices is what a piped list says on the way: nothing when JSON was chosen.
func notices(format string) string {
	if strings.HasPrefix(format, "json") {
		return ""
	}
	return "ℹ Fetching users\n"
}

// The profile's format holds when none is given, and is beaten by one that is.
func TestListFormatOfTheProfile(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t).On("GET /v2/users?limit=50", clitest.Page("", clitest.Member("ann")))
	w := clitest.New(t)
	w.Write(t, ".arize/profiles/dev.toml", fmt.Sprintf("[auth]\napi_key = %q\n[routing]\napi_host = %q\napi_scheme = \"http\"\n[output]\nformat = \"csv\"\n",
		clitest.Key, strings.TrimPrefix(s.URL, "http://")))
	w.Write(t, ".arize/.active_profile", "dev")
	csv := w.Run("users", "list")
	if !strings.HasPrefix(csv.Out, "id,name,email,created_at,status,role,is_developer\n") {
		t.Errorf("%s", csv)
	}
	if got := w.Run("users", "list", "-o", "json"); !strings.HasPrefix(got.Out, "{\n") {
		t.Errorf("%s", got)
	}
}

// A reader that has seen enough is no failure worth a word.
func TestListReaderLeaves(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t).On("GET /v2/users?limit=50", clitest.Page("", clitest.Member("ann")))
	for _, format := range []string{"table", "json", "jsonl", "csv", "parquet"} {
		r, pipe, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Close()
		w := clitest.On(t, s)
		w.Out = pipe
		ran(t, w.Run("users", "list", "-o", format), 5, "", notices(format))
		_ = pipe.Close()
		w.Out = broken{}
		says(t, w.Run("users", "list", "-o", format), 5, "Cannot write standard output: disk full")
	}
}

type broken struct{}

// Write implements io.Writer.
func (broken) Write([]byte) (int, error) { return 0, errDiskFull }

var errDiskFull = fmt.Errorf("disk full: %w", io.ErrShortWrite)

// What stands in a notice on the way of a command is never on standard output.
func TestOnlyDataOnStandardOutput(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t).On("GET /v2/users?limit=50", clitest.Page("c1", clitest.Member("ann")))
	w := clitest.On(t, s)
	delete(w.Env, "NO_COLOR")
	w.Env["CLICOLOR_FORCE"] = "1"
	for _, args := range [][]string{{"-v"}, {"--color", "always"}, {"-v", "--color", "always"}} {
		got := w.Run(slices.Concat([]string{"users", "list", "-o", "json"}, args)...)
		if !json.Valid([]byte(got.Out)) || got.Code != 0 {
			t.Errorf("%q:\n%s", args, got)
		}
	}
}
