package manual

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"ax/internal/cli"
)

// Man is the man pages by file name: section 1 for commands, 7 for topics.
// They carry no date, so that the same source makes the same pages.
func Man(root *cobra.Command) map[string]string {
	pages := map[string]string{}
	for _, c := range documented(root) {
		pages[manName(c)+".1"] = manPage(c)
	}
	for _, t := range cli.Topics() {
		pages["ax-"+t.Name+".7"] = head("ax-"+t.Name, "7") + name("ax-"+t.Name, t.Short) +
			".SH DESCRIPTION\n" + verbatim(t.Text()) + ".SH SEE ALSO\n.BR ax (1)\n"
	}
	return pages
}

func manName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

func manPage(c *cobra.Command) string {
	var b strings.Builder
	b.WriteString(head(manName(c), "1") + name(manName(c), c.Short))
	b.WriteString(".SH SYNOPSIS\n" + verbatim(cli.Usage(c)))
	if c.Example != "" {
		b.WriteString(".SH EXAMPLES\n" + verbatim(dedented(c)))
	}
	b.WriteString(".SH DESCRIPTION\n" + paragraphs(sentence(c)))
	if all := flagsOf(c); len(all) > 0 {
		b.WriteString(".SH OPTIONS\n")
		for _, f := range all {
			fmt.Fprintf(&b, ".TP\n.B %s\n%s\n", roff(strings.TrimRight(f.names+" "+f.value, " ")), roff(f.about))
		}
	}
	if c.HasParent() {
		b.WriteString(".PP\nThe options of every command are in\n.BR ax (1).\n")
	}
	b.WriteString(".SH EXIT STATUS\nSee\n.BR ax\\-exit\\-codes (7).\n.SH SEE ALSO\n" + seeAlso(c))
	return b.String()
}

// seeAlso names the pages around a command's.
func seeAlso(c *cobra.Command) string {
	var names []string
	if c.HasParent() {
		names = append(names, manName(c.Parent())+" (1)")
	}
	for _, sub := range documented(c)[1:] {
		if sub.Parent() == c {
			names = append(names, manName(sub)+" (1)")
		}
	}
	for _, t := range cli.Topics() {
		names = append(names, "ax-"+t.Name+" (7)")
	}
	var b strings.Builder
	for i, n := range names {
		comma := ","
		if i == len(names)-1 {
			comma = ""
		}
		b.WriteString(".BR " + roff(n) + comma + "\n")
	}
	return b.String()
}

func head(title, section string) string {
	return `.\" Made of the commands themselves.` + "\n" + fmt.Sprintf(".TH %s %s \"\" \"ax\" \"ax\"\n", roff(strings.ToUpper(title)), section)
}

func name(name, about string) string { return ".SH NAME\n" + roff(name) + ` \- ` + roff(about) + "\n" }

// verbatim keeps lines as they are.
func verbatim(text string) string {
	return ".nf\n" + roff(strings.TrimRight(text, "\n")) + "\n.fi\n"
}

func paragraphs(text string) string { return strings.ReplaceAll(roff(text), "\n\n", "\n.PP\n") + "\n" }

// roff escapes what would be a request or a special character.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}
