package store

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"ax/internal/directory"
)

// A page of users is read by indexes, whatever is asked for:
//
//   - no text: the table itself, whose order is the listing's;
//   - a status, and no text or few users in it: its index;
//   - a text that few domains have in them: everybody in those domains, and
//     whom the trigram index finds;
//   - a text that no domain has: the trigram index, which gives rows in the
//     listing's order, each checked against the whole text;
//   - most of an address, or all of it: the index by domain and by what
//     stands before it;
//   - a text that many have, or one of fewer than three characters: the table,
//     row by row. Common ones fill a page at once; a rare one costs a walk,
//     150 ms over a million users.

const (
	minGrams   = 3     // characters that the trigram index needs
	maxGrams   = 8     // trigrams that are looked up, from all over the text; the check of the whole text does the rest
	rareState  = 1_000 // users; below, reading all of a state is faster than its text's trigrams
	fewDomains = 16    // are looked into one by one
	fewUsers   = 2_000 // are sorted rather than walked to
	inTrigrams = 2     // characters behind the @ that the trigram index has
)

// byDomain is an address from its domain on, and what stands before the @
// backwards: "example.com@nna" for ann@example.com. Without an @ it is left
// as it is.
func byDomain(email string) string {
	local, domain, ok := strings.Cut(email, "@")
	if !ok {
		return email
	}
	return domain + "@" + backwards(local)
}

// usersInDomains has a row for each user in the domains that meet a condition.
// "A" is the character behind "@".
const usersInDomains = `domains CROSS JOIN users INDEXED BY users_email_by_domain
	ON users.email_by_domain >= domains.name || '@' AND users.email_by_domain < domains.name || 'A'`

func usersOnSQLite(s session, q directory.UserQuery) ([]directory.User, error) {
	byState, err := s.byState(q)
	if err != nil {
		return nil, err
	}
	a, whole := addressIn(q.EmailContains)
	switch {
	case byState:
		return s.usersWhere(q, `users INDEXED BY users_state`, `users.state`)
	case utf8.RuneCountInString(q.EmailContains) < minGrams:
		return s.usersByWalk(q)
	case !whole:
		return s.usersByDomain(q, `instr(name, $1) > 0`, q.EmailContains)
	case a.local == "":
		return s.usersByDomain(q, `name >= $1 AND name < $2`, a.domain, behind(a.domain))
	case a.narrow(1):
		if users, ok, err := s.usersByAddress(q, a); ok || err != nil {
			return users, err
		}
	}
	if there, err := s.get(nothing, `SELECT 1 FROM domains WHERE name >= $1 AND name < $2 LIMIT 1`, a.domain, behind(a.domain)); err != nil || !there {
		return nil, err
	}
	return s.usersByTrigrams(q)
}

// usersWhere reads a page from a table, or several. The state's column is
// spelt with a + where its index is not to be used.
func (s session) usersWhere(q directory.UserQuery, from, state string, more ...func(b *query) string) ([]directory.User, error) {
	var b query
	seq := `users.seq`
	where := []string{strings.ReplaceAll(b.statuses(q.Statuses, q.Now), `users.state`, state)}
	if strings.HasPrefix(from, `users_tri`) {
		seq = `users_tri.rowid`
	}
	if q.EmailContains != "" {
		where = append(where, `instr(users.email_key, `+b.arg(q.EmailContains)+`) > 0`)
	}
	for _, condition := range more {
		where = append(where, condition(&b))
	}
	where = append(where, seq+` > `+b.arg(q.After))
	return b.users(s, from, where, seq, q.Limit)
}

func (s session) usersByWalk(q directory.UserQuery) ([]directory.User, error) {
	return s.usersWhere(q, `users`, `+users.state`)
}

// usersByTrigrams asks for those who have all trigrams of the text, and looks
// at those who wait for their place in that index.
func (s session) usersByTrigrams(q directory.UserQuery) ([]directory.User, error) {
	term := q.EmailContains
	if a, ok := addressIn(term); ok {
		term = a.local + "@" + a.domain[:min(inTrigrams, len(a.domain))]
	}
	match := matching(term)
	if match == "" {
		return s.usersByWalk(q)
	}
	found, err := s.usersWhere(q, `users_tri CROSS JOIN users ON users.seq = users_tri.rowid`, `+users.state`,
		func(b *query) string { return `users_tri MATCH ` + b.arg(match) })
	if err != nil {
		return nil, err
	}
	waiting, err := s.usersWhere(q, `users_to_index CROSS JOIN users ON users.seq = users_to_index.seq`, `+users.state`)
	return first(append(found, waiting...), q.Limit), err
}

