// Package people invents the users that all servers are filled with: the same
// ones for the same number, on every machine.
package people

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A Person is one user.
type Person struct {
	Email  string `json:"email"`
	Name   string `json:"name"`
	Role   string `json:"role"`
	Status string `json:"status"`
}

// The statuses.
const (
	Active  = "ACTIVE"
	Invited = "INVITED"
	Expired = "EXPIRED"
)

// Statuses are all of them.
func Statuses() []string { return []string{Active, Invited, Expired} }

// A Term is a text to search addresses for.
type Term struct{ Name, Text string }

// Terms are the kinds of texts that a search can do badly at.
func Terms() []Term {
	return []Term{
		{"rare", "needle-zqx"},          // six users, two of each status
		{"common", "example.com"},       // three of five
		{"absent", "qqqqqq"},            // a trigram that nobody has
		{"adversarial", "example.corp"}, // nobody, but each of its trigrams is common and one user in thirty has them all
		{"one character, common", "a"},
		{"one character, rare", "+"},
		{"two characters, common", "ex"},
		{"two characters, rare", "zq"},
	}
}

const needles = 6

const (
	firstNames = "ada alan anna ben carla chris dana david ella eva finn frank gina hans ida ivan jack jane karl kim lars lea liam " +
		"maria max mia nina noah olga oscar paul petra rita rosa sam sara tom una vera yara"
	lastNames = "adams baker berg bauer brown castro chen clark costa diaz evans fischer garcia gomez gray haas hall hill hughes " +
		"jansen jones keller king klein lang lee lopez martin meyer miller moreau moore nguyen novak olsen park patel perez ricci " +
		"rossi santos schmidt silva smith suzuki tanaka taylor thomas vogel wagner walker weber white wilson wood wright young"
)

// A Crowd is a number of people.
type Crowd struct {
	size        int
	first, last []string
}

// New returns a crowd of n.
func New(n int) Crowd {
	return Crowd{size: n, first: strings.Fields(firstNames), last: strings.Fields(lastNames)}
}

// Size is how many people are in it.
func (c Crowd) Size() int { return c.size }

// At is the person at a place, from 0.
func (c Crowd) At(i int) Person {
	r := rand.New(rand.NewPCG(uint64(i), 7)) //nolint:gosec // invented people
	first, last := c.first[r.IntN(len(c.first))], c.last[r.IntN(len(c.last))]
	p := Person{
		Email: fmt.Sprintf("%s.%s%d@%s", first, last, i, domain(r)),
		Name:  title(first) + " " + title(last), Role: "MEMBER", Status: Active,
	}
	switch n := r.IntN(100); {
	case n < 5:
		p.Status = Expired
	case n < 15:
		p.Status = Invited
	}
	switch r.IntN(20) {
	case 0:
		p.Role = "ADMIN"
	case 1, 2:
		p.Role = "ANNOTATOR"
	}
	if k, ok := c.needle(i); ok {
		p.Email = fmt.Sprintf("%s+%d@mail%d.example.com", Terms()[0].Text, k, k)
		p.Status = Statuses()[k%len(Statuses())]
	}
	return p
}

// needle says which of the needles is at a place: they lie evenly apart.
func (c Crowd) needle(i int) (k int, ok bool) {
	apart := c.size / (needles + 1)
	if apart == 0 || i == 0 || i%apart != 0 {
		return 0, false
	}
	k = i / apart
	return k, k <= needles
}

// domain gives three of five people one under example.com, among them one in
// thirty under corp.example.com.
func domain(r *rand.Rand) string {
	switch n, mail := r.IntN(1000), r.IntN(100); {
	case n < 35:
		return "corp.example.com"
	case n < 600:
		return fmt.Sprintf("mail%d.example.com", mail)
	case n < 800:
		return "example.org"
	default:
		return fmt.Sprintf("mail%d.example.net", mail)
	}
}

func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
