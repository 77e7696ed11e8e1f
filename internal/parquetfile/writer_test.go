package parquetfile_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ax/internal/parquetfile"
)

func columns() []parquetfile.Column {
	return []parquetfile.Column{
		{Name: "id"}, {Name: "flag", Kind: parquetfile.Bool}, {Name: "at", Kind: parquetfile.Time}, {Name: "n", Kind: parquetfile.Int},
		{Name: "tags", Kind: parquetfile.List}, {Name: "role", Kind: parquetfile.Struct, Fields: []parquetfile.Column{{Name: "type"}, {Name: "name"}}},
	}
}

// record is the i-th of a list that has a null in every place.
func record(i int) []parquetfile.Value {
	null := i%7 == 3
	return []parquetfile.Value{
		{Text: fmt.Sprintf("usr_Jürgen_%d", i), Null: null},
		{Int: int64(i % 2), Null: null},
		{Int: int64(i)*1e13 + 1, Null: null},
		{Int: int64(-i)},
		{Items: [][]string{nil, {"a"}, {"a", "é"}}[i%3], Null: null},
		{Null: null, Fields: []parquetfile.Value{{Text: "CUSTOM"}, {Text: "n", Null: i%3 == 0}}},
	}
}

func write(t *testing.T, w io.Writer, n int) {
	t.Helper()
	f := parquetfile.NewWriter(w, "ax", columns())
	for i := range n {
		if err := f.Write(record(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// What was written is read again by our reader, which the files of others hold to the format.
func TestWritesWhatIsRead(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 2, 9, 1000, 150_000} {
		var file bytes.Buffer
		write(t, &file, n)
		got, err := text(file.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		var want strings.Builder
		want.WriteString("id\tflag\tat\tn\trole.type\trole.name\n")
		for i := range n {
			if i%7 == 3 {
				fmt.Fprintf(&want, "null\tnull\tnull\t%d\tnull\tnull\n", -i)
				continue
			}
			name := "n"
			if i%3 == 0 {
				name = "null"
			}
			fmt.Fprintf(&want, "usr_Jürgen_%d\t%v\t%s\t%d\tCUSTOM\t%s\n", i, i%2 == 1, instant(i), -i, name)
		}
		if got != want.String() {
			t.Errorf("%d records came back otherwise", n)
		}
	}
}

// python is an interpreter with pyarrow, which make test installs.
func python(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("../../.cache/original/bin/python")
	if err == nil {
		err = exec.CommandContext(t.Context(), path, "-c", "import pyarrow").Run()
	}
	if err != nil && os.Getenv("AX_TEST_REQUIRE") == "1" {
		t.Fatalf("pyarrow is required and not there: %v", err)
	}
	if err != nil {
		t.Skipf("pyarrow is not there (%v); scripts/needs.sh installs it", err)
	}
	return path
}

const readByPyarrow = `
import sys, pyarrow.parquet as pq
f = pq.ParquetFile(sys.argv[1])
print(f.metadata.num_rows, f.metadata.num_row_groups > 1, {f.metadata.row_group(g).column(c).compression for g in range(f.metadata.num_row_groups) for c in range(7)})
for field in f.schema_arrow: print(field.name, field.type, field.nullable)
for i, row in enumerate(f.read().to_pylist()):
    null = i % 7 == 3
    want = {'id': f'usr_Jürgen_{i}', 'flag': i % 2 == 1, 'n': -i, 'tags': [[], ['a'], ['a', 'é']][i % 3], 'role': {'type': 'CUSTOM', 'name': None if i % 3 == 0 else 'n'}}
    if null: want = {k: v if k == 'n' else None for k, v in want.items()}
    at = row.pop('at')
    assert row == want, (i, row, want)
    assert (at is None) == null and (null or at.value == i * 10**13 + 1), (i, at)
`

// Another implementation reads every value, type and null.
func TestPyarrowReadsWhatIsWritten(t *testing.T) {
	t.Parallel()
	interpreter := python(t)
	path := filepath.Join(t.TempDir(), "x.parquet")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	const n = 9000
	write(t, f, n)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := exec.CommandContext(t.Context(), interpreter, "-c", readByPyarrow, path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, got)
	}
	same(t, string(got), `9000 False {'SNAPPY'}
id string True
flag bool True
at timestamp[ns, tz=UTC] True
n int64 True
tags list<element: string> True
role struct<type: string, name: string> True
`)
}

// A long list goes out as it comes: no more than a row group waits.
func TestWriterStreams(t *testing.T) {
	t.Parallel()
	out := &counted{}
	f := parquetfile.NewWriter(out, "ax", []parquetfile.Column{{Name: "id"}})
	for i := range 400_000 {
		if err := f.Write([]parquetfile.Value{{Text: fmt.Sprintf("%x %x", i*2654435761, i*40503)}}); err != nil {
			t.Fatal(err)
		}
	}
	if out.writes < 2 || out.bytes < 4<<20 {
		t.Errorf("%d bytes in %d writes before Close", out.bytes, out.writes)
	}
}

type counted struct{ bytes, writes int }

// Write implements io.Writer.
func (c *counted) Write(p []byte) (int, error) {
	c.bytes += len(p)
	c.writes++
	return len(p), nil
}

type full struct{}

// Write implements io.Writer.
func (full) Write([]byte) (int, error) { return 0, errFull }

var errFull = errors.New("disk full")

func TestWriterError(t *testing.T) {
	t.Parallel()
	f := parquetfile.NewWriter(full{}, "ax", columns())
	if err := f.Write(record(0)); err != nil {
		t.Errorf("%v before anything was written", err)
	}
	if err := f.Close(); !errors.Is(err, errFull) {
		t.Errorf("%v", err)
	}
}

// instant is the time of the i-th record.
func instant(i int) string {
	return time.Unix(int64(i)*1e4, 1).UTC().Format(time.RFC3339Nano)
}
