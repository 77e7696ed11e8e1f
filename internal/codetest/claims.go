package codetest

import (
	"fmt"
	"go/ast"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// A claim is a test named in a document as `folder.TestName`; the folder is
// the package's, from the module's root, without internal/.
var claims = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("`([a-z0-9/]+)\\.((?:Test|Fuzz)[A-Za-z0-9_]+)`") })

// Claims says which tests a document names that are not there.
func Claims(document string, files []File) []string {
	there := map[string]bool{}
	for _, f := range files {
		if !strings.HasSuffix(f.Path, "_test.go") {
			continue
		}
		for _, name := range functions(f) {
			there[strings.TrimPrefix(f.Package(), "internal/")+"."+name] = true
		}
	}
	var sentences []string
	for _, claim := range claims().FindAllStringSubmatch(document, -1) {
		if name := claim[1] + "." + claim[2]; !there[name] {
			sentences = append(sentences, fmt.Sprintf("the test %s is named and is not there", name))
		}
	}
	slices.Sort(sentences)
	return slices.Compact(sentences)
}

// Uncovered says which of the cases and requirements have no row in a document,
// which begins with the name between bars.
func Uncovered(document string, names []string) []string {
	var sentences []string
	for _, name := range names {
		if !strings.Contains(document, "\n| "+name+" |") {
			sentences = append(sentences, name+" has no row")
		}
	}
	return sentences
}

// functions are the names of a file's functions, methods aside.
func functions(f File) (names []string) {
	for _, declaration := range f.Syntax.Decls {
		if d, ok := declaration.(*ast.FuncDecl); ok && d.Recv == nil {
			names = append(names, d.Name.Name)
		}
	}
	return names
}
