package e2e_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/accessibility"
)

// snapshot is the page as a screen reader meets it: the status, the accessibility tree, and the stops of the Tab key.
func (p *tab) snapshot() string {
	p.t.Helper()
	tree := call(p, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	s := &speech{nodes: map[accessibility.NodeID]*accessibility.Node{}}
	for _, n := range tree.Nodes {
		s.nodes[n.NodeID] = n
	}
	fmt.Fprintf(&s.text, "status %d\n\n", p.status)
	s.say(tree.Nodes[0], 0)
	s.text.WriteString("\nTab leads to\n")
	stops := p.stops()
	for _, stop := range stops {
		s.text.WriteString("  " + stop + "\n")
	}
	if want := eval[int](p, controls); want != len(stops) {
		p.t.Errorf("of %d controls at %s the keyboard reaches %d: %q", want, p.path(), len(stops), stops)
	}
	return masked(s.text.String())
}

// A speech is the text of a tree.
type speech struct {
	nodes map[accessibility.NodeID]*accessibility.Node
	text  strings.Builder
}

func (s *speech) say(n *accessibility.Node, depth int) {
	if n == nil {
		return // in another frame
	}
	role, name := word(n.Role), word(n.Name)
	if role == "InlineTextBox" || role == "LineBreak" {
		return
	}
	if !n.Ignored && role != "none" && (role != "generic" || name != "") {
		fmt.Fprintf(&s.text, "%s%s", strings.Repeat("  ", depth), role)
		if name != "" {
			fmt.Fprintf(&s.text, " %q", name)
		}
		s.text.WriteString(details(n) + "\n")
		depth++
	}
	for _, id := range n.ChildIDs {
		child := s.nodes[id]
		if text := child != nil && word(child.Role) == "StaticText"; text && (same(child.Name, n.Name) || same(child.Name, n.Value)) {
			continue // a button's text is its name, a field's its value
		}
		s.say(child, depth)
	}
}

// details are what a screen reader adds to role and name.
func details(n *accessibility.Node) (text string) {
	if d := word(n.Description); d != "" {
		text += fmt.Sprintf(" described %q", d)
	}
	if v := word(n.Value); v != "" {
		text += fmt.Sprintf(" value %q", v)
	}
	spoken := []accessibility.PropertyName{"focused", "invalid", "readonly", "required", "expanded", "level", "live", "atomic"}
	var said []string
	for _, q := range n.Properties {
		if q.Name == "focused" && word(n.Role) == "RootWebArea" {
			continue // the window has it
		}
		if v := word(q.Value); slices.Contains(spoken, q.Name) && v != "false" && v != "" {
			said = append(said, strings.TrimSuffix(" "+string(q.Name)+" "+v, " true"))
		}
		if q.Name == "expanded" && word(q.Value) == "false" {
			said = append(said, " folded")
		}
	}
	slices.Sort(said)
	return text + strings.Join(said, "")
}

func same(a, b *accessibility.Value) bool {
	return strings.TrimSpace(word(a)) == strings.TrimSpace(word(b))
}

// word is a value of the tree as text.
func word(v *accessibility.Value) string {
	if v == nil {
		return ""
	}
	var s string
	if json.Unmarshal(v.Value, &s) == nil {
		return s
	}
	return string(v.Value)
}

// masked takes out what is another the next time.
func masked(s string) string {
	for pattern, word := range map[string]string{
		`(Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday), \d+ [A-Z][a-z]+ \d{4} at \d\d:\d\d UTC`: "DAY",
		`\b\d+ [A-Z][a-z]+ \d{4}, \d\d:\d\d UTC`: "TIME",
		`\bak-[A-Za-z0-9_-]{30,}`:                "KEY",
		`\bak-…[A-Za-z0-9_-]{4}`:                 "ak-…LAST",
		`\b198\.51\.100\.\d+`:                    "ADDRESS",
		`Wait (\d+ (seconds|minutes)|a second)`:  "Wait N",
	} {
		s = regexp.MustCompile(pattern).ReplaceAllString(s, word)
	}
	return s
}
