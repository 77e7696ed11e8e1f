package parquetfile_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ax/internal/parquetfile"
)

func same[T any](t *testing.T, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func testdata(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// text is a file as a line of names and a line for each record.
func text(file []byte) (string, error) {
	r, err := parquetfile.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return "", err
	}
	lines := []string{strings.Join(r.Columns(), "\t")}
	for record, err := range r.Records() {
		if err != nil {
			return "", err
		}
		cells := make([]string, len(record))
		for i, c := range record {
			cells[i] = c.Text
			if c.Null {
				cells[i] = "null"
			}
		}
		lines = append(lines, strings.Join(cells, "\t"))
	}
	return strings.Join(lines, "\n") + "\n", nil
}

// One list, written by pyarrow in the ways that writers have, says the same in each.
func TestReadsWhatOthersWrite(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"default", "pages", "version2", "delta", "plain"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := text(testdata(t, name+".parquet"))
			if err != nil {
				t.Fatal(err)
			}
			same(t, strings.Split(got, "\n"), strings.Split(string(testdata(t, "list.txt")), "\n"))
		})
	}
}

func TestReadsSmallFiles(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"required": "id\tn\n00000000000000000000000000000000\t-1\n00000000000000000000000000000001\t0\n00000000000000000000000000000002\t1\n",
		"int96":    "at\n2026-03-01T09:26:53.589793Z\nnull\n",
		"empty":    "id\n",
	} {
		got, err := text(testdata(t, name+".parquet"))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		same(t, got, want)
	}
}

func TestRefusesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	whole := testdata(t, "default.parquet")
	encrypted := append(bytes.Clone(whole[:len(whole)-1]), 'E')
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"nothing":   {nil, "it is not a Parquet file, or not a whole one"},
		"text":      {[]byte("id,name\n1,Ann\n2,Bob\n"), "it is not a Parquet file, or not a whole one"},
		"cut short": {whole[:len(whole)-3], "it is not a Parquet file, or not a whole one"},
		"cut":       {append([]byte("PAR1"), whole[len(whole)-8:]...), "it is not a Parquet file, or not a whole one"},
		"encrypted": {encrypted, "it is encrypted"},
		"zstd":      {testdata(t, "zstd.parquet"), "it is compressed with Zstandard, which is not read here; write it with Snappy, gzip or no compression"},
	} {
		_, err := text(c.file)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

var every = flag.Bool("every", false, "damage every byte, not one in a hundred")

// A damaged file is an error or other text, but no panic and no endless work.
func TestSurvivesDamage(t *testing.T) {
	t.Parallel()
	step := 97
	if *every {
		step = 1
	}
	for _, name := range []string{"default", "pages", "version2", "delta"} {
		whole := testdata(t, name+".parquet")
		for at := 0; at < len(whole); at += step {
			damaged := bytes.Clone(whole)
			damaged[at] ^= byte(0xff >> (at % 8))
			_, _ = text(damaged)
		}
	}
}

func FuzzReader(f *testing.F) {
	for _, name := range []string{"required", "int96", "empty"} {
		f.Add(testdata(f, name+".parquet"))
	}
	f.Fuzz(func(_ *testing.T, file []byte) { _, _ = text(file) })
}
