package store

import "ax/internal/directory"

const userColumns = `users.seq, users.id, users.name, users.email, users.role, users.developer,
	users.state, users.invited_until, users.created_at, users.bot`

// userFields are where a user's columns go. Texts are plain strings: any other
// type is looked into by reflection.
func userFields(u *directory.User) []any {
	return []any{
		&u.Seq, (*string)(&u.ID), &u.Name, &u.Email, (*string)(&u.Role), &u.Developer,
		(*string)(&u.State), (*micros)(&u.InvitedUntil), (*micros)(&u.CreatedAt), &u.Bot,
	}
}

func scanUser(row scanner) (u directory.User, err error) {
	err = row.Scan(userFields(&u)...)
	return u, err
}

func (s session) UserByID(id directory.UserID) (directory.User, bool, error) {
	return one(s, scanUser, `SELECT `+userColumns+` FROM users WHERE id = $1`, string(id))
}

func (s session) UserByEmail(folded string) (directory.User, bool, error) {
	return s.userByEmail(folded, ``)
}

func (s session) userByEmail(folded, lock string) (directory.User, bool, error) {
	return one(s, scanUser, `SELECT `+userColumns+` FROM users WHERE `+s.engine.identity+` = $1`+lock, s.engine.identify(folded))
}

func (tx *Tx) LockUser(id directory.UserID) (directory.User, bool, error) {
	return one(tx.session, scanUser, `SELECT `+userColumns+` FROM users WHERE id = $1`+tx.engine.forUpdate, string(id))
}

func (tx *Tx) LockUserByEmail(folded string) (directory.User, bool, error) {
	return tx.userByEmail(folded, tx.engine.forUpdate)
}

func (s session) OtherAdmin(seq int64, developer bool) (bool, error) {
	return s.get(nothing, `
		SELECT 1 FROM users
		 WHERE role = 'ADMIN' AND state = 'ACTIVE' AND NOT bot AND seq <> $1 AND (developer OR NOT $2)
		 LIMIT 1`, seq, developer)
}

func nothing(scanner) error { return nil }

// LockAdmins locks the one row of the directory, as every transaction does
// that could lose an administrator.
func (tx *Tx) LockAdmins() error {
	_, err := tx.get(nothing, `SELECT id FROM directory`+tx.engine.forUpdate)
	return err
}

// InsertUser meets an erased address as a conflict with what stands in its
// place: one statement, and no further question for an address that is new.
func (tx *Tx) InsertUser(u *directory.User, taken string) (bool, error) {
	key := emailKey(*u)
	args := []any{
		string(u.ID), u.Name, u.Email, string(u.Role), u.Developer, string(u.State), micros(u.InvitedUntil), micros(u.CreatedAt), u.Bot,
		taken, key,
	}
	if tx.engine.embedded {
		args = append(args, byDomain(key))
	}
	seq, inserted, err := tx.insert(tx.engine.insertUser, args...)
	if inserted {
		u.Seq = seq
	}
	return inserted, err
}

// emailKey identifies the user among all. A bot has no address, and no address
// ends with its @.
func emailKey(u directory.User) string {
	if u.Bot {
		return string(u.ID) + "@"
	}
	return directory.Fold(u.Email)
}

func (tx *Tx) UpdateUser(u directory.User) error {
	_, err := tx.exec(`
		UPDATE users SET name = $2, role = $3, developer = $4, state = $5, invited_until = $6
		 WHERE seq = $1`,
		u.Seq, u.Name, string(u.Role), u.Developer, string(u.State), micros(u.InvitedUntil))
	return err
}
