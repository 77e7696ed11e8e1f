package store

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"ax/internal/directory"
)

// usersOnPostgres leaves it to the planner, which knows by its statistics how
// rare a text and a status are, which index serves.
func usersOnPostgres(s session, q directory.UserQuery) ([]directory.User, error) {
	var b query
	where := []string{b.statuses(q.Statuses, q.Now), `users.seq > ` + b.arg(q.After)}
	if len(q.Statuses) > 0 {
		where = append(where, `users.state <> 'DELETED'`) // lets partial indexes in
	}
	if q.EmailContains == "" {
		return b.users(s, `users`, where, `users.seq`, q.Limit)
	}
	where = append(where, `users.email_key LIKE `+b.arg(containing(q.EmailContains))+` ESCAPE '\'`)
	const enough = 6
	if a, ok := addressIn(q.EmailContains); ok && a.narrow(enough) {
		const local = `reverse(split_part(users.email_key, '@', 1)) COLLATE "C"`
		end := backwards(a.local)
		where = append(where, local+` >= `+b.arg(end), local+` < `+b.arg(behind(end)))
		return b.users(s, `users`, where, `users.seq`, q.Limit)
	}
	// Fewer than three characters are no trigram, and no index knows them.
	ctx, cancel := context.WithTimeout(s.ctx, walkPatience)
	defer cancel()
	s.ctx = ctx
	// A plan that is made once, for any value, does not know how rare the text is.
	return b.users(s, `users`, where, `users.seq`, q.Limit, pgx.QueryExecModeExec)
}

// containing is the LIKE pattern, escaped by \, of texts that contain term.
func containing(term string) string {
	return `%` + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(term) + `%`
}
