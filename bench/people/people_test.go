package people_test

import (
	"strings"
	"testing"

	"ax/bench/people"
)

func TestCrowd(t *testing.T) {
	t.Parallel()
	const n = 10_000
	crowd := people.New(n)
	emails, matches, statuses := map[string]bool{}, map[string]int{}, map[string]int{}
	for i := range n {
		p := crowd.At(i)
		if again := people.New(n).At(i); again != p {
			t.Fatalf("person %d is %v, then %v", i, p, again)
		}
		emails[strings.ToLower(p.Email)] = true
		statuses[p.Status]++
		for _, term := range people.Terms() {
			if strings.Contains(p.Email, term.Text) {
				matches[term.Name]++
				matches[term.Name+" "+p.Status]++
			}
		}
	}
	if len(emails) != n {
		t.Errorf("%d people have %d addresses", n, len(emails))
	}
	for _, c := range []struct {
		what      string
		got       int
		low, high int
	}{
		{"active", statuses[people.Active], 8300, 8700},
		{"invited", statuses[people.Invited], 850, 1150},
		{"expired", statuses[people.Expired], 400, 600},
		{"rare", matches["rare"], 6, 6},
		{"rare and active", matches["rare ACTIVE"], 2, 2},
		{"rare and invited", matches["rare INVITED"], 2, 2},
		{"rare and expired", matches["rare EXPIRED"], 2, 2},
		{"common", matches["common"], 5800, 6200},
		{"absent", matches["absent"], 0, 0},
		{"adversarial", matches["adversarial"], 0, 0},
		{"one character, common", matches["one character, common"], 5000, n},
		{"one character, rare", matches["one character, rare"], 6, 6},
		{"two characters, common", matches["two characters, common"], n, n},
		{"two characters, rare", matches["two characters, rare"], 6, 6},
	} {
		if c.got < c.low || c.got > c.high {
			t.Errorf("%s: %d, want %d to %d", c.what, c.got, c.low, c.high)
		}
	}
}

// The adversarial text is one only while many people have all its trigrams.
func TestAdversary(t *testing.T) {
	t.Parallel()
	text := people.Terms()[3].Text
	crowd, all := people.New(10_000), 0
	for i := range crowd.Size() {
		email, has := crowd.At(i).Email, true
		for at := range len(text) - 2 {
			has = has && strings.Contains(email, text[at:at+3])
		}
		if has {
			all++
		}
	}
	if all < 250 || all > 450 {
		t.Errorf("%d of 10000 have every trigram of %q", all, text)
	}
}

func TestSmallCrowds(t *testing.T) {
	t.Parallel()
	for n := range 20 {
		seen := map[string]bool{}
		for i := range n {
			seen[people.New(n).At(i).Email] = true
		}
		if len(seen) != n {
			t.Errorf("a crowd of %d has %d addresses", n, len(seen))
		}
	}
}
