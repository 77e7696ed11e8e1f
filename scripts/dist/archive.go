package main

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// archive is what people download: everything below one folder, in the form
// that their system opens without further programs.
func (r release) archive(b binary, docs []entry) (product, error) {
	name := "ax-" + r.version + "-" + b.String()
	entries := []entry{{path: name + "/" + b.name, text: b.text, mode: 0o755}}
	for _, d := range docs {
		d.path = name + "/" + d.path
		entries = append(entries, d)
	}
	entries = withFolders(entries)
	if b.os == "windows" {
		text, err := zipped(r.at, entries)
		return product{name + ".zip", text}, err
	}
	text, err := tarball(r.at, "", entries)
	if err == nil {
		text, err = gzipped(text)
	}
	return product{name + ".tar.gz", text}, err
}

func fileMode(e entry) fs.FileMode {
	mode := fs.FileMode(e.bits()) //nolint:gosec // nine bits
	if e.folder() {
		mode |= fs.ModeDir
	}
	return mode
}

// sums writes the checksums of all that is in the folder, as sha256sum reads them.
func (r release) sums() error {
	files, err := os.ReadDir(r.out) // sorted
	if err != nil {
		return err
	}
	var out strings.Builder
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(r.out, f.Name()))
		if err != nil {
			return err
		}
		fmt.Fprintf(&out, "%x  %s\n", sha256.Sum256(text), f.Name())
	}
	return r.write(product{"SHA256SUMS", []byte(out.String())}, nil)
}
