//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// A file is what one looked like at some moment.
type file struct {
	text, mode string
}

// snapshot reads the home, but for what either program keeps for itself alone.
func (s *slot) snapshot() (map[string]file, error) {
	found := map[string]file{}
	err := filepath.WalkDir(s.home(), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".beta_notice") || d.Name() == ".upgrade_check" {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		text, err := os.ReadFile(path) //nolint:gosec // below a folder that this program made
		if err != nil {
			return err
		}
		name, err := filepath.Rel(s.home(), path)
		found[name] = file{text: string(text), mode: fmt.Sprintf("%04o", info.Mode().Perm())}
		return err
	})
	return found, err
}

// gather adds the files that are not as they were.
func (s *slot) gather(ctx context.Context, r *Result, before map[string]file, n naming) error {
	after, err := s.snapshot()
	r.Files, r.Modes = map[string]string{}, map[string]string{}
	for name, f := range after {
		if f == before[name] {
			continue
		}
		text := f.text
		if ext := strings.ToLower(filepath.Ext(name)); ext == ".parquet" || ext == ".pq" {
			var err1 error
			text, err1 = s.parquet(ctx, filepath.Join(s.home(), name))
			err = errors.Join(err, err1)
		}
		r.Files[name], r.Modes[name] = n.name(text), f.mode
	}
	for name := range before {
		if _, ok := after[name]; !ok {
			r.Files[name], r.Modes[name] = "removed", ""
		}
	}
	return err
}

// parquet returns a Parquet file as pyarrow reads it.
func (s *slot) parquet(_ context.Context, path string) (string, error) {
	exit, err := s.order("parquet.py", []string{path})
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(filepath.Join(s.folder, "script"))
	if err == nil && exit != 0 {
		return "not readable as Parquet", nil
	}
	return string(text), err
}

// fillIn puts ids and cursors into a word of a command line.
func (s *slot) fillIn(word string) string {
	return strings.ReplaceAll(s.world.fillIn(word), "{home}", s.home())
}

func (w *world) fillIn(word string) string {
	var pairs []string
	for name, id := range w.ids {
		pairs = append(pairs, "{"+name+"}", id)
	}
	return strings.NewReplacer(pairs...).Replace(word)
}

// A naming turns what differs from run to run into names: paths, addresses,
// ids, keys, and what was made in the run itself.
type naming struct {
	port  *regexp.Regexp // of the server, which may be part of other numbers
	known *strings.Replacer
	keep  string // the directory's times: those that are not in it are new
}

var (
	newID    = regexp.MustCompile(`(VXNlcj|T3JnYW5pemF0aW9u|U3BhY2|QXBpS2V5|Um9sZ|TWVtYmVyc2hpc)[A-Za-z0-9+/=]{20,40}`)
	newKey   = regexp.MustCompile(`ak-[A-Za-z0-9]{30,}`)
	redacted = regexp.MustCompile(`ak-[^A-Za-z0-9 "]+[A-Za-z0-9]{4,12}`)
	request  = regexp.MustCompile(`"request_id":"[A-Z0-9]{26}"`)
	password = regexp.MustCompile(`\b[A-Za-z0-9]{4}(-[A-Za-z0-9]{4}){5}\b`)
	newTime  = regexp.MustCompile(`20\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?`)
	digit    = regexp.MustCompile(`\d`)
)

func (s *slot) naming(address string) naming {
	_, port, _ := strings.Cut(address, ":")
	pairs := []string{s.home(), "{home}", address, "{server}", "127.0.0.1', port=" + port, "{server}", s.key, "{key}"}
	for name, id := range s.ids {
		pairs = append(pairs, id, "{"+name+"}")
	}
	return naming{port: regexp.MustCompile(`\b` + port + `\b`), known: strings.NewReplacer(pairs...), keep: s.times}
}

func (n naming) name(text string) string {
	text = n.port.ReplaceAllString(n.known.Replace(text), "{port}")
	text = newID.ReplaceAllString(text, "{new id}")
	text = request.ReplaceAllString(text, `"request_id":"{request}"`)
	text = newKey.ReplaceAllString(text, "{new key}")
	text = redacted.ReplaceAllString(text, "{redacted key}")
	text = password.ReplaceAllString(text, "{pass-word-that-is-temporary}")
	return newTime.ReplaceAllStringFunc(text, func(t string) string {
		if strings.Contains(n.keep, strings.Replace(t, " ", "T", 1)) {
			return t
		}
		return digit.ReplaceAllString(t, "0")
	})
}
