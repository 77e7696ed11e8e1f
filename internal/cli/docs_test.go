package cli_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"ax/internal/cli"
	"ax/internal/cli/clitest"

	"github.com/spf13/cobra"
)

// every is every command and group of the tree that people see.
func every() (all []*cobra.Command) {
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		all = append(all, c)
		for _, sub := range c.Commands() {
			if !sub.Hidden {
				walk(sub)
			}
		}
	}
	walk(cli.Tree())
	return all
}

func helpOf(t *testing.T, c *cobra.Command) string {
	t.Helper()
	return clitest.New(t).Run(append(strings.Fields(c.CommandPath())[1:], "--help")...).Out
}

// Help begins with what a command does and how it is used, explains every
// option, and has room on every terminal. A new command is held to it too.
func TestHelpTeaches(t *testing.T) {
	t.Parallel()
	for _, c := range every() {
		path, text := c.CommandPath(), helpOf(t, c)
		if c.Short == "" || strings.HasSuffix(c.Short, ".") {
			t.Errorf("%s: its Short is %q, not a sentence without its full stop", path, c.Short)
		}
		if !c.HasSubCommands() && c.Example == "" {
			t.Errorf("%s has no example", path)
		}
		for _, f := range cli.Flags(c) {
			if f.Usage == "" {
				t.Errorf("%s: --%s is not explained", path, f.Name)
			}
		}
		if examples := strings.Index(text, "\nExamples:\n"); c.Example != "" && (examples < 0 || examples > strings.Index(text, "\nUsage:\n")) {
			t.Errorf("%s: examples do not come first:\n%s", path, text)
		}
		narrow(t, path, text)
	}
	for _, topic := range cli.Topics() {
		got := clitest.New(t).Run("help", topic.Name)
		if got.Code != 0 || got.Err != "" || len(got.Out) < 100 {
			t.Errorf("ax help %s:\n%s", topic.Name, got)
		}
		narrow(t, topic.Name, got.Out)
		contains(t, clitest.New(t).Run("--help").Out, "  "+topic.Name+" ")
	}
}

func narrow(t *testing.T, name, text string) {
	t.Helper()
	for line := range strings.SplitSeq(text, "\n") {
		if n := utf8.RuneCountInString(line); n > 80 || line != strings.TrimRight(line, " ") {
			t.Errorf("%s: a line of %d columns: %q", name, n, line)
		}
	}
}

// docs/cli.md has every option of ax users and of ax itself that --help has,
// and no other, and a place for the examples of each command.
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
			sections[one] = body
		}
	}
	for _, c := range every() {
		body, written := sections[c.CommandPath()]
		switch {
		case c.HasParent() && c.Parent().Name() == "users" && !written:
			t.Errorf("%s has no section", c.CommandPath())
		case !c.HasParent():
			documented(t, c, sections["Options of every command"])
		case written && !c.HasSubCommands():
			documented(t, c, body)
			marker := regexp.MustCompile(`<!-- examples: ([a-z-]+ [a-z-]+, )*` + strings.TrimPrefix(c.CommandPath(), "ax ") + `[, ]`)
			if !marker.MatchString(body) {
				t.Errorf("%s: its section has no place for examples", c.CommandPath())
			}
		}
	}
}

func documented(t *testing.T, c *cobra.Command, body string) {
	t.Helper()
	has := map[string]bool{"--help": true, "-h": true}
	for _, f := range cli.Flags(c) {
		for _, o := range []string{"--" + f.Name, "-" + f.Shorthand} {
			if has[o] = o != "-"; has[o] && !strings.Contains(body, "`"+o+"`") {
				t.Errorf("%s: %s is not documented", c.CommandPath(), o)
			}
		}
	}
	option := regexp.MustCompile(`--[a-z][a-z-]+|-[a-z]\b`)
	for line := range strings.SplitSeq(body, "\n") {
		if first, _, table := strings.Cut(strings.TrimPrefix(line, "| "), " |"); strings.HasPrefix(line, "| `-") && table {
			for _, o := range option.FindAllString(first, -1) {
				if !has[o] {
					t.Errorf("%s has no %s", c.CommandPath(), o)
				}
			}
		}
	}
}

// Every variable that the program reads is in `ax help environment`.
func TestEnvironmentIsDocumented(t *testing.T) {
	t.Parallel()
	var topic string
	for _, t := range cli.Topics() {
		if t.Name == "environment" {
			topic = t.Text()
		}
	}
	variable := regexp.MustCompile(`"((?:AX|ARIZE)_[A-Z_]+)(?:"|_FILE")`)
	seen := 0
	for _, file := range sources(t, "..") {
		for _, m := range variable.FindAllStringSubmatch(file, -1) {
			seen++
			if !regexp.MustCompile(`\b` + m[1] + `\b`).MatchString(topic) {
				t.Errorf("%s is not there", m[1])
			}
		}
	}
	if seen < 30 {
		t.Errorf("only %d variables are read", seen)
	}
}
