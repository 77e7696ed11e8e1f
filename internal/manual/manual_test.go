package manual_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"ax/internal/cli"
	"ax/internal/manual"
)

// What is made of the commands is what is in the project.
func TestProjectIsUpToDate(t *testing.T) {
	t.Parallel()
	files, err := manual.Project(os.DirFS("../.."), cli.Tree())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile("../../" + name)
		if err != nil {
			t.Errorf("%v; run make generate", err)
		} else if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("%s is not up to date; run make generate (-made +there):\n%s", name, diff)
		}
	}
	there, err := os.ReadDir("../../docs/reference")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range there {
		if _, ok := files["docs/reference/"+f.Name()]; !ok {
			t.Errorf("docs/reference/%s is of no command", f.Name())
		}
	}
}

// tree is a small tree with what is hard to write.
func tree() *cobra.Command {
	root := &cobra.Command{Use: "ax", Short: "Do things"}
	root.PersistentFlags().BoolP("verbose", "v", false, "say more")
	group := &cobra.Command{Use: "things", Short: "Things"}
	list := &cobra.Command{
		Use: "list <one|all>", Short: "List things", Long: "List things.\n\n.They may be a\\b.", Run: func(*cobra.Command, []string) {},
		Example: "  ax things list one\n  ax things list --kind 'x' \\\n    --n 1",
	}
	list.Flags().StringP("kind", "k", "", "only those of a `KIND`, a|b")
	list.Flags().Int("n", 7, "how many")
	list.Flags().String("secret", "", "not shown")
	_ = list.Flags().MarkHidden("secret")
	group.AddCommand(list)
	root.AddCommand(group, &cobra.Command{Use: "hidden", Hidden: true, Run: func(*cobra.Command, []string) {}})
	return root
}

func TestReference(t *testing.T) {
	t.Parallel()
	const made = "<!-- Made of the commands themselves by `make generate`; edit those. -->\n"
	want := map[string]string{
		"README.md": "# Reference\n\n" + made + `
[cli.md](../cli.md) explains how things work together; these pages have every command and option.

| command | |
| --- | --- |
| [` + "`ax things`](things.md#ax-things) | Things |\n| [`ax things list`](things.md#ax-things-list)" + ` | List things |

## Options of every command

| option | |
| --- | --- |
` + "| `-v`, `--verbose` | say more |\n",
		"things.md": "# ax things\n\n" + made + `
Things.

Usage:

` + "```\nax things [command]\n```\n\n## ax things list\n\nList things.\n\n.They may be a\\b.\n\n```\nax things list one\nax things list --kind 'x' \\\n  --n 1\n```\n\nUsage:\n\n```\nax things list <one|all> [flags]\n```" + `

| option | |
| --- | --- |
` + "| `-k`, `--kind` KIND | only those of a KIND, a\\|b |\n| `--n` int | how many (default 7) |\n",
	}
	if diff := cmp.Diff(want, manual.Reference(tree())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMan(t *testing.T) {
	t.Parallel()
	pages := manual.Man(tree())
	if pages["ax-hidden.1"] != "" || pages["ax-exit-codes.7"] == "" {
		t.Errorf("the pages are not those of the commands and topics")
	}
	const want = `.\" Made of the commands themselves.
.TH AX\-THINGS\-LIST 1 "" "ax" "ax"
.SH NAME
ax\-things\-list \- List things
.SH SYNOPSIS
.nf
ax things list <one|all> [flags]
.fi
.SH EXAMPLES
.nf
ax things list one
ax things list \-\-kind \(aqx\(aq \e
  \-\-n 1
.fi
.SH DESCRIPTION
List things.
.PP
\&.They may be a\eb.
.SH OPTIONS
.TP
.B \-k, \-\-kind KIND
only those of a KIND, a|b
.TP
.B \-\-n int
how many (default 7)
.PP
The options of every command are in
.BR ax (1).
.SH EXIT STATUS
See
.BR ax\-exit\-codes (7).
.SH SEE ALSO
.BR ax\-things (1),
.BR ax\-environment (7),
.BR ax\-exit\-codes (7),
.BR ax\-output (7)
`
	if diff := cmp.Diff(want, pages["ax-things-list.1"]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for name, page := range manual.Man(cli.Tree()) {
		if bad := regexp.MustCompile(`(?m)^\.(?:[^\\A-Znf]|nf.|fi.).*|^'.*`).FindString(page); bad != "" {
			t.Errorf("%s has a line that is no request: %q", name, bad)
		}
	}
}

func TestTopic(t *testing.T) {
	t.Parallel()
	guide := "# x\n\n## Exit codes\n\nA `code` is **one** of [these](#x), and this paragraph is long enough for a\nsecond line.\n\n" +
		"| code | |\n|---|---|\n| 0 | done |\n| 130 | a text that is so long that it does not stand on one line of eighty columns |\n| a first cell that is too long | below |\n\n" +
		"- one\n  more\n- two\n\n```\nax x\n\ny\n```\n\n## Next\n"
	const want = `Exit codes

A code is one of these, and this paragraph is long enough for a second line.

  0    done
  130  a text that is so long that it does not stand on one line of eighty
       columns
  a first cell that is too long
       below

- one more
- two

  ax x
  
  y
`
	got, err := manual.Topic("exit-codes", guide, tree())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.ReplaceAll(want, "  \n", "\n"), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := manual.Topic("output", guide, tree()); err == nil {
		t.Error("a section that is not there is no error")
	}
}

func TestGuide(t *testing.T) {
	t.Parallel()
	got, err := manual.Guide("a\n<!-- examples: things list -->\nold\n<!-- /examples -->\nb\n", tree())
	const want = "a\n<!-- examples: things list -->\n```\nax things list one\nax things list --kind 'x' \\\n  --n 1\n```\n<!-- /examples -->\nb\n"
	if err != nil || got != want {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := manual.Guide("<!-- examples: things gone -->\n<!-- /examples -->", tree()); err == nil {
		t.Error("examples of a command that is not there are no error")
	}
}
