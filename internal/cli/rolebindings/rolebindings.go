// Package rolebindings has the commands of `ax role-bindings`.
package rolebindings

import (
	"context"
	"iter"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
	"ax/internal/client"
	"ax/internal/wire"
)

const which = "the id of a role binding"

// New returns the group.
func New(e *command.Env) *cobra.Command {
	c := &cobra.Command{
		Use:     "role-bindings",
		Short:   "Give users roles on spaces and projects",
		Example: "  ax role-bindings list --resource-type space",
	}
	c.AddCommand(newList(e), newGet(e), newCreate(e), newUpdate(e), newDelete(e))
	return c
}

func resourceTypes() []string {
	return []string{string(wire.BoundResourceTypeSpace), string(wire.BoundResourceTypeProject)}
}

func view() command.View[wire.RoleBinding] {
	return command.View[wire.RoleBinding]{
		Title: "Role Binding Details", Key: "role_bindings",
		Columns: []term.Column[wire.RoleBinding]{
			{Name: "id", Cell: func(b wire.RoleBinding) string { return b.ID }, ID: true},
			{Name: "role_id", Cell: func(b wire.RoleBinding) string { return b.RoleID }},
			{Name: "user_id", Cell: func(b wire.RoleBinding) string { return b.UserID }},
			{Name: "resource_type", Cell: func(b wire.RoleBinding) string { return string(b.ResourceType) }, Drop: 1},
			{Name: "resource_id", Cell: func(b wire.RoleBinding) string { return b.ResourceID }},
			command.Time("created_at", 2, func(b wire.RoleBinding) string { return b.CreatedAt }),
			command.Time("updated_at", 2, func(b wire.RoleBinding) string { return b.UpdatedAt }),
		},
	}
}

func newList(e *command.Env) *cobra.Command {
	var f client.RoleBindingFilter
	var kind, user string
	pages := command.PageFlags{Limit: 100} // as the original has it, for this list alone
	var output command.OutputFlags
	c := &cobra.Command{
		Use:     "list",
		Short:   "List the role bindings that you can see",
		Example: "  ax role-bindings list --resource-type space\n  ax role-bindings list --resource-type project --user-id jane@example.com",
		Args:    command.NoArguments,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if err := command.Required(c, "resource-type"); err != nil {
				return err
			}
			if err := command.NotEmpty(c, "user-id"); err != nil {
				return err
			}
			if f.ResourceType, err = command.OneOf("--resource-type", kind, resourceTypes()); err != nil {
				return err
			}
			f.Limit, f.Cursor = pages.Limit, pages.Cursor
			return command.Listing[wire.RoleBinding]{
				Plural: "role bindings", View: view(),
				Find: func(ctx context.Context, c *client.Client) (err error) {
					f.UserID, err = c.UserID(ctx, user)
					return err
				},
				Page: func(ctx context.Context, c *client.Client) ([]wire.RoleBinding, wire.Pagination, error) {
					l, err := c.ListRoleBindings(ctx, f)
					return l.RoleBindings, l.Pagination, err
				},
				All: func(ctx context.Context, c *client.Client) iter.Seq2[wire.RoleBinding, error] {
					return c.AllRoleBindings(ctx, f)
				},
			}.Run(c.Context(), e, pages, output)
		},
	}
	pages.Add(c)
	c.Flags().StringVar(&kind, "resource-type", "", "on what: space or project (required)")
	command.TakesOneOf(c.Flags(), "resource-type", command.Typed(resourceTypes()))
	c.Flags().StringVar(&user, "user-id", "", "only those of this user, by id or email")
	command.AddOutput(c, &output, view)
	return c
}

func newGet(e *command.Env) *cobra.Command {
	var output command.OutputFlags
	c := &cobra.Command{
		Use:     "get <binding-id>",
		Short:   "Get a role binding by ID",
		Example: "  ax role-bindings get Um9sZUJpbmRpbmc6YWJjZGVmZ2gxMjM0NTY3OGlq",
		Args:    command.OneArgument(which),
		RunE: func(c *cobra.Command, args []string) error {
			return command.Get(c.Context(), e, output, view(), "role binding", func(ctx context.Context, c *client.Client) (wire.RoleBinding, error) {
				return c.GetRoleBinding(ctx, args[0])
			})
		},
	}
	command.AddOutput(c, &output, view)
	return c
}

