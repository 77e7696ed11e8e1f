package manual

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"ax/internal/cli"
)

const made = "<!-- Made of the commands themselves by `make generate`; edit those. -->\n\n"

// Reference is the reference in Markdown: by file name, a page for each first
// word after ax, and README.md with the options of all.
func Reference(root *cobra.Command) map[string]string {
	pages := map[string]string{}
	var index strings.Builder
	index.WriteString("# Reference\n\n" + made + "[cli.md](../cli.md) explains how things work together; these pages have every command and option.\n\n| command | |\n| --- | --- |\n")
	for _, c := range documented(root)[1:] {
		file := strings.Fields(c.CommandPath())[1] + ".md"
		fmt.Fprintf(&index, "| [`%s`](%s#%s) | %s |\n", c.CommandPath(), file, strings.ReplaceAll(c.CommandPath(), " ", "-"), escaped(c.Short))
		heading := "## "
		if pages[file] == "" {
			pages[file], heading = made, "# "
		}
		pages[file] += heading + c.CommandPath() + "\n\n" + page(c)
	}
	index.WriteString("\n## Options of every command\n\n" + table(root))
	pages["README.md"] = index.String()
	for name, text := range pages {
		text = strings.TrimRight(text, "\n") + "\n"
		if before, after, ok := strings.Cut(text, made+"# "); ok && before == "" { // the title comes first
			title, rest, _ := strings.Cut(after, "\n")
			text = "# " + title + "\n\n" + strings.TrimRight(made, "\n") + "\n" + rest
		}
		pages[name] = text
	}
	return pages
}

func page(c *cobra.Command) string {
	text := escaped(sentence(c)) + "\n\n"
	if c.Example != "" {
		text += fenced(dedented(c))
	}
	text += "Usage:\n\n" + fenced(cli.Usage(c))
	return text + table(c)
}

func table(c *cobra.Command) string {
	all := flagsOf(c)
	if len(all) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("| option | |\n| --- | --- |\n")
	for _, f := range all {
		names := "`" + strings.ReplaceAll(f.names, ", ", "`, `") + "`"
		if f.value != "" {
			names += " " + f.value
		}
		fmt.Fprintf(&b, "| %s | %s |\n", names, escaped(f.about))
	}
	return b.String() + "\n"
}

func fenced(text string) string { return "```\n" + text + "\n```\n\n" }

// escaped is plain text in Markdown.
func escaped(text string) string {
	return strings.NewReplacer("<", "&lt;", "|", `\|`, "*", `\*`).Replace(text)
}
