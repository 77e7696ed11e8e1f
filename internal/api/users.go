package api

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"ax/internal/directory"
	"ax/internal/wire"
)

func userOperations() []operation {
	return []operation{
		{id: "list_users", method: http.MethodGet, pattern: "/v2/users", params: []string{"limit", "cursor", "email", "status"}, repeated: []string{"status"}, do: listUsers},
		{id: "create_user", method: http.MethodPost, pattern: "/v2/users", do: createUser},
		{id: "get_user", method: http.MethodGet, pattern: "/v2/users/{user_id}", do: getUser},
		{id: "update_user", method: http.MethodPatch, pattern: "/v2/users/{user_id}", do: updateUser},
		{id: "delete_user", method: http.MethodDelete, pattern: "/v2/users/{user_id}", do: deleteUser},
		{id: "resend_user_invitation", method: http.MethodPost, pattern: "/v2/users/{user_id}/resend-invitation", do: resendInvitation},
		{id: "reset_user_password", method: http.MethodPost, pattern: "/v2/users/{user_id}/reset-password", do: resetPassword},
	}
}

func (c *call) userID() directory.UserID { return directory.UserID(c.PathValue("user_id")) }

func listUsers(c *call) (answer, error) {
	in, err := listUsersFrom(c.query)
	if err != nil {
		return answer{}, err
	}
	page, err := c.api.Directory.ListUsers(c.Context(), c.actor, in)
	return answer{status: http.StatusOK, body: wire.UserList{Users: each(page.Items, c.user), Pagination: pagination(page.Next)}}, err
}

func createUser(c *call) (answer, error) {
	body, err := decode[wire.CreateUserRequest](c.Request)
	if err != nil {
		return answer{}, err
	}
	in := createUserFrom(body)
	created, err := c.api.Directory.CreateUser(c.Context(), c.actor, in)
	if err != nil {
		return answer{}, err
	}
	u := c.user(created.User)
	if !created.Created { // an open invitation: no invite_mode, or clients take it for a new one
		return answer{status: http.StatusOK, body: u}, nil
	}
	return answer{status: http.StatusCreated, body: wire.CreatedUser{
		ID: u.ID, Name: u.Name, Email: u.Email, CreatedAt: u.CreatedAt, Status: u.Status, Role: u.Role, IsDeveloper: u.IsDeveloper,
		InviteMode: wire.InviteMode(in.Mode), TemporaryPassword: created.TemporaryPassword,
	}}, nil
}

func getUser(c *call) (answer, error) {
	u, err := c.api.Directory.User(c.Context(), c.actor, c.userID())
	return c.userAnswer(u, hidden(err))
}

// hidden is for the operations that have no 403 (contract, "get_user",
// "Role bindings"): a key that may not finds nothing, and hears why.
func hidden(err error) error {
	if directory.KindOf(err) == directory.Forbidden {
		return &fault{status: http.StatusNotFound, detail: err.Error(), cause: err}
	}
	return err
}

func updateUser(c *call) (answer, error) {
	body, err := decode[wire.UpdateUserRequest](c.Request)
	if err != nil {
		return answer{}, err
	}
	in := directory.UpdateUser{Name: body.Name, Developer: body.IsDeveloper}
	return c.userAnswer(c.api.Directory.UpdateUser(c.Context(), c.actor, c.userID(), in))
}

func deleteUser(c *call) (answer, error) {
	return noContent(c.api.Directory.DeleteUser(c.Context(), c.actor, c.userID()))
}

func resendInvitation(c *call) (answer, error) {
	return noContent(c.api.Directory.ResendInvitation(c.Context(), c.actor, c.userID()))
}

func resetPassword(c *call) (answer, error) {
	return noContent(c.api.Directory.ResetPassword(c.Context(), c.actor, c.userID()))
}

func noContent(err error) (answer, error) { return answer{status: http.StatusNoContent}, err }

func (c *call) userAnswer(u directory.User, err error) (answer, error) {
	return answer{status: http.StatusOK, body: c.user(u)}, err
}

// user is a user on the wire, its status as of now.
func (c *call) user(u directory.User) wire.User {
	return wire.User{
		ID: string(u.ID), Name: u.Name, Email: u.Email, CreatedAt: timestamp(u.CreatedAt),
		Status:      wire.UserStatus(u.Status(c.api.Directory.Now())),
		Role:        assigned(u.Role, u.RoleName),
		IsDeveloper: u.Developer,
	}
}

const maxEmailFilter = 255 // characters

func listUsersFrom(q url.Values) (in directory.ListUsers, err error) {
	if in.Limit, in.Cursor, err = pageParams(q); err != nil {
		return in, err
	}
	in.Email = q.Get("email")
	if utf8.RuneCountInString(in.Email) > maxEmailFilter {
		return in, badRequest("email: must be at most %d characters.", maxEmailFilter)
	}
	for _, s := range q["status"] {
		status := directory.Status(upper(s))
		if !slices.Contains(directory.Statuses(), status) {
			return in, badRequest("status: must be one of %s.", listed(directory.Statuses()))
		}
		in.Statuses = append(in.Statuses, status)
	}
	return in, nil
}

// createUserFrom carries the request over, enumerations in upper case. It
// notes what only the wire can have wrong; the directory adds its own
// findings, so that a client hears of all at once.
func createUserFrom(b wire.CreateUserRequest) directory.CreateUser {
	in := directory.CreateUser{Name: b.Name, Email: b.Email, Mode: directory.InviteMode(upper(string(b.InviteMode))), Developer: b.IsDeveloper}
	in.Role = roleFrom("role", b.Role, func(field, detail string) {
		in.Unsound = append(in.Unsound, directory.Fault{Field: field, Detail: detail})
	})
	return in
}

// upper is an enumeration's value as answers have it. Only ASCII has two
// cases here: folding all of Unicode would take "adm\u0131n" for an ADMIN.
func upper(s string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			r -= 'a' - 'A'
		}
		return r
	}, s)
}

func listed[T ~string](values []T) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(values), " ", ", "), "[]")
}

func wholeNumber(s string) (int, error) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, strconv.ErrSyntax
	}
	return strconv.Atoi(s)
}
