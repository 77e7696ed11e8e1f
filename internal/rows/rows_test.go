package rows_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ax/internal/parquetfile"
	"ax/internal/rows"
)

// read shows a list as lines: the row's line and its cells, or the error.
func read(t *testing.T, name, text string) (lines []string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := rows.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()
	for row, err := range list.All() {
		lines = append(lines, shown(row, err))
	}
	return lines
}

func shown(row rows.Row, err error) string {
	if fault, ok := errors.AsType[*rows.RowError](err); ok {
		return "fault: " + fault.Error()
	}
	if err != nil {
		return "end: " + err.Error()
	}
	cells := make([]string, len(row.Names))
	for i, name := range row.Names {
		cells[i] = name + "=" + row.Values[i]
	}
	return fmt.Sprintf("%d %s", row.Line, strings.Join(cells, "|"))
}

const jane = "2 email=jane@x.example|name=Jane"

func TestCSV(t *testing.T) {
	t.Parallel()
	notUTF8 := `the text is not UTF-8; save the list as "CSV UTF-8"`
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"commas":                {"email,name\njane@x.example,Jane\n", []string{jane}},
		"semicolons":            {"email;name\njane@x.example;Jane\n", []string{jane}},
		"tabs":                  {"email\tname\njane@x.example\tJane\n", []string{jane}},
		"BOM":                   {"\xef\xbb\xbfemail,name\njane@x.example,Jane\n", []string{jane}},
		"BOM before a quote":    {"\xef\xbb\xbf\"email\",\"name\"\njane@x.example,Jane\n", []string{jane}},
		"CRLF":                  {"email,name\r\njane@x.example,Jane\r\n", []string{jane}},
		"no line end":           {"email,name\njane@x.example,Jane", []string{jane}},
		"space in the header":   {" email , name\njane@x.example,Jane", []string{jane}},
		"semicolons in quotes":  {"\"a;b;c\",name\n1,2\n", []string{"2 a;b;c=1|name=2"}},
		"commas in a semicolon": {"email;\"Last, First\"\na;b,c\n", []string{"2 email=a|Last, First=b,c"}},
		"one column":            {"email\na\nb\n", []string{"2 email=a", "3 email=b"}},
		"quotes":                {"email,name\na,\"Jane \"\"JJ\"\" Doe\"\n", []string{`2 email=a|name=Jane "JJ" Doe`}},
		"line break in a cell":  {"email,name\na,\"Jane\r\nDoe\"\nb,B\n", []string{"2 email=a|name=Jane\nDoe", "4 email=b|name=B"}},
		"empty lines":           {"email,name\n\n,\n  , \njane,J\n\n", []string{"5 email=jane|name=J"}},
		"a short row":           {"email,name\na\nb,B\n", []string{"fault: line 2: the row has 1 cell(s) and the header 2; is a separator or a quote missing?", "3 email=b|name=B"}},
		"a long row":            {"email,name\na,A,\nb,B\n", []string{"fault: line 2: the row has 3 cell(s) and the header 2; is a separator or a quote missing?", "3 email=b|name=B"}},
		"NUL":                   {"email,name\na,A\x00\nb,B\n", []string{"fault: line 2, name: there is a NUL character", "3 email=b|name=B"}},
		"Latin-1":               {"email,name\na,Ren\xe9\nb,B\n", []string{"fault: line 2, name: " + notUTF8, "3 email=b|name=B"}},
		"Latin-1 header":        {"email,pr\xe9nom\na,A\n", []string{"fault: line 1: " + notUTF8}},
		"a bare quote":          {"email,name\na,Jane \"JJ\" Doe\nb,B\n", []string{"fault: line 2: a cell with a quote in it has to stand in quotes, and the quote in it is doubled", "3 email=b|name=B"}},
		"a quote not closed":    {"email,name\na,\"Jane\nb,B\n", []string{"fault: line 2: a quoted cell does not end where it should"}},
		"empty":                 {"", nil},
		"BOM alone":             {"\xef\xbb\xbf", nil},
		"header only":           {"email,name\n", nil},
		"CR alone":              {"email,name\ra,A\r", []string{"fault: line 1: the lines end with CR alone; save the list with the usual line ends"}},
		"UTF-16":                {"\xff\xfee\x00m\x00", []string{`end: the text is UTF-16; save the list as "CSV UTF-8"`}},
		"a workbook":            {"PK\x03\x04rest", []string{`end: this is a workbook, not a list; save the sheet as "CSV UTF-8"`}},
		"binary":                {"\x7fELF\x00\x00,b\n1,2\n", []string{"fault: line 1: there is a NUL character; is this a text file?"}},
		"formula kept away":     {"email,name\n'+a@x.example,'=1+1\n'a,''b\n", []string{"2 email=+a@x.example|name==1+1", "3 email='a|name=''b"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, read(t, "list.csv", c.text)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"array":     {`[{"email":"a","n":1,"dev":true},` + "\n" + `{"email":"b","none":null}]`, []string{"1 email=a|n=1|dev=true", "2 email=b"}},
		"indented":  {"[\n  {\n    \"email\": \"a\"\n  },\n  {\n    \"email\": \"b\"\n  }\n]\n", []string{"2 email=a", "5 email=b"}},
		"lines":     {"{\"email\":\"a\"}\n\n{\"email\":\"b\"}\n", []string{"1 email=a", "3 email=b"}},
		"our list":  {"{\n  \"users\": [\n    {\"id\": \"i\", \"role\": {\"type\": \"PREDEFINED\", \"name\": \"MEMBER\"}}\n  ],\n  \"pagination\": {\"has_more\": false}\n}\n", []string{"3 id=i|role.type=PREDEFINED|role.name=MEMBER"}},
		"our lists": {`{"pagination":{"has_more":false},"users":[]}` + "\n" + `{"users":[{"id":"a"}]}`, []string{"2 id=a"}},
		"results":   {`{"results":[{"user_id":"i","status":"deleted"}]}`, []string{"1 user_id=i|status=deleted"}},
		"escapes":   {`[{"name":"R\u00f6\u00df 😀","x":[1,2]}]`, []string{"1 name=Röß 😀|x=[1,2]"}},
		"BOM":       {"\xef\xbb\xbf[{\"a\":\"b\"}]", []string{"1 a=b"}},
		"empty":     {"", nil},
		"no rows":   {"[]", nil},
		"a string":  {"[\"a\"]", []string{`fault: line 1: a row is an object, like {"email": "jane@example.com"}`}},
		"a number":  {"7", []string{`fault: line 1: a row is an object, like {"email": "jane@example.com"}`}},
		"cut off":   {"[{\"a\":\"b\"},\n{\"a\":", []string{"1 a=b", "fault: line 2: the list ends in the middle of a row"}},
		"a comma":   {"[{\"a\":\"b\"},\n]", []string{"1 a=b", "fault: line 1: this is not JSON: invalid character ',' at start of value"}},
		"twice":     {"[\n{\"a\":1,\"a\":2}]", []string{"fault: line 2: a name stands twice in one object"}},
		"not UTF-8": {"{\"a\":\"\xe9\"}", []string{"fault: line 1: this is not JSON: invalid UTF-8"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, file := range []string{"list.json", "list"} {
				if file == "list" && !strings.ContainsAny(c.text, "[{") {
					continue // only the name says that it is JSON
				}
				if diff := cmp.Diff(c.want, read(t, file, c.text)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", file, diff)
				}
			}
		})
	}
}

// A Parquet file is read as one, whatever its name, from a file or a pipe.
func TestParquet(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	w := parquetfile.NewWriter(&b, "a test", []parquetfile.Column{
		{Name: "email"}, {Name: "is_developer", Kind: parquetfile.Bool}, {Name: "role", Kind: parquetfile.Struct, Fields: []parquetfile.Column{{Name: "name"}}},
	})
	for _, record := range [][]parquetfile.Value{
		{{Text: "a@x.example"}, {Int: 1}, {Fields: []parquetfile.Value{{Text: "MEMBER"}}}},
		{{Null: true}, {}, {Null: true, Fields: []parquetfile.Value{{Null: true}}}},
	} {
		if err := w.Write(record); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	want := []string{"1 email=a@x.example|is_developer=true|role.name=MEMBER", "2 is_developer=false"}
	for _, name := range []string{"list.parquet", "list"} {
		if diff := cmp.Diff(want, read(t, name, b.String())); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	piped, err := rows.Open("-", strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for row, err := range piped.All() {
		lines = append(lines, shown(row, err))
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("a pipe (-want +got):\n%s", diff)
	}
	for _, damaged := range []string{"PAR1", "PAR1PAR1", b.String()[:b.Len()-9], b.String()[:b.Len()/2]} {
		if got := read(t, "list.parquet", damaged); len(got) != 1 || !strings.HasPrefix(got[0], "end: ") {
			t.Errorf("%q: %v", damaged, got)
		}
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for path, want := range map[string]string{
		folder:             "it is a folder",
		folder + "/absent": "cannot read " + folder + "/absent: no such file or directory",
	} {
		if _, err := rows.Open(path, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
	list, err := rows.Open("-", strings.NewReader("email\nfrom@stdin\n"))
	if err != nil {
		t.Fatal(err)
	}
	for row, err := range list.All() {
		if got := shown(row, err); got != "2 email=from@stdin" {
			t.Error(got)
		}
	}
	broken, err := rows.Open("-", io.MultiReader(strings.NewReader("email\na\n"), &failing{}))
	if err != nil {
		t.Fatal(err)
	}
	var last error
	for _, err := range broken.All() {
		last = err
	}
	if last == nil || last.Error() != "the disk is gone" {
		t.Errorf("a failing reader: %v", last)
	}
}

type failing struct{}

func (*failing) Read([]byte) (int, error) { return 0, errors.New("the disk is gone") }

// A caller may stop at any row.
func TestStop(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"a.csv": "a\n1\n2\n3\n", "a.json": `[{"a":1},{"a":2}]`, "a.jsonl": "{\"a\":1}\n{\"a\":2}\n"} {
		n := 0
		list, err := rows.Open("-", strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range list.All() {
			if n++; err != nil {
				t.Error(err)
			}
			break
		}
		if n != 1 {
			t.Errorf("%s: %d rows", name, n)
		}
	}
}

// repeated is a text of any length in the memory of one line.
type repeated struct {
	head, line string
	left       int
	pending    string
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.pending == "" {
		r.pending, r.head = r.head, ""
	}
	if r.pending == "" && r.left > 0 {
		r.left--
		r.pending = r.line
	}
	if r.pending == "" {
		return 0, io.EOF
	}
	n := copy(p, r.pending)
	r.pending = r.pending[n:]
	return n, nil
}

// A million rows take the memory of one.
func TestMemory(t *testing.T) { //nolint:paralleltest // it measures the memory of the process
	for name, in := range map[string]*repeated{
		"csv":   {head: "email,name,department\n", line: "somebody@company.example,Some Body,\"Sales, North\"\n", left: 1_000_000},
		"jsonl": {line: "{\"email\":\"somebody@company.example\",\"name\":\"Some Body\"}\n", left: 200_000},
		"json":  {head: `{"users":[{"email":"a"}`, line: ",\n{\"email\":\"somebody@company.example\",\"name\":\"Some Body\"}", left: 200_000},
	} {
		many := in.left
		list, err := rows.Open("-", in)
		if err != nil {
			t.Fatal(err)
		}
		var most, m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		before := m.HeapAlloc
		n, last := 0, 0
		for row, err := range list.All() {
			if err != nil && name != "json" {
				t.Fatal(err)
			}
			if n++; n%100_000 == 0 {
				runtime.GC()
				runtime.ReadMemStats(&m)
				most.HeapAlloc = max(most.HeapAlloc, m.HeapAlloc)
			}
			last = max(last, row.Line)
		}
		if n < many || last < many {
			t.Errorf("%s: %d rows, the last on line %d", name, n, last)
		}
		if grown := int64(most.HeapAlloc) - int64(before); grown > 4<<20 {
			t.Errorf("%s: %d bytes more in use", name, grown)
		}
	}
}

// One row cannot take all the memory there is.
func TestLongRow(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]*repeated{
		"a quote that is not closed": {head: "email,name\na,\"", line: "b,B\n", left: 10_000_000},
		"a string that does not end": {head: `[{"email":"`, line: "aaaaaaaaaaaaaaaaaaaaaaaa", left: 1_000_000},
		"no line at all":             {line: "aaaaaaaaaaaaaaaaaaaaaaaa", left: 1_000_000},
	} {
		list, err := rows.Open("-", in)
		if err != nil {
			t.Fatal(err)
		}
		var last error
		for _, err := range list.All() {
			last = err
		}
		if last == nil || !strings.Contains(last.Error(), "a row is longer than 1 MB") {
			t.Errorf("%s: %v", name, last)
		}
		if in.left == 0 {
			t.Errorf("%s: was read to its end", name)
		}
	}
}

// Whatever the bytes are, reading ends, without a panic, and says why.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{"a,b\n1,2\n", "a;b\n\"1;\";2", "[{\"a\":{\"b\":1}}]", "{\"users\":[{}]}", "{\"a\":1}\n{\"a\":2}", "\xef\xbb\xbf", "PAR1", "a\n\"", "[{\"a\":\"\\ud800\"}]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, err := rows.Open("-", strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		for row, err := range list.All() {
			if err == nil && (len(row.Names) != len(row.Values) || row.Line < 1 || row.Line > strings.Count(text, "\n")+1) {
				t.Errorf("%q: %+v", text, row)
			}
		}
	})
}
