package command_test

import (
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
	"ax/internal/wire"
)

// A thing is a noun with a column of each kind.
type thing struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	At      string   `json:"created_at"`
	Flag    bool     `json:"flag"`
	Tags    []string `json:"tags"`
	Note    string   `json:"note,omitempty"`
	Secret  string   `json:"secret,omitempty"`
	Deleted bool     `json:"-"`
}

func view() command.View[thing] {
	return command.View[thing]{
		Title: "Thing Details", Key: "things",
		Columns: []term.Column[thing]{
			{Name: "id", Cell: func(t thing) string { return t.ID }, ID: true},
			{Name: "name", Cell: func(t thing) string { return t.Name }, Lead: true},
			command.Time("created_at", 1, func(t thing) string { return t.At }),
			command.Bool("flag", 2, func(t thing) bool { return t.Flag }),
			{Name: "tags", Kind: term.List, Cell: func(t thing) string { return strings.Join(t.Tags, " ") }, Items: func(t thing) []string { return t.Tags }},
			{Name: "note", Cell: func(t thing) string { return t.Note }, Optional: true},
			{Name: "secret", Cell: func(t thing) string { return t.Secret }, Optional: true, Secret: true},
		},
	}
}

func things() []thing {
	return []thing{
		{ID: "t1", Name: "Röß", At: "2026-03-01T09:26:53.5Z", Flag: true, Tags: []string{"a", "b"}},
		{ID: "t2", Name: "=1+1", At: "yesterday", Tags: []string{}, Note: "\x1b[31m\nx"},
	}
}

// parsed is options as a command gets them.
func parsed(t *testing.T, args ...string) command.OutputFlags {
	t.Helper()
	var f command.OutputFlags
	c := &cobra.Command{}
	command.AddOutput(c, &f, view)
	if err := c.ParseFlags(args); err != nil {
		t.Fatal(err)
	}
	return f
}

// opened is an output, and the streams it writes to.
func opened(t *testing.T, args ...string) (*command.Output[thing], *command.Env, fmt.Stringer, fmt.Stringer) {
	t.Helper()
	e, out, errs := env()
	e.DefaultOutput = func() (string, error) { return "", nil }
	o, err := command.Open(t.Context(), e, parsed(t, args...), view())
	if err != nil {
		t.Fatal(err)
	}
	return o, e, out, errs
}

func TestOpenSettlesFormatAndPlace(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "x.json")
	for name, c := range map[string]struct {
		args     []string
		fallback string
		starts   string // of standard output
		json     bool
	}{
		"none":             {nil, "", "╭─ Thing Details", false},
		"the profile's":    {nil, "json", "{\n  \"id\"", true},
		"flag and profile": {[]string{"-o", "csv"}, "json", "id,name", false},
		"a file":           {[]string{"--output", file}, "csv", "", true},
		"lines":            {[]string{"-o", "jsonl"}, "csv", `{"id":"t1","name":"R\u00f6\u00df"`, true},
		"quiet":            {[]string{"-q"}, "json", "t1\n", false},
		"an expression":    {[]string{"--jq", ".id"}, "csv", "t1\n", false},
	} {
		e, out, _ := env()
		e.DefaultOutput = func() (string, error) { return c.fallback, nil }
		o, err := command.Open(t.Context(), e, parsed(t, c.args...), view())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := o.Show(things()[0]); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !strings.HasPrefix(out.String(), c.starts) {
			t.Errorf("%s: %s", name, out)
		}
		same(t, e.JSON, c.json)
	}
}

func TestOpenAsksTheProfileOnlyForAFormat(t *testing.T) {
	t.Parallel()
	e, _, _ := env()
	e.DefaultOutput = func() (string, error) { return "", errConfig }
	if _, err := command.Open(t.Context(), e, parsed(t), view()); !errors.Is(err, error(errConfig)) {
		t.Errorf("%v", err)
	}
	for _, args := range [][]string{{"-o", "csv"}, {"-q"}, {"--jq", "."}} {
		if _, err := command.Open(t.Context(), e, parsed(t, args...), view()); err != nil {
			t.Errorf("%q: the profile was asked for nothing: %v", args, err)
		}
	}
}

