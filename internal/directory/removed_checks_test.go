//go:build long

package directory_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every check of rights is needed: each is taken out in turn, by text, and the tests that hold them have to fail. A part of
// the API's matrix comes first, then this package's own tests, then the whole matrix. One alone: go test -tags=long -run 'TestRemovedChecks/users.go'.
func TestRemovedChecks(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(text), "\n")
		for i, line := range lines {
			for k, without := range withoutCheck(line) {
				n++
				mutant := strings.Join(lines[:i], "\n") + "\n" + without + "\n" + strings.Join(lines[i+1:], "\n")
				t.Run(fmt.Sprintf("%s:%d.%d", file, i+1, k), func(t *testing.T) {
					if reason := notNeeded(file, line); reason != "" {
						t.Skip(reason)
					}
					wantFailure(t, file, mutant, strings.TrimSpace(line))
				})
			}
		}
	}
	if n < 60 {
		t.Errorf("found only %d checks", n)
	}
}

// notNeeded says why a check changes no answer.
func notNeeded(file, line string) string {
	return map[string]string{}[file+" "+strings.TrimSpace(line)]
}

const checks = `(?:a\.may|a\.mayWith|a\.mayOn|a\.mayTouch|a\.mayAssign|a\.mayReplace|a\.developing|d\.mayOnUser|d\.mayOnRole|` +
	`mayHandOn|mayOnBinding|mayRestrict|mayActAs|mayActInSpaces|mayActElsewhere|mayOnServiceKey)\(`

// withoutCheck are the line with each of its checks let through.
func withoutCheck(line string) (all []string) {
	if strings.HasPrefix(strings.TrimSpace(line), "//") || strings.HasPrefix(line, "func ") {
		return nil
	}
	for _, change := range [][2]string{
		{`^(\s*if err := ` + checks + `.*; )(err != nil \{)$`, "${1}false && ${2}"},
		{`^(\s*)return (` + checks + `.*\))$`, "${1}_ = $2; return nil"},
		{`^(\s*)return b, (` + checks + `.*\))$`, "${1}_ = $2; return b, nil"},
		{`^(\s*)err = (` + checks + `.*\))$`, "${1}_ = $2"},
		{`^(\s*)return (g.*\.may\(\w+\)\.Allowed), (\w+)$`, "${1}_ = $2; return true, $3"},
		{`^(\s*)(\w+) = (\w+) && (.*\.Allowed)`, "${1}$2 = $3 || $4 || true"},
		{`^(.*)( && k\.CreatorSeq == a\.UserSeq)$`, "$1"},
		{`^(\s*case )(g\.Restricted:)$`, "${1}false && $2"},
		{`^(\s*case .*)r\.admin <= \w+ && (.*)$`, "$1$2"},
		{`^(\s*case .*)!g\.Private && (.*)$`, "$1$2"},
		{`^(\s*case )inside && (.*)$`, "$1$2"},
	} {
		if r := regexp.MustCompile(change[0]); r.MatchString(line) {
			all = append(all, r.ReplaceAllString(line, change[1]))
		}
	}
	for _, at := range regexp.MustCompile(`![\w.()]*\b(?:Within|may|covers|coversInAccount)\(`).FindAllStringIndex(line, -1) {
		end := closing(line, at[1])
		all = append(all, line[:at[0]]+"false && "+line[at[0]:end]+line[end:])
	}
	return all
}

// closing is behind the bracket that closes the one before at.
func closing(line string, at int) int {
	for depth := 1; at < len(line) && depth > 0; at++ {
		switch line[at] {
		case '(':
			depth++
		case ')':
			depth--
		}
	}
	return at
}

// wantFailure runs the tests with another text of a file.
func wantFailure(t *testing.T, file, text, line string) {
	t.Helper()
	at, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	mutant, overlay := filepath.Join(t.TempDir(), "mutant.go"), filepath.Join(t.TempDir(), "overlay.json")
	plan, err := json.Marshal(map[string]any{"Replace": map[string]string{at: mutant}})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{mutant: []byte(text), overlay: plan} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out []byte
	for _, args := range [][]string{{"AX_TEST_LONG=", "../api", "-run=TestAccess"}, {"AX_TEST_LONG=", "."}, {"AX_TEST_LONG=1", "../api", "-run=TestAccess"}} {
		command := exec.CommandContext(t.Context(), "go", append([]string{"test", "-vet=off", "-count=1", "-ldflags=-s -w", "-overlay=" + overlay}, args[1:]...)...)
		command.Env = append(os.Environ(), args[0])
		if out, err = command.CombinedOutput(); strings.Contains(string(out), "[build failed]") {
			t.Fatalf("does not build without %s\n%s", line, out)
		}
		if err != nil {
			return
		}
	}
	t.Errorf("nothing fails without %s", line)
}
