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
		{id: "list_users", method: http.MethodGet, pattern: "/v2/users", params: []string{"limit", "cursor", "email", "status"}, do: listUsers},
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
	if err != nil {
		return answer{}, err
	}
	out := wire.UserList{
		Users:      make([]wire.User, len(page.Items)),
		Pagination: wire.Pagination{NextCursor: page.Next, HasMore: page.Next != ""},
	}
	for i, u := range page.Items {
		out.Users[i] = c.user(u)
	}
	return answer{status: http.StatusOK, body: out}, nil
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
	return c.userAnswer(c.api.Directory.User(c.Context(), c.actor, c.userID()))
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
		Role:        wire.RoleAssignment{Type: wire.RoleTypePredefined, Name: string(u.Role)},
		IsDeveloper: u.Developer,
	}
}

const maxEmailFilter = 255 // characters

func listUsersFrom(q url.Values) (in directory.ListUsers, err error) {
	in.Email, in.Cursor = q.Get("email"), q.Get("cursor")
	if utf8.RuneCountInString(in.Email) > maxEmailFilter {
		return in, badRequest("email: must be at most %d characters.", maxEmailFilter)
	}
	if q.Has("limit") {
		if in.Limit, err = wholeNumber(q.Get("limit")); err != nil || in.Limit < 1 || in.Limit > directory.MaxLimit {
			return in, badRequest("limit: must be a whole number from 1 to %d.", directory.MaxLimit)
		}
	}
	for _, s := range q["status"] {
		status, ok := oneOf(s, directory.Statuses())
		if !ok {
			return in, badRequest("status: must be one of %s.", listed(directory.Statuses()))
		}
		in.Statuses = append(in.Statuses, status)
	}
	return in, nil
}

// createUserFrom carries over what has a sound form, and notes what has not;
// the directory adds its own findings, so that a client hears of all at once.
func createUserFrom(b wire.CreateUserRequest) directory.CreateUser {
	in := directory.CreateUser{Name: b.Name, Email: b.Email, Developer: b.IsDeveloper}
	note := func(field, detail string) {
		in.Unsound = append(in.Unsound, directory.Fault{Field: field, Detail: detail})
	}
	roles, modes := directory.Roles(), directory.InviteModes()
	var ok bool
	switch {
	case strings.EqualFold(b.Role.Type, wire.RoleTypeCustom):
		note("role.type", "custom roles are not possible here; use PREDEFINED with a name")
	case !strings.EqualFold(b.Role.Type, wire.RoleTypePredefined):
		note("role.type", "must be PREDEFINED")
	default:
		if in.Role, ok = oneOf(b.Role.Name, roles); !ok {
			note("role.name", "must be one of "+listed(roles))
		}
		if b.Role.ID != "" {
			note("role.id", "a PREDEFINED role has a name and no id")
		}
	}
	if in.Mode, ok = oneOf(string(b.InviteMode), modes); !ok {
		note("invite_mode", "must be one of "+listed(modes))
	}
	return in
}

// oneOf finds the value that s names, in any case.
func oneOf[T ~string](s string, values []T) (T, bool) {
	i := slices.IndexFunc(values, func(v T) bool { return strings.EqualFold(s, string(v)) })
	if i < 0 {
		return "", false
	}
	return values[i], true
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
