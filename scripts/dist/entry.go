package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"cmp"
	"compress/gzip"
	"path"
	"slices"
	"strings"
	"time"
)

// An entry is a file, or with a slash at its end a folder, in an archive.
type entry struct {
	path string
	text []byte
	mode int64 // 0: 0644, and 0755 of a folder
	user int   // its id; 0 is root
}

func (e entry) folder() bool { return strings.HasSuffix(e.path, "/") }

func (e entry) bits() int64 {
	if e.folder() {
		return cmp.Or(e.mode, 0o755)
	}
	return cmp.Or(e.mode, 0o644)
}

// withFolders adds the folders that the entries are in, and sorts all.
func withFolders(entries []entry) []entry {
	all := slices.Clone(entries)
	has := func(p string) bool { return slices.ContainsFunc(all, func(e entry) bool { return e.path == p }) }
	for _, e := range entries {
		for p := path.Dir(strings.TrimSuffix(e.path, "/")); p != "." && p != "/"; p = path.Dir(p) {
			if !has(p + "/") {
				all = append(all, entry{path: p + "/"})
			}
		}
	}
	slices.SortFunc(all, func(a, b entry) int { return strings.Compare(a.path, b.path) })
	return all
}

// tarball is the entries as tar. The prefix goes before each path: Debian
// wants "./".
func tarball(at time.Time, prefix string, entries []entry) ([]byte, error) {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, e := range entries {
		h := &tar.Header{Name: strings.Replace(prefix+e.path, "//", "/", 1), Mode: e.bits(), Uid: e.user, Gid: e.user, ModTime: at, Typeflag: tar.TypeReg, Size: int64(len(e.text)), Format: tar.FormatUSTAR}
		if e.folder() {
			h.Typeflag = tar.TypeDir
		}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := w.Write(e.text); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return out.Bytes(), err
}

// gzipped has no name and no time in its header.
func gzipped(text []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	err = w.Close()
	return out.Bytes(), err
}

func zipped(at time.Time, entries []entry) ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.path, Modified: at, Method: zip.Deflate}
		if e.folder() {
			h.Method = zip.Store
		}
		h.SetMode(fileMode(e))
		f, err := w.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		if _, err := f.Write(e.text); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return out.Bytes(), err
}
