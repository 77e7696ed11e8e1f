package store

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ax/internal/directory"
)

// A page of users is read by one indexed query, whatever is asked for:
//
//   - no filter: the table itself, whose order is the listing's;
//   - a text of three characters and more: the trigram index, which gives
//     rows in the same order, so that nothing is sorted, each row checked
//     against the whole text;
//   - a shorter text: the table, row by row. Common ones fill a page at once;
//     a rare one costs a walk, 150 ms over a million users;
//   - a status: its index; with a text too when it is rare.
//
// SQLite must be told which; PostgreSQL's planner chooses by its statistics.

const (
	minGrams  = 3     // characters that the index needs
	maxGrams  = 16    // trigrams that are looked up; the check of the whole text does the rest
	rareState = 4_000 // users; below, reading all of a state is faster than its text's trigrams
)

func (s session) Users(q directory.UserQuery) ([]directory.User, error) {
	var b query
	query, err := s.engine.usersQuery(s, q, &b)
	if err != nil {
		return nil, err
	}
	return all(s, scanUser, query, append(s.engine.planned, b.args...)...)
}

// A query collects arguments while its text is written.
type query struct{ args []any }

// arg adds an argument and returns its placeholder.
func (b *query) arg(v any) string {
	b.args = append(b.args, v)
	return fmt.Sprintf("$%d", len(b.args))
}

func (b *query) text(from string, where []string, order string, limit int) string {
	return `SELECT ` + userColumns + ` FROM ` + from + ` WHERE ` + strings.Join(where, ` AND `) +
		` ORDER BY ` + order + ` LIMIT ` + b.arg(limit)
}

func usersOnSQLite(s session, q directory.UserQuery, b *query) (string, error) {
	where := []string{b.statuses(q.Statuses, q.Now), `NOT users.bot`}
	if q.EmailContains != "" {
		where = append(where, `instr(users.email_key, `+b.arg(q.EmailContains)+`) > 0`)
	}
	// The + hides a column from the planner, which then takes the other index.
	from, seq := `users`, `users.seq`
	byState, err := s.byState(q)
	if err != nil {
		return "", err
	}
	match := matching(q.EmailContains)
	switch {
	case byState:
		from = `users INDEXED BY users_state`
	case match != "":
		from, seq = `users_tri CROSS JOIN users ON users.seq = users_tri.rowid`, `users_tri.rowid`
		where = append(where, `users_tri MATCH `+b.arg(match))
		fallthrough
	default:
		where[0] = strings.ReplaceAll(where[0], `users.state`, `+users.state`)
	}
	where = append(where, seq+` > `+b.arg(q.After))
	return b.text(from, where, seq, q.Limit), nil
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
	var n int
	_, err := s.get(func(row scanner) error { return row.Scan(&n) }, `SELECT n FROM user_counts WHERE state = $1`, string(state))
	return n < rareState, err
}

func stateOf(s directory.Status) directory.State {
	if s == directory.StatusActive {
		return directory.StateActive
	}
	return directory.StateInvited
}

// matching is the FTS5 query for rows that have all trigrams of a text, empty
// for a text that has none.
func matching(term string) string {
	runes := []rune(term)
	var grams []string
	for i := 0; i+minGrams <= len(runes) && len(grams) < maxGrams; i++ {
		gram := `"` + strings.ReplaceAll(string(runes[i:i+minGrams]), `"`, `""`) + `"`
		if !slices.Contains(grams, gram) {
			grams = append(grams, gram)
		}
	}
	return strings.Join(grams, ` AND `)
}

func usersOnPostgres(_ session, q directory.UserQuery, b *query) (string, error) {
	where := []string{b.statuses(q.Statuses, q.Now), `NOT users.bot`, `users.seq > ` + b.arg(q.After)}
	if len(q.Statuses) > 0 {
		where = append(where, `users.state <> 'DELETED'`) // lets partial indexes in
	}
	if q.EmailContains != "" {
		where = append(where, `users.email_key LIKE `+b.arg(containing(q.EmailContains))+` ESCAPE '\'`)
	}
	return b.text(`users`, where, `users.seq`, q.Limit), nil
}

// statuses is the condition that a user has one of the statuses at now.
func (b *query) statuses(statuses []directory.Status, now time.Time) string {
	if len(statuses) == 0 {
		return `users.state <> 'DELETED'`
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
	return `(` + strings.Join(either, ` OR `) + `)`
}

// containing is the LIKE pattern, escaped by \, of texts that contain term.
func containing(term string) string {
	return `%` + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(term) + `%`
}
