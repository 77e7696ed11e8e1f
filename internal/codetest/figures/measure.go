package main

import (
	"bytes"
	"go/ast"
	"go/scanner"
	"go/token"
	"path"
	"strings"

	"ax/internal/codetest"
)

// A tally is what is counted of one package. Lengths are in lines.
type tally struct {
	files     []int // lengths; tests and generated files aside
	functions []int // lengths from `func` to the closing brace
	code      int   // lines with code
	comments  int   // lines with a comment and no code
	tests     int   // lines of tests, of those in test-only packages too
}

// measure counts each package of the module. Generated files are left out. The tests of a test-only package such as
// store/storetest count for the package above it.
func measure(files []codetest.File) map[string]*tally {
	tallies := map[string]*tally{}
	for _, f := range files {
		if f.Generated() {
			continue
		}
		name := tested(f.Package())
		if tallies[name] == nil {
			tallies[name] = &tally{}
		}
		tallies[name].add(f)
	}
	return tallies
}

// tested is the package itself, or the nearest one above it that is not for tests only, if there is one.
func tested(folder string) string {
	for above := folder; above != "." && above != "internal"; above = path.Dir(above) {
		if !codetest.TestOnly(above) {
			return above
		}
	}
	return folder
}

func (t *tally) add(f codetest.File) {
	length := bytes.Count(f.Source, []byte("\n"))
	if f.Test() {
		t.tests += length
		return
	}
	t.files = append(t.files, length)
	for _, declaration := range f.Syntax.Decls {
		if function, ok := declaration.(*ast.FuncDecl); ok {
			first, last := f.Positions.Position(function.Pos()), f.Positions.Position(function.End())
			t.functions = append(t.functions, last.Line-first.Line+1)
		}
	}
	code, comments := lines(f.Source)
	t.code += code
	t.comments += comments
}

// lines counts the lines with code, and those with nothing but a comment.
func lines(source []byte) (code, comments int) {
	positions := token.NewFileSet()
	file := positions.AddFile("", -1, len(source))
	var s scanner.Scanner
	s.Init(file, source, nil, scanner.ScanComments)
	withCode, withComment := map[int]bool{}, map[int]bool{}
	for {
		at, kind, text := s.Scan()
		if kind == token.EOF {
			break
		}
		if kind == token.SEMICOLON && text == "\n" {
			continue // put there by the scanner
		}
		set := withCode
		if kind == token.COMMENT {
			set = withComment
		}
		first := file.Line(at)
		for line := first; line <= first+strings.Count(text, "\n"); line++ {
			set[line] = true
		}
	}
	for line := range withComment {
		if !withCode[line] {
			comments++
		}
	}
	return len(withCode), comments
}

// sum adds up all packages.
func sum(tallies map[string]*tally) *tally {
	total := &tally{}
	for _, t := range tallies {
		total.files = append(total.files, t.files...)
		total.functions = append(total.functions, t.functions...)
		total.code += t.code
		total.comments += t.comments
		total.tests += t.tests
	}
	return total
}
