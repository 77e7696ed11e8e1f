//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

// A Case is a command line and the world it runs in. Both programs run it, each
// in a home of its own, made anew, on the same directory.
//
// In Line and Files, {ann} stands for the id of the user ann, as each name in
// things does, {users-cursor} for a cursor of that list and {home} for the home
// folder.
type Case struct {
	Group string
	Line  string            // after "ax"; words as a shell would split them, quotes included
	Note  string            // what is special about the world, for the page
	Home  []string          // profiles in the home, the active one first; none: "server"
	Files map[string]string // in the folder that the command runs in
	In    string            // standard input, else nothing
	Env   []string          // further variables
	Stub  *Answer           // what answers in place of the directory
	// Changes is set when the command may change the directory: it gets a copy.
	Changes bool
}

// Title is the command line with what is special about its world.
func (c Case) Title() string {
	title := strings.TrimSpace("ax " + c.Line)
	if c.In != "" {
		title = fmt.Sprintf("printf %q | %s", c.In, title)
	}
	if len(c.Env) > 0 {
		title = strings.Join(c.Env, " ") + " " + title
	}
	if c.Note != "" {
		title += "  # " + c.Note
	}
	return title
}

// Words splits the line as a shell does: at spaces, except between quotes.
func (c Case) Words() []string {
	var words []string
	var word strings.Builder
	var quote rune
	begun := false
	for _, r := range c.Line {
		switch {
		case r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote, begun = r, true
		case r == ' ' && quote == 0:
			if begun {
				words = append(words, word.String())
			}
			word.Reset()
			begun = false
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	if begun {
		words = append(words, word.String())
	}
	return words
}

// An Answer is what a stub says to every request. Status 0 closes the
// connection without a word, and -1 means that nobody listens.
type Answer struct {
	Status int
	Type   string
	Body   string
}

// problem is an answer as our server and the hosted one give it.
func problem(status int, title, detail string) *Answer {
	body, err := json.Marshal(map[string]any{"status": status, "title": title, "detail": detail, "type": "https://arize.com/docs/errors"})
	if err != nil {
		panic(err) // strings and a number
	}
	return &Answer{Status: status, Type: "application/problem+json", Body: string(body)}
}

// A Group is the cases of one noun.
type Group struct {
	Name  string
	Cases []Case
}

// groups are all the groups that are compared. A new one is a line here and a
// file with its cases.
func groups() []Group {
	return []Group{
		{"ax", topCases()}, {"users", usersCases()}, {"organizations", organizationsCases()}, {"spaces", spacesCases()}, {"api-keys", apiKeysCases()},
		{"roles", rolesCases()}, {"role-bindings", roleBindingsCases()}, {"resource-restrictions", resourceRestrictionsCases()}, {"profiles", profilesCases()},
	}
}

// faults are the answers that every command of the API has to cope with.
func faults() map[string]*Answer {
	return map[string]*Answer{
		"400":                problem(400, "Bad Request", "The limit is wrong"),
		"401":                problem(401, "Unauthorized", "The API key is not valid"),
		"403":                problem(403, "Forbidden", "You may not do this"),
		"404":                problem(404, "Not Found", "User not found"),
		"409":                problem(409, "Conflict", "There is one already"),
		"422":                problem(422, "Unprocessable Entity", "The name is too long"),
		"429":                problem(429, "Too Many Requests", "Slow down"),
		"500":                problem(500, "Internal Server Error", "Something broke"),
		"503":                problem(503, "Service Unavailable", "Not now"),
		"connection refused": {Status: -1},
		"connection dropped": {Status: 0},
	}
}
