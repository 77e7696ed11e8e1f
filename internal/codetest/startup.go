package codetest

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"strconv"
	"strings"
)

// costly are the calls that compile or format something each time the program starts, also for `ax --version`. The first
// use of fmt alone was a tenth of a millisecond.
var costly = map[string]bool{
	"fmt.Errorf":              true,
	"fmt.Sprintf":             true,
	"regexp.MustCompile":      true,
	"regexp.MustCompilePOSIX": true,
	"text/template.Must":      true,
	"html/template.Must":      true,
}

// Startup returns a sentence for each piece of work that the program would do before main: an init function, or a costly
// call in a package-level variable. sync.OnceValue moves such work to its first use.
func Startup(files []File) []string {
	var found []string
	for _, f := range files {
		if f.Test() || f.Generated() || strings.HasPrefix(f.Package(), "scripts/") { // which nobody waits for
			continue
		}
		report := func(at token.Pos, what string) {
			found = append(found, fmt.Sprintf("%s: %s runs whenever the program starts", f.Positions.Position(at), what))
		}
		for _, declaration := range f.Syntax.Decls {
			switch d := declaration.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.Name == "init" {
					report(d.Pos(), "func init")
				}
			case *ast.GenDecl:
				if d.Tok == token.VAR {
					inspect(f, d, report)
				}
			}
		}
	}
	return found
}

// inspect looks for costly calls in a declaration, not in functions that it only defines.
func inspect(f File, declaration *ast.GenDecl, report func(token.Pos, string)) {
	names := importNames(f.Syntax)
	var visit func(ast.Node) bool
	visit = func(node ast.Node) bool {
		switch n := node.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			if body, ok := ast.Unparen(n.Fun).(*ast.FuncLit); ok {
				ast.Inspect(body.Body, visit) // called on the spot
			}
			if call := qualified(n.Fun, names); costly[call] {
				report(n.Pos(), call)
			}
		}
		return true
	}
	ast.Inspect(declaration, visit)
}

// qualified is the import path and name of a function of another package, such as html/template.Must.
func qualified(function ast.Expr, names map[string]string) string {
	selector, ok := function.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	owner, ok := selector.X.(*ast.Ident)
	if !ok || names[owner.Name] == "" {
		return ""
	}
	return names[owner.Name] + "." + selector.Sel.Name
}

// importNames maps the names that a file's imports go by to their paths.
func importNames(file *ast.File) map[string]string {
	names := map[string]string{}
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		name := path.Base(imported)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = imported
	}
	return names
}
