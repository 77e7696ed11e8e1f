package codetest

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
)

// mayImport is the import rule: what each package may import of ours, itself and what lies below it aside. A package without
// a line of its own follows its nearest ancestor's; a name with a slash at its end is the line for what lies below, as the
// folders of the commands do below cli. Test files and test-only packages are free.
var mayImport = map[string]string{
	"cmd/ax":      "cli cli/term",
	"cli":         "cli/ cli/server cli/term client profile server wire",
	"cli/":        "cli/ cli/term client profile rows wire",
	"cli/server":  "cli/ cli/term client profile server wire",
	"cli/term":    "parquetfile",
	"client":      "wire",
	"manual":      "cli cli/",
	"parquetfile": "",
	"profile":     "",
	"rows":        "parquetfile",
	"server":      "api directory mail openapi serve signin store web",
	"api":         "directory openapi serve wire",
	"web":         "directory serve signin",
	"store":       "directory",
	"mail":        "directory",
	"signin":      "directory",
	"directory":   "",
	"wire":        "",
	"openapi":     "",
	"serve":       "",
	"scripts/":    "",
}

// module is the first part of our import paths.
const module = "ax/"

// Imports returns a sentence for each import that the rule forbids.
func Imports(files []File) []string {
	var found []string
	for _, f := range files {
		if f.Test() {
			continue
		}
		from := short(f.Package())
		if _, ok := line(from); !ok {
			found = append(found, fmt.Sprintf("%s: package %s has no line in the import rule (internal/codetest/imports.go)", f.Path, from))
			continue
		}
		for _, spec := range f.Syntax.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil || !strings.HasPrefix(imported, module) {
				continue
			}
			if why := forbidden(from, short(strings.TrimPrefix(imported, module))); why != "" {
				found = append(found, fmt.Sprintf("%s imports %s: %s", f.Path, imported, why))
			}
		}
	}
	return found
}

// forbidden says which part of the rule an import breaks, or nothing.
func forbidden(from, to string) string {
	if TestOnly(to) {
		return "only tests may import " + to
	}
	own, _ := line(from)
	other, ok := line(to)
	if !ok {
		return to + " has no line in the import rule"
	}
	allowed := strings.Fields(mayImport[own])
	if own == other && !strings.HasSuffix(own, "/") || slices.Contains(allowed, other) {
		return ""
	}
	if len(allowed) == 0 {
		return own + " imports nothing of ours"
	}
	return own + " may import only " + strings.Join(allowed, ", ")
}

// line finds the name in the rule that a package goes by.
func line(folder string) (name string, ok bool) {
	if _, ok := mayImport[folder]; ok {
		return folder, true
	}
	for parent := path.Dir(folder); parent != "."; parent = path.Dir(parent) {
		for _, name := range []string{parent + "/", parent} {
			if _, ok := mayImport[name]; ok {
				return name, true
			}
		}
	}
	return "", false
}

// unknown returns the words of the rule that name no line of it.
func unknown() []string {
	var words []string
	for _, allowed := range slices.Sorted(maps.Values(mayImport)) {
		for word := range strings.FieldsSeq(allowed) {
			if _, ok := mayImport[word]; !ok {
				words = append(words, word)
			}
		}
	}
	return words
}

// short is a package as the rule spells it.
func short(folder string) string { return strings.TrimPrefix(folder, "internal/") }
