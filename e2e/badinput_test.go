package e2e_test

import (
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"ax/openapi"
)

// A badInput is one line of testdata/badinput; README.md there says what it means.
type badInput struct {
	at    string // file and line
	what  string // parameter and how it is bad
	code  int    // status or exit code
	says  string
	input string
}

func badInputs(t *testing.T, file string) (all []badInput) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "badinput", file))
	if err != nil {
		t.Fatal(err)
	}
	for n, line := range strings.Split(string(text), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		at := fmt.Sprintf("%s:%d", file, n+1)
		parts := strings.SplitN(line, "|", 4)
		if len(parts) != 4 {
			t.Fatalf("%s has %d parts", at, len(parts))
		}
		code, err := strconv.Atoi(strings.TrimSpace(parts[1]))
		if err != nil {
			t.Fatalf("%s: %v", at, err)
		}
		what := strings.Join(strings.Fields(parts[0]), " ")
		all = append(all, badInput{at, what, code, strings.TrimSpace(parts[2]), strings.TrimPrefix(parts[3], " ")})
	}
	return all
}

// expand writes out the placeholders.
func (b badInput) expand(t *testing.T, text string, known map[string]string) string {
	t.Helper()
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(known))) { // the longer of two first
		text = strings.ReplaceAll(text, name, known[name])
	}
	text = regexp.MustCompile(`\$\{0x([0-9A-F]+)\}`).ReplaceAllStringFunc(text, func(p string) string {
		raw, err := hex.DecodeString(p[4 : len(p)-1])
		if err != nil {
			t.Fatalf("%s: %v", b.at, err)
		}
		return string(raw)
	})
	return regexp.MustCompile(`\$\{([^*}]+)\*(\d+)\}`).ReplaceAllStringFunc(text, func(p string) string {
		unit, times, _ := strings.Cut(p[2:len(p)-1], "*")
		n, err := strconv.Atoi(times)
		if err != nil {
			t.Fatalf("%s: %v", b.at, err)
		}
		if !strings.Contains(unit, "#") {
			return strings.Repeat(unit, n)
		}
		var out strings.Builder
		for i := range n {
			out.WriteString(strings.ReplaceAll(unit, "#", strconv.Itoa(i)))
		}
		return out.String()
	})
}

// TestBadRequestsAreComplete: every parameter of every operation is missing, empty, too long, of a wrong type and hostile.
func TestBadRequestsAreComplete(t *testing.T) {
	t.Parallel()
	doc, err := openapi3.NewLoader().LoadFromData(openapi.Document)
	if err != nil {
		t.Fatal(err)
	}
	for path, item := range doc.Paths.Map() {
		if !strings.HasPrefix(path, "/v2/") && !strings.HasPrefix(path, "/ax/") {
			continue
		}
		for _, op := range item.Operations() {
			have := map[string]bool{}
			for _, b := range badInputs(t, "requests/"+op.OperationID+".txt") {
				have[b.what] = true
			}
			for name, required := range parametersOf(item, op) {
				for _, how := range []string{"missing", "empty", "long", "type", "hostile"} {
					// The document: what is optional may be missing, and an empty cursor or filter is none.
					filter := slices.Contains([]string{"list_users email", "list_organizations name", "list_spaces name"}, op.OperationID+" "+name)
					optional := how == "missing" && !required || how == "empty" && (filter || slices.Contains([]string{"cursor", "description"}, name))
					if !optional && !have[name+" "+how] {
						t.Errorf("%s: no line has %s %s", op.OperationID, name, how)
					}
				}
			}
		}
	}
}

// parametersOf are the names of what an operation takes, and whether it must be there.
func parametersOf(item *openapi3.PathItem, op *openapi3.Operation) map[string]bool {
	all := map[string]bool{}
	for _, p := range append(slices.Clone(item.Parameters), op.Parameters...) {
		all[p.Value.Name] = p.Value.Required
	}
	if op.RequestBody != nil {
		all["body"] = op.RequestBody.Value.Required
		membersOf(all, "", op.RequestBody.Value.Content.Get("application/json").Schema.Value)
	}
	return all
}

func membersOf(all map[string]bool, prefix string, schema *openapi3.Schema) {
	for name, member := range schema.Properties {
		all[prefix+name] = all[prefix+name] || slices.Contains(schema.Required, name)
		membersOf(all, prefix+name+".", member.Value)
	}
	for _, one := range schema.OneOf {
		membersOf(all, prefix, one.Value)
	}
}
