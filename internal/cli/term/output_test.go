package term_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ax/internal/cli/term"
)

func TestParseOutput(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]term.Output{
		"table":         {Format: term.FormatTable},
		"json":          {Format: term.FormatJSON},
		"csv":           {Format: term.FormatCSV},
		"users.json":    {Format: term.FormatJSON, Path: "users.json"},
		"out.JSON":      {Format: term.FormatJSON, Path: "out.JSON"},
		"/tmp/a.b.Csv":  {Format: term.FormatCSV, Path: "/tmp/a.b.Csv"},
		"./.x.json":     {Format: term.FormatJSON, Path: "./.x.json"},
		"table.csv":     {Format: term.FormatCSV, Path: "table.csv"},
		"my file.json":  {Format: term.FormatJSON, Path: "my file.json"},
		"json/sub.json": {Format: term.FormatJSON, Path: "json/sub.json"},
		"jsonl":         {Format: term.FormatJSONL},
		"x.jsonl":       {Format: term.FormatJSONL, Path: "x.jsonl"},
		"x.NdJson":      {Format: term.FormatJSONL, Path: "x.NdJson"},
		"parquet":       {Format: term.FormatParquet},
		"x.parquet":     {Format: term.FormatParquet, Path: "x.parquet"},
		"x.PQ":          {Format: term.FormatParquet, Path: "x.PQ"},
	} {
		got, err := term.ParseOutput(value)
		if err != nil || got != want {
			t.Errorf("%q: %+v, %v", value, got, err)
		}
	}
}

func TestParseOutputInvalid(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"", "JSON", "Table", "-", ".json", "dir/.csv", "out.txt", "x.json/", "json ", "users", "a\x1b.b"} {
		_, err := term.ParseOutput(value)
		bad, ok := errors.AsType[*term.OutputError](err)
		if !ok || bad.Value != value {
			t.Errorf("%q: %#v", value, err)
			continue
		}
		same(t, err.Error(), "Invalid output option: "+term.Literal(value)+"\nMust be either:\n"+
			"  - A format: table, json, jsonl, csv, parquet\n  - A file path with extension: .json, .jsonl, .ndjson, .csv, .parquet, .pq")
	}
}

func writes(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

func TestEmit(t *testing.T) {
	t.Parallel()
	s, _, out, errs := term.Test()
	if err := s.Emit(term.Output{Format: term.FormatJSON}, writes("[]\n")); err != nil {
		t.Fatal(err)
	}
	same(t, out.String(), "[]\n")
	path := filepath.Join(t.TempDir(), "a\u202e.json")
	if err := s.Emit(term.Output{Format: term.FormatJSON, Path: path}, writes("{}\n")); err != nil {
		t.Fatal(err)
	}
	same(t, out.String(), "[]\n")
	same(t, errs.String(), "✓ Saved to "+term.Literal(path)+"\n")
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	same(t, string(got), "{}\n")
}

func TestEmitFailure(t *testing.T) {
	t.Parallel()
	cause := errors.New("503 from the server")
	s, _, out, errs := term.Test()
	for _, o := range []term.Output{{}, {Path: filepath.Join(t.TempDir(), "x.json")}} {
		err := s.Emit(o, func(w io.Writer) error {
			return errors.Join(writes("half")(w), cause)
		})
		if !errors.Is(err, cause) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	same(t, out.String()+errs.String(), "")
}

func TestEmitToBrokenPipe(t *testing.T) {
	t.Parallel()
	s := term.New(strings.NewReader(""), brokenWriter{}, io.Discard, environment())
	for _, size := range []int{1, 1 << 20} {
		err := s.Emit(term.Output{}, func(w io.Writer) error {
			if err := writes(strings.Repeat("x", size))(w); err != nil {
				return fmt.Errorf("list users: %w", err)
			}
			return nil
		})
		if _, ok := errors.AsType[*term.OutputError](err); !ok || !errors.Is(err, errBroken) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

func TestEmitToFullDisk(t *testing.T) {
	t.Parallel()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full: ", err)
	}
	defer full.Close()
	s := term.New(strings.NewReader(""), full, io.Discard, environment())
	for name, err := range map[string]error{
		"Emit":  s.Emit(term.Output{}, writes("[]\n")),
		"Print": s.Print("usr_1\n"),
	} {
		if _, ok := errors.AsType[*term.OutputError](err); !ok {
			t.Errorf("%s: %#v", name, err)
			continue
		}
		same(t, err.Error(), "Cannot write standard output: no space left on device")
	}
}
