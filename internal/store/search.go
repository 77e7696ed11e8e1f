package store

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"ax/internal/directory"
)

func (s session) Users(q directory.UserQuery) ([]directory.User, error) { return s.engine.users(s, q) }

// A query collects arguments while its text is written.
type query struct{ args []any }

// arg adds an argument and returns its placeholder.
func (b *query) arg(v any) string {
	b.args = append(b.args, v)
	return fmt.Sprintf("$%d", len(b.args))
}

// in is the condition that something is one of the values.
func (b *query) in(values []any) string {
	places := make([]string, len(values))
	for i, v := range values {
		places[i] = b.arg(v)
	}
	return ` IN (` + strings.Join(places, `, `) + `)`
}

// users reads users by a statement, made of what the query has collected.
func (b *query) users(s session, from string, where []string, order string, limit int, options ...any) ([]directory.User, error) {
	if order != "" {
		order = ` ORDER BY ` + order
	}
	text := `SELECT ` + userColumns + ` FROM ` + from + ` WHERE ` + strings.Join(where, ` AND `) + order + ` LIMIT ` + b.arg(limit)
	return all(s, scanUser, text, append(options, b.args...)...)
}

// statuses is the condition that a user, who is a person, has one of the
// statuses at now.
func (b *query) statuses(statuses []directory.Status, now time.Time) string {
	const people = ` AND NOT users.bot`
	if len(statuses) == 0 {
		return `users.state <> 'DELETED'` + people
	}
	either := make([]string, len(statuses))
	for i, s := range statuses {
		switch s {
		case directory.StatusActive:
			either[i] = `users.state = 'ACTIVE'`
		case directory.StatusInvited:
			either[i] = `users.state = 'INVITED' AND users.invited_until > ` + b.arg(micros(now))
		case directory.StatusExpired:
			either[i] = `users.state = 'INVITED' AND users.invited_until <= ` + b.arg(micros(now))
		}
	}
	return `(` + strings.Join(either, ` OR `) + `)` + people
}

// An address is a text that has the one @ of an address in it.
type address struct{ local, domain string }

// addressIn takes a search text apart; ok is false when it has no @.
func addressIn(term string) (a address, ok bool) {
	a.local, a.domain, ok = strings.Cut(term, "@")
	return a, ok
}

// narrow tells whether few can have the text: it says how an address ends
// before the @, with at least so many characters, and begins to name a domain
// below a top-level one.
func (a address) narrow(characters int) bool {
	return len([]rune(a.local)) >= characters && strings.Contains(a.domain, ".")
}

// backwards is the text from its end.
func backwards(s string) string {
	runes := []rune(s)
	slices.Reverse(runes)
	return string(runes)
}

// behind is a text that comes after all that begin with s.
func behind(s string) string { return s + "\U0010ffff" }

// first are the first users by seq, each once, at most limit.
func first(users []directory.User, limit int) []directory.User {
	slices.SortFunc(users, func(a, b directory.User) int { return cmp.Compare(a.Seq, b.Seq) })
	users = slices.CompactFunc(users, func(a, b directory.User) bool { return a.Seq == b.Seq })
	return users[:min(limit, len(users))]
}
