package manual

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// sections says which parts of docs/cli.md a topic is made of.
func sections(topic string) []string {
	switch topic {
	case "environment":
		return []string{"Environment"}
	case "exit-codes":
		return []string{"Exit codes"}
	case "output":
		return []string{"Output", "Streams"}
	}
	return nil
}

// Topic is the text of a topic of `ax help`, made of the guide docs/cli.md,
// and for the environment of the variables that options name.
func Topic(topic, guide string, root *cobra.Command) (string, error) {
	var parts []string
	for _, title := range sections(topic) {
		_, body, ok := strings.Cut(guide, "\n## "+title+"\n")
		if !ok {
			return "", fmt.Errorf("docs/cli.md has no section %q", title)
		}
		body, _, _ = strings.Cut(body, "\n## ")
		parts = append(parts, title+"\n\n"+plain(body))
	}
	if topic == "environment" {
		parts = append(parts, "Variables that stand for an option\n\n"+variables(root))
	}
	return strings.Join(parts, "\n"), nil
}

// variables lists the AX_… variables that texts of options name.
func variables(root *cobra.Command) string {
	pattern := regexp.MustCompile(`AX_[A-Z_]+`)
	where := map[string][]string{}
	for _, c := range documented(root) {
		for _, f := range flagsOf(c) {
			for _, v := range pattern.FindAllString(f.about, -1) {
				names := strings.Split(f.names, ", ")
				if option := names[len(names)-1]; !slices.Contains(where[v], option) {
					where[v] = append(where[v], option)
				}
			}
		}
	}
	var rows [][]string
	for v, options := range where {
		rows = append(rows, []string{v, strings.Join(options, ", ")})
	}
	slices.SortFunc(rows, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	return columns(rows)
}

// Guide is docs/cli.md with the examples of the commands between its markers:
// <!-- examples: users list --> … <!-- /examples -->, names separated by commas.
func Guide(guide string, root *cobra.Command) (string, error) {
	marked := regexp.MustCompile(`(?s)(<!-- examples: ([a-z, -]+?) -->\n).*?(<!-- /examples -->)`)
	var failed error
	guide = marked.ReplaceAllStringFunc(guide, func(found string) string {
		part := marked.FindStringSubmatch(found)
		var all []string
		for name := range strings.SplitSeq(part[2], ", ") {
			c, rest, err := root.Find(strings.Fields(name))
			if err != nil || len(rest) > 0 || c.Example == "" {
				failed = fmt.Errorf("docs/cli.md: %q is no command with examples", name)
				continue
			}
			all = append(all, dedented(c))
		}
		return part[1] + "```\n" + strings.Join(all, "\n") + "\n```\n" + part[3]
	})
	return guide, failed
}