// matching is the FTS5 query for rows that have a text's trigrams, all of them
// or some from all over it; empty for a text that has none.
func matching(term string) string {
	runes := []rune(term)
	last := len(runes) - minGrams
	var grams []string
	for n := range min(last+1, maxGrams) {
		i := n
		if last >= maxGrams {
			i = n * last / (maxGrams - 1)
		}
		gram := `"` + strings.ReplaceAll(string(runes[i:i+minGrams]), `"`, `""`) + `"`
		if !slices.Contains(grams, gram) {
			grams = append(grams, gram)
		}
	}
	return strings.Join(grams, ` AND `)
}

// usersByDomain joins those in the domains that meet a condition with those
// who have the text before the @, as nobody has a text that begins with one.
func (s session) usersByDomain(q directory.UserQuery, condition string, args ...any) ([]directory.User, error) {
	names, err := all(s, func(row scanner) (name any, err error) { return name, row.Scan(&name) },
		`SELECT name FROM domains WHERE `+condition+fmt.Sprintf(` LIMIT %d`, fewDomains+1), args...)
	if err != nil {
		return nil, err
	}
	few, err := s.fewIn(names)
	if err != nil {
		return nil, err
	}
	if !few {
		return s.usersByWalk(q)
	}
	var users []directory.User
	if len(names) > 0 {
		users, err = s.usersWhere(q, `users`, `+users.state`, func(b *query) string {
			return `users.seq IN (SELECT users.seq FROM ` + usersInDomains + ` WHERE domains.name` + b.in(names) + `)`
		})
	}
	if err != nil || strings.HasPrefix(q.EmailContains, "@") {
		return users, err
	}
	found, err := s.usersByTrigrams(q)
	return first(append(users, found...), q.Limit), err
}

// fewIn tells whether those in the domains are few enough to be sorted.
func (s session) fewIn(names []any) (bool, error) {
	if len(names) == 0 || len(names) > fewDomains {
		return len(names) == 0, nil
	}
	var b query
	var n int
	_, err := s.get(func(row scanner) error { return row.Scan(&n) },
		`SELECT count(*) FROM (SELECT 1 FROM `+usersInDomains+` WHERE domains.name`+b.in(names)+` LIMIT `+b.arg(fewUsers+1)+`)`, b.args...)
	return n <= fewUsers, err
}

// usersByAddress asks for those in a domain whose addresses end before the @
// as the text does. Where they are many, ok is false.
func (s session) usersByAddress(q directory.UserQuery, a address) (users []directory.User, ok bool, err error) {
	var b query
	end := "@" + backwards(a.local)
	where := []string{
		strings.ReplaceAll(b.statuses(q.Statuses, q.Now), `users.state`, `+users.state`),
		`domains.name >= ` + b.arg(a.domain), `domains.name < ` + b.arg(behind(a.domain)),
		`users.email_by_domain >= domains.name || ` + b.arg(end), `users.email_by_domain < domains.name || ` + b.arg(behind(end)),
		`instr(users.email_key, ` + b.arg(q.EmailContains) + `) > 0`, `+users.seq > ` + b.arg(q.After),
	}
	users, err = b.users(s, `domains CROSS JOIN users INDEXED BY users_email_by_domain`, where, ``, fewUsers)
	return first(users, q.Limit), len(users) < fewUsers, err
}

// byState tells whether the index on states serves the query best: all its
// statuses are of one state, and there is no text, or few users are in it.
func (s session) byState(q directory.UserQuery) (bool, error) {
	if len(q.Statuses) == 0 {
		return false, nil
	}
	state := stateOf(q.Statuses[0])
	if slices.ContainsFunc(q.Statuses, func(t directory.Status) bool { return stateOf(t) != state }) {
		return false, nil
	}
	if q.EmailContains == "" {
		return true, nil
	}
	many, err := s.get(nothing, `SELECT 1 FROM users INDEXED BY users_state WHERE state = $1 LIMIT 1 OFFSET $2`, string(state), rareState-1)
	return !many, err
}

func stateOf(s directory.Status) directory.State {
	if s == directory.StatusActive {
		return directory.StateActive
	}
	return directory.StateInvited
}