func newCreate(e *command.Env) *cobra.Command {
	var in wire.CreateRoleBindingRequest
	var kind string
	var output command.OutputFlags
	c := &cobra.Command{
		Use:   "create",
		Short: "Give a user a role on a space or a project",
		Example: `  ax role-bindings create --user-id jane@example.com --role-id Auditor \
    --resource-type space --resource-id Production`,
		Args: command.NoArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := command.Required(c, "user-id", "role-id", "resource-type", "resource-id"); err != nil {
				return err
			}
			t, err := command.OneOf("--resource-type", kind, resourceTypes())
			if err != nil {
				return err
			}
			in.ResourceType = wire.BoundResourceType(t)
			deed := command.Deed{Verb: "create", Doing: "Creating", Done: "created", What: "role binding"}
			return command.Change(c.Context(), e, output, view(), deed, func(ctx context.Context, c *client.Client) (wire.RoleBinding, error) {
				return bind(ctx, c, in)
			})
		},
	}
	c.Flags().StringVar(&in.UserID, "user-id", "", "id or email of the user (required)")
	c.Flags().StringVar(&in.RoleID, "role-id", "", "name or id of the role (required)")
	c.Flags().StringVar(&kind, "resource-type", "", "on what: space or project (required)")
	command.TakesOneOf(c.Flags(), "resource-type", command.Typed(resourceTypes()))
	c.Flags().StringVar(&in.ResourceID, "resource-id", "", "name or id of the space, or id of the project (required)")
	command.AddOutput(c, &output, view)
	return c
}

// bind finds the ids of what is named, and binds the role.
func bind(ctx context.Context, c *client.Client, in wire.CreateRoleBindingRequest) (b wire.RoleBinding, err error) {
	if in.UserID, err = c.UserID(ctx, in.UserID); err != nil {
		return b, err
	}
	if in.RoleID, err = c.RoleID(ctx, in.RoleID); err != nil {
		return b, err
	}
	if in.ResourceType == wire.BoundResourceTypeSpace {
		if in.ResourceID, err = c.SpaceID(ctx, "", in.ResourceID); err != nil {
			return b, err
		}
	}
	return c.CreateRoleBinding(ctx, in)
}

func newUpdate(e *command.Env) *cobra.Command {
	var role string
	var output command.OutputFlags
	c := &cobra.Command{
		Use:   "update <binding-id>",
		Short: "Put another role in the place of the one that is bound",
		Example: `  ax role-bindings update Um9sZUJpbmRpbmc6YWJjZGVmZ2gxMjM0NTY3OGlq \
    --role-id Auditor`,
		Args: command.OneArgument(which),
		RunE: func(c *cobra.Command, args []string) error {
			if err := command.Required(c, "role-id"); err != nil {
				return err
			}
			deed := command.Deed{Verb: "update", Doing: "Updating", Done: "updated", What: "role binding"}
			return command.Change(c.Context(), e, output, view(), deed, func(ctx context.Context, c *client.Client) (b wire.RoleBinding, err error) {
				id, err := c.RoleID(ctx, role)
				if err == nil {
					b, err = c.UpdateRoleBinding(ctx, args[0], wire.UpdateRoleBindingRequest{RoleID: id})
				}
				return b, err
			})
		},
	}
	c.Flags().StringVar(&role, "role-id", "", "name or id of the role (required)")
	command.AddOutput(c, &output, view)
	return c
}

func newDelete(e *command.Env) *cobra.Command {
	r := command.Removal{Deed: command.Deed{Verb: "delete", Doing: "Deleting", Done: "deleted", What: "role binding"}}
	c := &cobra.Command{
		Use:     "delete <binding-id>",
		Short:   "Take a role on a resource away again",
		Example: "  ax role-bindings delete Um9sZUJpbmRpbmc6YWJjZGVmZ2gxMjM0NTY3OGlq --force",
		Args:    command.OneArgument(which),
		RunE: func(c *cobra.Command, args []string) error {
			r.Find = func(ctx context.Context, c *client.Client) (string, string, error) {
				b, err := c.GetRoleBinding(ctx, args[0])
				return args[0], "This will take the role " + b.RoleID + " on " + b.ResourceID + " away from " + b.UserID, err
			}
			r.Do = func(ctx context.Context, c *client.Client, id string) error { return c.DeleteRoleBinding(ctx, id) }
			return r.Run(c.Context(), e)
		},
	}
	r.ForceFlag(c)
	return c
}
