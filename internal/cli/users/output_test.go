package users_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"ax/internal/cli/clitest"
	"ax/internal/parquetfile"
)

// directory answers every command with people that a program could trip over.
func directory(t *testing.T) *clitest.Server {
	t.Helper()
	ann := clitest.Member("ann")
	return clitest.NewServer(t).
		On("GET /v2/users?limit=50", clitest.Page("c1", people()...)).
		On("GET /v2/users?limit=100", clitest.Page("c1", people()[:2]...)).
		On("GET /v2/users?limit=100&cursor=c1", clitest.Page("", people()[2:]...)).
		On("GET /v2/users/id-ann", clitest.JSON(200, ann)).
		On("PATCH /v2/users/id-ann", clitest.JSON(200, ann)).
		On("DELETE /v2/users/id-ann", clitest.Empty(http.StatusNoContent)).
		On("DELETE /v2/users/id-bob", status(http.StatusForbidden)).
		On("DELETE /v2/users/id-eve", status(http.StatusNotFound)).
		On(post, created("jhfn-bhep-bm2p-qgmc"))
}

// verbs are a command line of each kind, with what it ends with.
func verbs() map[string]int {
	return map[string]int{
		"list": 0, "list --all": 0, "get id-ann": 0, "update id-ann -n Ann": 0, "delete --id id-ann --force": 0, "delete --id id-ann,id-bob,id-eve --force": 4,
		"create -n Jane -e jane@example.com -r member --invite-mode temporary_password": 0,
	}
}

func words(line string, more ...string) []string {
	return slices.Concat([]string{"users"}, strings.Fields(line), more)
}

// Every command writes every format, to standard output and the same to a file for its owner only.
func TestEveryCommandWritesEveryFormat(t *testing.T) {
	t.Parallel()
	for verb, code := range verbs() {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			w := clitest.On(t, directory(t))
			for _, format := range []string{"json", "jsonl", "csv", "parquet"} {
				piped := w.Run(words(verb, "-o", format)...)
				path := w.Path("x." + format)
				filed := w.Run(words(verb, "-o", path)...)
				if piped.Code != code || filed.Code != code || filed.Out != "" || piped.Out == "" {
					t.Errorf("%s:\n%s%s", format, piped, filed)
				}
				text, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				same(t, string(text), piped.Out)
				if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
					t.Errorf("%v, %v", info.Mode(), err)
				}
				wellFormed(t, format, piped.Out)
			}
		})
	}
}

func wellFormed(t *testing.T, format, text string) {
	t.Helper()
	ascii := strings.IndexFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) < 0
	switch format {
	case "json":
		if !json.Valid([]byte(text)) || !ascii {
			t.Errorf("not a JSON document in ASCII: %s", text)
		}
	case "jsonl":
		for line := range strings.Lines(text) {
			if !json.Valid([]byte(line)) || !ascii || !strings.HasPrefix(line, "{") || strings.Contains(line, ": ") && strings.Contains(line, ", ") {
				t.Errorf("not a compact object on a line: %s", line)
			}
		}
	case "csv":
		if _, err := csv.NewReader(strings.NewReader(text)).ReadAll(); err != nil {
			t.Error(err)
		}
	case "parquet":
		records(t, text)
	}
}

