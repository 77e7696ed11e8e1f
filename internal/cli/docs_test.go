package cli_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"ax/internal/cli/clitest"
)

// docs/cli.md has every command and option that --help has, and no other.
func TestDocumentation(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/cli.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]string{}
	for _, section := range strings.Split(string(text), "\n## ")[1:] {
		title, body, _ := strings.Cut(section, "\n")
		for one := range strings.SplitSeq(title, ", ") {
			sections[strings.TrimPrefix(one, "ax ")] = body
		}
	}
	option := regexp.MustCompile(`--[a-z][a-z-]+|-[a-z]\b`)
	help := func(command string) map[string]bool {
		found := map[string]bool{}
		out := clitest.New(t).Run(append(strings.Fields(command), "--help")...).Out
		local, _, _ := strings.Cut(out, "Global Flags:")
		for line := range strings.SplitSeq(local, "\n") {
			if f := strings.Fields(line); len(f) > 0 && strings.HasPrefix(f[0], "-") {
				for _, o := range option.FindAllString(strings.Join(f[:min(2, len(f))], " "), -1) {
					found[o] = true
				}
			}
		}
		delete(found, "--help")
		delete(found, "-h")
		return found
	}
	for _, command := range commands {
		if !strings.HasPrefix(command, "users ") && !strings.HasPrefix(command, "profiles ") {
			continue
		}
		body, ok := sections[command]
		if !ok {
			t.Errorf("ax %s has no section", command)
			continue
		}
		has := help(command)
		for o := range has {
			if !strings.Contains(body, "`"+o+"`") {
				t.Errorf("ax %s: %s is not documented", command, o)
			}
		}
		for line := range strings.SplitSeq(body, "\n") {
			if first, _, table := strings.Cut(strings.TrimPrefix(line, "| "), " |"); strings.HasPrefix(line, "| `-") && table {
				for _, o := range option.FindAllString(first, -1) {
					if !has[o] {
						t.Errorf("ax %s has no %s", command, o)
					}
				}
			}
		}
	}
	for o := range help("") {
		if o != "--version" && !strings.Contains(sections["Options of every command"], "`"+o+"`") {
			t.Errorf("%s is not documented", o)
		}
	}
}

// The examples of the documentation and of --help are command lines that work
// as far as the request that they send.
func TestExamples(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/cli.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.ReplaceAll(string(text), "\\\n", " "), "\n")
	for _, command := range commands {
		if strings.HasPrefix(command, "users ") {
			_, examples, _ := strings.Cut(clitest.New(t).Run(append(strings.Fields(command), "--help")...).Out, "Examples:\n")
			examples, _, _ = strings.Cut(examples, "\n\n")
			lines = append(lines, strings.Split(strings.ReplaceAll(examples, "\\\n", " "), "\n")...)
		}
	}
	refusing := httptest.NewServer(clitest.Empty(http.StatusTeapot))
	defer refusing.Close()
	n := 0
	for _, line := range lines {
		words, ok := strings.CutPrefix(strings.TrimSpace(line), "ax users ")
		if !ok || strings.ContainsAny(words, "[|…") || strings.Contains(words, "USER") {
			continue
		}
		n++
		w := clitest.New(t)
		w.Env["ARIZE_API_KEY"], w.Env["ARIZE_API_HOST"], w.Env["ARIZE_API_SCHEME"] = clitest.Key, strings.TrimPrefix(refusing.URL, "http://"), "http"
		w.Columns, w.In = 80, "y\n"
		args := append([]string{"users"}, split(words)...)
		for i, a := range args {
			if i > 0 && args[i-1] == "--from" { // one list that suits every example
				w.Write(t, a, "id,email,full_name,Work Email,First,Last,Job Title\nid-1,jane@example.com,Jane Doe,jane@example.com,Jane,Doe,Clerk\n")
			}
		}
		for i, a := range args {
			if strings.HasSuffix(a, ".csv") || strings.HasSuffix(a, ".json") {
				args[i] = w.Path(a)
			}
		}
		if got := w.Run(args...); got.Code != 4 {
			t.Errorf("%s:\n%s", line, got)
		}
	}
	if n < 20 {
		t.Errorf("only %d examples were found", n)
	}
}

// The examples of profiles work to the end, on a machine that has those that they name.
func TestProfileExamples(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/cli.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	for _, command := range commands {
		if strings.HasPrefix(command, "profiles ") {
			_, examples, _ := strings.Cut(clitest.New(t).Run(append(strings.Fields(command), "--help")...).Out, "Examples:\n")
			examples, _, _ = strings.Cut(examples, "\n\n")
			lines = append(lines, strings.Split(examples, "\n")...)
		}
	}
	n := 0
	for _, line := range lines {
		words, ok := strings.CutPrefix(strings.TrimSpace(line), "ax profiles ")
		words, _, _ = strings.Cut(words, " < key.txt")
		if !ok || strings.ContainsAny(words, "[|…") || strings.Contains(words, "PROFILE") || words == "create" {
			continue // "create" alone is a dialog, which has tests of its own
		}
		n++
		w := clitest.New(t)
		for _, name := range []string{"production", "staging"} {
			w.Write(t, ".arize/profiles/"+name+".toml", "[profile]\nname = \""+name+"\"\n[auth]\napi_key = \"ak-1\"\n[routing]\nsingle_host = \"h\"\n")
		}
		w.Write(t, ".arize/.active_profile", "production")
		w.Write(t, "profile.toml", "[auth]\napi_key = \"ak-1\"\n")
		w.In = "ak-2\n"
		if strings.HasPrefix(words, "create ") {
			words = strings.Replace(words, "production", "production2", 1)
		}
		words = strings.ReplaceAll(words, "profile.toml", w.Path("profile.toml"))
		if got := w.Run(append([]string{"profiles"}, split(words)...)...); got.Code != 0 {
			t.Errorf("%s:\n%s", line, got)
		}
	}
	if n < 20 {
		t.Errorf("only %d examples were found", n)
	}
}

// split parts a command line at its spaces, as a shell does.
func split(line string) (words []string) {
	for _, word := range regexp.MustCompile(`("[^"]*"|'[^']*'|[^\s"'])+`).FindAllString(line, -1) {
		words = append(words, strings.NewReplacer(`"`, "", "'", "").Replace(word))
	}
	return words
}