// That a document was saved is told when all went well, and not beside JSON.
func TestSavedIsToldAtTheEnd(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "x.json")
	for _, failed := range []error{nil, errOther} {
		o, e, out, errs := opened(t, "-o", file)
		if err := o.Results(nil); err != nil {
			t.Fatal(err)
		}
		same(t, errs.String()+out.String(), "")
		e.Report(failed)
		same(t, strings.Contains(errs.String(), "✓ Saved to "+file), failed == nil)
		if text, err := os.ReadFile(file); string(text) != "{\n  \"things\": []\n}\n" || err != nil {
			t.Errorf("%q, %v", text, err)
		}
	}
	o, e, _, errs := opened(t, "-o", file)
	fails := iter.Seq2[thing, error](func(yield func(thing, error) bool) { yield(thing{}, errOther) })
	if err := o.All(fails); !errors.Is(err, errOther) {
		t.Error(err)
	}
	e.Report(nil)
	same(t, errs.String(), "")
}

func TestListsInEveryFormat(t *testing.T) {
	t.Parallel()
	const csv = "id,name,created_at,flag,tags,note,secret\nt1,Röß,2026-03-01T09:26:53.5Z,true,a b,,\nt2,'=1+1,yesterday,false,,\"\\x1b[31m\nx\",\n"
	const one = `{"id":"t1","name":"R\u00f6\u00df","created_at":"2026-03-01T09:26:53.5Z","flag":true,"tags":["a","b"]}` + "\n"
	const two = `{"id":"t2","name":"=1+1","created_at":"yesterday","flag":false,"tags":[],"note":"\u001b[31m\nx"}` + "\n"
	for args, want := range map[string]string{
		"-o csv":                   csv,
		"-o csv --csv-raw":         strings.NewReplacer("'=", "=", `\x1b`, "\x1b").Replace(csv),
		"-o jsonl":                 one + two,
		"-q":                       "t1\nt2\n",
		"--columns flag,id -o csv": "flag,id\ntrue,t1\nfalse,t2\n",
		"--columns id --columns note,id -o jsonl":      `{"id":"t1"}` + "\n" + `{"id":"t2","note":"\u001b[31m\nx"}` + "\n",
		"--columns tags,id -o json":                    "{\n  \"things\": [\n    {\n      \"tags\": [\n        \"a\",\n        \"b\"\n      ],\n      \"id\": \"t1\"\n    },\n    {\n      \"tags\": [],\n      \"id\": \"t2\"\n    }\n  ],\n  \"pagination\": {\n    \"has_more\": false\n  }\n}\n",
		"--columns id,name":                            "┏━━━━┳━━━━━━┓\n┃ id ┃ name ┃\n┡━━━━╇━━━━━━┩\n│ t1 │ Röß  │\n├────┼──────┤\n│ t2 │ =1+1 │\n└────┴──────┘\n",
		"--jq .things[].name":                          "Röß\n=1+1\n",
		"--jq (.things|length),.pagination":            "2\n" + `{"has_more":false}` + "\n",
		"--jq .things[1]|{name,note},.tags,.flag,null": `{"name":"=1+1","note":"\u001b[31m\nx"}` + "\n[]\nfalse\nnull\n",
	} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			o, _, page, _ := opened(t, strings.Fields(args)...)
			if err := o.List(things(), wire.Pagination{}); err != nil {
				t.Fatal(err)
			}
			same(t, page.String(), want)
			o, _, all, _ := opened(t, strings.Fields(args)...)
			if err := o.All(sequence(things()...)); err != nil {
				t.Fatal(err)
			}
			same(t, all.String(), want)
		})
	}
}

func sequence[T any](items ...T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, item := range items {
			if !yield(item, nil) {
				return
			}
		}
	}
}