// records reads a Parquet file: its columns, and a line for each record.
func records(t *testing.T, file string) (lines []string) {
	t.Helper()
	r, err := parquetfile.NewReader(strings.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	lines = append(lines, strings.Join(r.Columns(), "|"))
	for record, err := range r.Records() {
		if err != nil {
			t.Fatal(err)
		}
		cells := make([]string, len(record))
		for i, c := range record {
			cells[i] = c.Text
			if c.Null {
				cells[i] = "null"
			}
		}
		lines = append(lines, strings.Join(cells, "|"))
	}
	return lines
}

func TestParquetOfUsers(t *testing.T) {
	t.Parallel()
	w := clitest.On(t, directory(t))
	const header = "id|name|email|created_at|status|role.type|role.name|role.id|is_developer"
	const ann = "id-ann|ANN|ann@example.com|2026-03-01T09:26:53.589793Z|ACTIVE|PREDEFINED|MEMBER|null|true"
	same(t, records(t, w.Run(words("list --all -o parquet")...).Out), []string{
		header, ann,
		"VXNlcjphYmNkZWZnaDEyMzQ1Njc4|Jürgen Röß-Überlang von und zu Hohenstein 😀|juergen.roess@hohenstein.example.com|2026-03-01T09:26:53.589793Z|INVITED|PREDEFINED|ADMIN|null|false",
		"id-odd|\x1b[31mred\x1b[0m\u202e [bold]x[/bold] [/x]|=cmd@example.com|2026-03-01T09:26:53.589793Z|DORMANT|PREDEFINED|OVERLORD|null|true",
		`id-custom|Cus, "Tom"|tom@example.com|null|EXPIRED|CUSTOM|Auditor|role_1|false`,
		"id-bare|Bare|bare@example.com|2026-03-01T09:26:53Z|ACTIVE|CUSTOM|null|role_2|false",
	})
	same(t, records(t, w.Run(words("get id-ann -o parquet")...).Out), []string{header, ann})
	same(t, records(t, w.Run(words("create -n J -e j@x.test -r member --invite-mode temporary_password -o parquet")...).Out), []string{
		header + "|invite_mode|temporary_password",
		"id-jane|Jane Doe|jane@example.com|2026-03-01T09:26:53.589793Z|INVITED|PREDEFINED|MEMBER|null|true|EMAIL_LINK|jhfn-bhep-bm2p-qgmc",
	})
	same(t, records(t, w.Run(words("delete --id id-ann,id-eve,id-bob --force -o parquet")...).Out), []string{
		"user_id|status|email|error", "id-ann|deleted|null|null", "id-eve|not_found|null|null", "id-bob|failed|null|403 A title; a detail of Forbidden",
	})
	// A time that is none is no reason to lose the list, and it is told.
	says(t, w.Run(words("list -o parquet")...), 0, "⚠ Some values of created_at cannot be written as their type in Parquet; they were left out.\n")
}

const readUsers = `
import sys, pyarrow.parquet as pq
t = pq.read_table(sys.argv[1])
print(*(f"{f.name}: {f.type}" for f in t.schema), sep="\n")
for row in t.to_pylist():
    print(row["id"], row["name"], row["created_at"] and row["created_at"].isoformat(), row["role"], row["is_developer"])
`

// The schema and the values are those that the existing CLI's reader finds.
func TestPyarrowReadsUsers(t *testing.T) {
	t.Parallel()
	python, err := filepath.Abs("../../../.cache/original/bin/python")
	if err == nil {
		err = exec.CommandContext(t.Context(), python, "-c", "import pyarrow").Run()
	}
	if err != nil && os.Getenv("AX_TEST_REQUIRE") == "1" {
		t.Fatalf("pyarrow is required and not there: %v", err)
	}
	if err != nil {
		t.Skipf("pyarrow is not there (%v); scripts/needs.sh installs it", err)
	}
	w := clitest.On(t, directory(t))
	path := w.Path("users.parquet")
	says(t, w.Run(words("list --all -o", path)...), 0)
	got, err := exec.CommandContext(t.Context(), python, "-c", readUsers, path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, got)
	}
	same(t, string(got), `id: string
name: string
email: string
created_at: timestamp[ns, tz=UTC]
status: string
role: struct<type: string, name: string, id: string>
is_developer: bool
id-ann ANN 2026-03-01T09:26:53.589793+00:00 {'type': 'PREDEFINED', 'name': 'MEMBER', 'id': None} True
VXNlcjphYmNkZWZnaDEyMzQ1Njc4 Jürgen Röß-Überlang von und zu Hohenstein 😀 2026-03-01T09:26:53.589793+00:00 {'type': 'PREDEFINED', 'name': 'ADMIN', 'id': None} False
`+"id-odd \x1b[31mred\x1b[0m\u202e [bold]x[/bold] [/x] 2026-03-01T09:26:53.589793+00:00 {'type': 'PREDEFINED', 'name': 'OVERLORD', 'id': None} True\n"+
		`id-custom Cus, "Tom" None {'type': 'CUSTOM', 'name': 'Auditor', 'id': 'role_1'} False
id-bare Bare 2026-03-01T09:26:53+00:00 {'type': 'CUSTOM', 'name': None, 'id': 'role_2'} False
`)
}

// payloads are names that a spreadsheet or a terminal would act on.
func payloads() []string {
	return []string{`=HYPERLINK("http://x.test","y")`, "+cmd|' /C calc'!A0", "-1+1", "@SUM(1,2)", "\t=1", "\r=1", "＝1", "a,b", `say "hi"`, "two\nlines", "\x1b]0;x\a", "\u202eexe", " space "}
}

// What stands in CSV is read back by Python's parser and by Go's: neutral as
// it is written by default, and exactly as it is with --csv-raw.
func TestCSVByOtherParsers(t *testing.T) {
	t.Parallel()
	var all []string
	for i, name := range payloads() {
		all = append(all, clitest.User(fmt.Sprint("id-", i), name, name, "ACTIVE", "MEMBER", true))
	}
	w := clitest.On(t, clitest.NewServer(t).On("GET /v2/users?limit=50", clitest.Page("", all...)))
	for _, flag := range []string{"", "--csv-raw"} {
		text := w.Run(words("list -o csv " + flag)...).Out
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil || len(rows) != len(all)+1 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		for i, name := range payloads() {
			got := rows[i+1][1]
			switch {
			case flag == "" && strings.ContainsAny(got[:1], "=+-@\t\r"), flag == "" && strings.ContainsAny(got, "\x1b\a\u202e\r"):
				t.Errorf("%q is not neutral", got)
			case flag != "" && name != "\r=1" && got != name: // Go's reader makes its own of a return
				t.Errorf("%q became %q", name, got)
			}
			same(t, rows[i+1][2], got)
		}
		python(t, flag, text, rows)
	}
}

// python compares with what Python's csv module reads.
func python(t *testing.T, flag, text string, rows [][]string) {
	t.Helper()
	interpreter, err := exec.LookPath("python3")
	if err != nil && os.Getenv("AX_TEST_REQUIRE") == "1" {
		t.Fatal(err)
	}
	if err != nil {
		t.Log("python3 is not there; Go's parser alone has read the CSV")
		return
	}
	cmd := exec.CommandContext(t.Context(), interpreter, "-c", "import csv,io,json,sys; print(json.dumps(list(csv.reader(io.StringIO(sys.stdin.buffer.read().decode(), newline='')))))")
	cmd.Stdin = strings.NewReader(text)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var read [][]string
	if err := json.Unmarshal(out, &read); err != nil {
		t.Fatal(err)
	}
	if flag != "" {
		for i, name := range payloads() {
			same(t, read[i+1][1], name)
		}
		return
	}
	same(t, read, rows)
}
