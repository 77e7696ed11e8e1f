package command

import (
	"context"

	"github.com/spf13/cobra"

	"ax/internal/cli/term"
	"ax/internal/client"
	"ax/internal/wire"
)

// Members are the commands about who belongs to a noun, an organization or a
// space. T is a membership. A command adds its requests, and its words.
type Members[T any] struct {
	Noun, Example string // "organization", and the name of one
	Which         string // as in OneArgument
	Removing      string // what remove-user does, for its help
	Warning       string // what goes with it, behind "This will remove jane from the space Lab"

	View       func() View[T]
	References Finder
	ID         func(ctx context.Context, c *client.Client, ref string) (string, error)
	Find       func(ctx context.Context, c *client.Client, ref string) (id, name string, err error)
	Add        func(ctx context.Context, c *client.Client, id, userID string, role wire.RoleAssignment) (T, error)
	Remove     func(ctx context.Context, c *client.Client, id, userID string) error
}

// MemberView has the columns of a membership.
func MemberView[T any](title, key string, id, user func(T) string, place term.Column[T], role func(T) wire.RoleAssignment) View[T] {
	return View[T]{Title: title, Key: key, Columns: []term.Column[T]{
		{Name: "id", Cell: id, ID: true}, {Name: "user_id", Cell: user}, place, Role("role", 0, role),
	}}
}

// NewAdd is add-user.
func (m Members[T]) NewAdd(e *Env) *cobra.Command {
	var user, role string
	var output OutputFlags
	c := &cobra.Command{
		Use:     "add-user <" + m.Noun + ">",
		Short:   "Add a user to " + article(m.Noun) + ", or give a member another role",
		Example: "  ax " + m.Noun + "s add-user " + m.Example + " --user-id jane@example.com --role member",
		Args:    OneArgument(m.Which),
		RunE: func(c *cobra.Command, args []string) error {
			if err := Required(c, "user-id", "role"); err != nil {
				return err
			}
			deed := Deed{Verb: "add", Doing: "Adding", Done: "added", What: "member"}
			return Change(c.Context(), e, output, m.View(), deed, func(ctx context.Context, c *client.Client) (T, error) {
				return m.add(ctx, c, args[0], user, role)
			})
		},
	}
	e.FindsArgument(c, m.References)
	userFlag(c, &user)
	c.Flags().StringVarP(&role, "role", "r", "", "role in the "+m.Noun+": admin, member, read_only, annotator, or a custom role's name or id (required)")
	TakesOneOf(c.Flags(), "role", Typed(MemberRoles()))
	AddOutput(c, &output, m.View)
	return c
}

// add finds the ids of what is named, and makes the membership.
func (m Members[T]) add(ctx context.Context, c *client.Client, ref, user, role string) (membership T, err error) {
	assignment, err := RoleFlag(ctx, c, "--role", role, MemberRoles())
	if err != nil {
		return membership, err
	}
	id, err := m.ID(ctx, c, ref)
	if err != nil {
		return membership, err
	}
	userID, err := c.UserID(ctx, user)
	if err != nil {
		return membership, err
	}
	return m.Add(ctx, c, id, userID, assignment)
}

// NewRemove is remove-user.
func (m Members[T]) NewRemove(e *Env) *cobra.Command {
	r := Removal{Deed: Deed{Verb: "remove", Doing: "Removing", Done: "removed", What: "member"}}
	var user string
	c := &cobra.Command{
		Use:     "remove-user <" + m.Noun + ">",
		Short:   m.Removing,
		Example: "  ax " + m.Noun + "s remove-user " + m.Example + " --user-id jane@example.com --force",
		Args:    OneArgument(m.Which),
		RunE: func(c *cobra.Command, args []string) error {
			if err := Required(c, "user-id"); err != nil {
				return err
			}
			var userID string
			r.Find = func(ctx context.Context, c *client.Client) (id, warning string, err error) {
				if userID, err = c.UserID(ctx, user); err != nil {
					return "", "", err
				}
				id, name, err := m.Find(ctx, c, args[0])
				return id, "This will remove " + user + " from the " + m.Noun + " " + name + m.Warning, err
			}
			r.Do = func(ctx context.Context, c *client.Client, id string) error { return m.Remove(ctx, c, id, userID) }
			return r.Run(c.Context(), e)
		},
	}
	e.FindsArgument(c, m.References)
	userFlag(c, &user)
	r.ForceFlag(c)
	return c
}

func userFlag(c *cobra.Command, user *string) {
	c.Flags().StringVar(user, "user-id", "", "id or email of the user (required)")
}

func article(noun string) string {
	if noun[0] == 'o' {
		return "an " + noun
	}
	return "a " + noun
}
