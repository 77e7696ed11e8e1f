package codetest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"strings"
)

// A File is one Go file of the module.
type File struct {
	Path      string // from the module's root, with slashes
	Source    []byte
	Syntax    *ast.File
	Positions *token.FileSet
}

// Package is the file's folder from the module's root.
func (f File) Package() string { return path.Dir(f.Path) }

// Test tells whether the file is part of tests only: by its own name or by its package's.
func (f File) Test() bool {
	return strings.HasSuffix(f.Path, "_test.go") || TestOnly(f.Package())
}

// Generated tells whether a program wrote the file.
func (f File) Generated() bool { return ast.IsGenerated(f.Syntax) }

// TestOnly tells whether only tests may import a package: e2e and whatever lies in a folder named …test.
func TestOnly(folder string) bool {
	for part := range strings.SplitSeq(folder, "/") {
		if part == "e2e" || strings.HasSuffix(part, "test") {
			return true
		}
	}
	return false
}

// Load parses the Go files that `go build ./...` would look at, on every platform. Folders that the go command skips, and
// modules inside this one, are left out.
func Load(root fs.FS) ([]File, error) {
	var files []File
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && skipped(root, name):
			return fs.SkipDir
		case entry.IsDir() || path.Ext(name) != ".go":
			return nil
		}
		file, err := parse(root, name)
		files = append(files, file)
		return err
	})
	return files, err
}

func skipped(root fs.FS, folder string) bool {
	if folder == "." {
		return false
	}
	base := path.Base(folder)
	if base[0] == '.' || base[0] == '_' || base == "testdata" || base == "node_modules" {
		return true
	}
	_, err := fs.Stat(root, path.Join(folder, "go.mod"))
	return err == nil
}

func parse(root fs.FS, name string) (File, error) {
	source, err := fs.ReadFile(root, name)
	if err != nil {
		return File{}, err
	}
	positions := token.NewFileSet()
	syntax, err := parser.ParseFile(positions, name, source, parser.ParseComments|parser.SkipObjectResolution)
	return File{Path: name, Source: source, Syntax: syntax, Positions: positions}, err
}
