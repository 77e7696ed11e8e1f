package users_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"ax/internal/cli/clitest"
)

// Each row is something that the existing CLI gets wrong in what it puts out,
// and shows ours free of it.
func TestOutputIsFreeOf(t *testing.T) {
	t.Parallel()
	const secret = "create -n J -e j@x.test -r member --invite-mode temporary_password "
	both := func(r clitest.Result) string { return r.Out + r.Err }
	for weakness, free := range map[string]func(t *testing.T, w *clitest.World){
		"a name with [/x] that crashes the table": func(t *testing.T, w *clitest.World) {
			says(t, w.Run(words("list")...), 0)
			holds(t, w.Run(words("list")...).Out, "[/x]")
		},
		"a name with [bold] that is swallowed": func(t *testing.T, w *clitest.World) {
			holds(t, w.Run(words("list")...).Out, "[bold]x[/bold]")
		},
		"terminal escapes that reach the terminal": func(t *testing.T, w *clitest.World) {
			w.Columns = 200
			for _, options := range []string{"", "-o csv", "-o csv --csv-raw", "-o json", "-o jsonl", "-q", "--jq .users[].name"} {
				if got := both(w.Run(words("list " + options)...)); strings.Contains(got, "\x1b[31m") || strings.Contains(got, "\u202e") {
					t.Errorf("%q: %q", options, got)
				}
			}
		},
		"CSV formulas that are live": func(t *testing.T, w *clitest.World) {
			holds(t, w.Run(words("list -o csv")...).Out, ",'=cmd@example.com,")
		},
		"a role that is a program's own notation, in CSV": func(t *testing.T, w *clitest.World) {
			list, get := w.Run(words("list -o csv")...).Out, w.Run(words("get id-ann -o csv")...).Out
			holds(t, list, ",ACTIVE,MEMBER,true\n")
			holds(t, get, ",ACTIVE,MEMBER,true\n")
		},
		"get, create and update that cannot write Parquet": func(t *testing.T, w *clitest.World) {
			for _, line := range []string{"get id-ann", "update id-ann -n A", secret} {
				says(t, w.Run(words(line, "-o", w.Path("x.parquet"))...), 0)
			}
		},
		"an empty list without a header or columns": func(t *testing.T, w *clitest.World) {
			empty := clitest.On(t, clitest.NewServer(t).On("GET /v2/users?limit=50", clitest.Page("")))
			same(t, empty.Run(words("list -o csv")...).Out, "id,name,email,created_at,status,role,is_developer\n")
			same(t, records(t, empty.Run(words("list -o parquet")...).Out), []string{"id|name|email|created_at|status|role.type|role.name|role.id|is_developer"})
		},
		"CSV and Parquet that end after a page without a word": func(t *testing.T, w *clitest.World) {
			for _, format := range []string{"csv", "parquet", "jsonl"} {
				says(t, w.Run(words("list -o "+format)...), 0, "--cursor c1")
			}
		},
		"the cursor on standard output": func(t *testing.T, w *clitest.World) {
			if got := w.Run(words("list")...); strings.Contains(got.Out, "--cursor") {
				t.Errorf("%s", got)
			}
		},
		"logs between the data": func(t *testing.T, w *clitest.World) {
			if got := w.Run(words("list -v -o json")...); !json.Valid([]byte(got.Out)) {
				t.Errorf("%s", got)
			}
			rows, err := csv.NewReader(strings.NewReader(w.Run(words("list -v -o csv")...).Out)).ReadAll()
			if err != nil || len(rows) != 6 {
				t.Errorf("%d rows, %v", len(rows), err)
			}
		},
		"formats listed in another order each time": func(t *testing.T, w *clitest.World) {
			for range 5 {
				says(t, w.Run(words("list -o xml")...), 5, "  - A format: table, json, jsonl, csv, parquet\n")
			}
		},
		"one unknown role or status that loses the list": func(t *testing.T, w *clitest.World) {
			for _, format := range []string{"table", "json", "jsonl", "csv", "parquet"} {
				got := w.Run(words("list -o " + format)...).Out
				holds(t, got, "DORMANT")
				if format != "parquet" { // where parts of a word may be packed
					holds(t, got, "OVERLORD")
				}
			}
		},
		"piped text that is wrapped": func(t *testing.T, w *clitest.World) {
			w.Env["COLUMNS"] = "20"
			holds(t, w.Run(words("list")...).Out, "Jürgen Röß-Überlang von und zu Hohenstein 😀")
			holds(t, w.Run(words("list")...).Err, "More items available. To fetch the next page, add:\n")
		},
		"a locale without UTF-8 that changes the output": func(t *testing.T, w *clitest.World) {
			before := w.Run(words("list")...)
			w.Env["LC_ALL"], w.Env["LANG"] = "C", "C"
			same(t, w.Run(words("list")...), before)
		},
		"files that others may read": func(t *testing.T, w *clitest.World) {
			for _, name := range []string{"x.json", "x.jsonl", "x.csv", "x.parquet"} {
				says(t, w.Run(words(secret, "-o", w.Path(name))...), 0)
				if info, err := os.Stat(w.Path(name)); err != nil || info.Mode() != 0o600 {
					t.Errorf("%s: %v, %v", name, info, err)
				}
			}
		},
		"a password lost with an output that is bad": func(t *testing.T, w *clitest.World) {
			s := clitest.NewServer(t)
			bad := clitest.On(t, s)
			for _, output := range []string{"xml", bad.Path("missing/x.json"), bad.Path("x.txt")} {
				says(t, bad.Run(words(secret, "-o", output)...), 5)
			}
			asked(t, s)
		},
		"a failed deletion told in several lines": func(t *testing.T, w *clitest.World) {
			s := clitest.NewServer(t).On("DELETE /v2/users/id-bob", clitest.Problem(http.StatusForbidden, "No", "first\nsecond\r\nthird"))
			for _, format := range []string{"csv", "jsonl"} {
				got := clitest.On(t, s).Run(words("delete --force --id id-bob -o " + format)...)
				holds(t, got.Out, "first second")
				if lines := strings.Count(got.Out, "\n"); lines > 2 {
					t.Errorf("%d lines:\n%s", lines, got)
				}
			}
		},
		"results of a deletion whose empty columns vanish for programs": func(t *testing.T, w *clitest.World) {
			same(t, w.Run(words("delete --force --id id-ann -o csv")...).Out, "user_id,status,email,error\nid-ann,deleted,,\n")
		},
	} {
		t.Run(weakness, func(t *testing.T) {
			t.Parallel()
			free(t, clitest.On(t, directory(t)))
		})
	}
}

func holds(t *testing.T, text, part string) {
	t.Helper()
	if !strings.Contains(text, part) {
		t.Errorf("%q is not in\n%s", part, text)
	}
}
