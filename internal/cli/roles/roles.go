// Package roles has the commands of `ax roles`.
package roles

import (
	"context"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
	"ax/internal/client"
	"ax/internal/wire"
)

const which = "the name or id of a role"

// New returns the group.
func New(e *command.Env) *cobra.Command {
	c := &cobra.Command{
		Use:   "roles",
		Short: "Create, retrieve, update and delete roles",
		Example: `  ax roles list --is-custom
  ax roles get Auditor`,
	}
	c.AddCommand(newList(e), newGet(e), newCreate(e), newUpdate(e), newDelete(e))
	return c
}

func view() command.View[wire.Role] {
	return command.View[wire.Role]{
		Title: "Role Details", Key: "roles",
		Columns: []term.Column[wire.Role]{
			{Name: "id", Cell: func(r wire.Role) string { return r.ID }, ID: true},
			{Name: "name", Cell: func(r wire.Role) string { return r.Name }, Lead: true},
			{Name: "description", Cell: func(r wire.Role) string { return r.Description }, Optional: true, Drop: 3},
			{Name: "permissions", Kind: term.List, Items: permissions, Drop: 1, Short: shortly,
				Cell: func(r wire.Role) string { return strings.Join(permissions(r), ",") }},
			command.Bool("is_predefined", 4, func(r wire.Role) bool { return r.IsPredefined }),
			command.Time("created_at", 2, func(r wire.Role) string { return r.CreatedAt }),
			command.Time("updated_at", 2, func(r wire.Role) string { return r.UpdatedAt }),
		},
	}
}

// shortly is the permissions for people: many are a number.
func shortly(r wire.Role) string {
	const few = 4
	if n := len(r.Permissions); n > few {
		return strconv.Itoa(n) + " permissions"
	}
	return strings.Join(permissions(r), ", ")
}

func permissions(r wire.Role) []string { return names(r.Permissions) }

func names(all []wire.Permission) []string {
	names := make([]string, len(all))
	for i, p := range all {
		names[i] = string(p)
	}
	return names
}

func newList(e *command.Env) *cobra.Command {
	var f client.RoleFilter
	var predefined, custom bool
	var pages command.PageFlags
	var output command.OutputFlags
	c := &cobra.Command{
		Use:     "list",
		Short:   "List the roles of the account, predefined ones first",
		Example: "  ax roles list\n  ax roles list --is-custom --columns name,permissions",
		Args:    command.NoArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			switch {
			case predefined && custom:
				return command.Usagef("--is-predefined and --is-custom exclude each other")
			case predefined || custom:
				f.Predefined = &predefined
			}
			f.Limit, f.Cursor = pages.Limit, pages.Cursor
			return command.Listing[wire.Role]{
				Plural: "roles", View: view(),
				Page: func(ctx context.Context, c *client.Client) ([]wire.Role, wire.Pagination, error) {
					l, err := c.ListRoles(ctx, f)
					return l.Roles, l.Pagination, err
				},
				All: func(ctx context.Context, c *client.Client) iter.Seq2[wire.Role, error] { return c.AllRoles(ctx, f) },
			}.Run(c.Context(), e, pages, output)
		},
	}
	pages.Add(c)
	c.Flags().BoolVar(&predefined, "is-predefined", false, "only predefined roles")
	c.Flags().BoolVar(&custom, "is-custom", false, "only roles that were made here")
	command.AddOutput(c, &output, view)
	return c
}

func newGet(e *command.Env) *cobra.Command {
	var output command.OutputFlags
	c := &cobra.Command{
		Use:     "get <role>",
		Short:   "Get a role by name or ID",
		Example: "  ax roles get Auditor",
		Args:    command.OneArgument(which),
		RunE: func(c *cobra.Command, args []string) error {
			return command.Get(c.Context(), e, output, view(), "role", func(ctx context.Context, c *client.Client) (wire.Role, error) {
				return byReference(ctx, c, args[0])
			})
		},
	}
	e.FindsArgument(c, references)
	command.AddOutput(c, &output, view)
	return c
}

func byReference(ctx context.Context, c *client.Client, ref string) (wire.Role, error) {
	if client.WellFormedID(ref) {
		return c.GetRole(ctx, ref)
	}
	return c.RoleByName(ctx, ref)
}

// references complete a name.
func references(ctx context.Context, c *client.Client, _ string) (found []command.Candidate, err error) {
	page, err := c.ListRoles(ctx, client.RoleFilter{Limit: 100})
	for _, r := range page.Roles {
		found = append(found, command.Candidate{Word: r.Name, About: r.Description})
	}
	return found, err
}

func newCreate(e *command.Env) *cobra.Command {
	var in wire.CreateRoleRequest
	var given []string
	var output command.OutputFlags
	c := &cobra.Command{
		Use:     "create",
		Short:   "Create a role",
		Example: `  ax roles create --name "Support" --permissions USER_READ,USER_UPDATE`,
		Args:    command.NoArguments,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if err := command.Required(c, "name"); err != nil {
				return err
			}
			if in.Permissions, err = permissionsFrom(given); err != nil {
				return err
			}
			if len(in.Permissions) == 0 {
				return command.Usagef("Missing option: --permissions")
			}
			deed := command.Deed{Verb: "create", Doing: "Creating", Done: "created", What: "role"}
			return command.Change(c.Context(), e, output, view(), deed, func(ctx context.Context, c *client.Client) (wire.Role, error) {
				return c.CreateRole(ctx, in)
			})
		},
	}
	c.Flags().StringVarP(&in.Name, "name", "n", "", "name of the role (required; unique, 1-255 characters)")
	c.Flags().StringVar(&in.Description, "description", "", "what the role is for (up to 1000 characters)")
	permissionFlag(c, &given)
	command.AddOutput(c, &output, view)
	return c
}

func permissionFlag(c *cobra.Command, to *[]string) {
	c.Flags().StringArrayVar(to, "permissions", nil, "what the role allows, separated by commas; repeat it for more")
	command.TakesOneOf(c.Flags(), "permissions", names(wire.Permissions()))
}

func permissionsFrom(given []string) (all []wire.PermissionInput, err error) {
	known := names(wire.Permissions())
	for _, value := range given {
		for one := range strings.SplitSeq(value, ",") {
			name := strings.ToUpper(strings.TrimSpace(one))
			if name == "" {
				continue // as after a comma at the end
			}
			if !slices.Contains(known, name) {
				hint := "; `ax roles list --columns name,permissions` shows many"
				if near := command.Nearest(name, known); near != "" {
					hint = ". Did you mean '" + near + "'?"
				}
				return nil, command.Usagef("Invalid value for '--permissions': %q is not a permission%s", one, hint)
			}
			all = append(all, wire.PermissionInput(name))
		}
	}
	if len(given) > 0 && len(all) == 0 {
		return nil, command.Usagef("Invalid value for '--permissions': must not be empty")
	}
	return all, nil
}

func newUpdate(e *command.Env) *cobra.Command {
	var description string
	var given []string
	var output command.OutputFlags
	c := &cobra.Command{
		Use:     "update <role>",
		Short:   "Change a role, for all who hold it",
		Example: `  ax roles update Auditor --permissions USER_READ,ROLE_READ,ORGANIZATION_READ`,
		Args:    command.OneArgument(which),
		RunE: func(c *cobra.Command, args []string) error {
			body, err := change(c, description, given)
			if err != nil {
				return err
			}
			deed := command.Deed{Verb: "update", Doing: "Updating", Done: "updated", What: "role"}
			return command.Change(c.Context(), e, output, view(), deed, func(ctx context.Context, c *client.Client) (r wire.Role, err error) {
				id, err := c.RoleID(ctx, args[0])
				if err == nil {
					r, err = c.UpdateRole(ctx, id, body)
				}
				return r, err
			})
		},
	}
	e.FindsArgument(c, references)
	c.Flags().StringP("name", "n", "", "new name (1-255 characters)")
	c.Flags().StringVar(&description, "description", "", "new description; an empty one takes it away")
	permissionFlag(c, &given)
	command.AddOutput(c, &output, view)
	return c
}

func change(c *cobra.Command, description string, given []string) (body wire.UpdateRoleRequest, err error) {
	if body.Name, err = command.NewName(c); err != nil {
		return body, err
	}
	if c.Flags().Changed("description") {
		if body.Description = wire.Some(description); description == "" {
			body.Description = wire.Null[string]()
		}
	}
	if body.Permissions, err = permissionsFrom(given); err != nil {
		return body, err
	}
	if body.Name == nil && !body.Description.Set && body.Permissions == nil {
		err = command.Usagef("At least one of --name, --description or --permissions must be provided.")
	}
	return body, err
}

func newDelete(e *command.Env) *cobra.Command {
	r := command.Removal{Deed: command.Deed{Verb: "delete", Doing: "Deleting", Done: "deleted", What: "role"}}
	c := &cobra.Command{
		Use:     "delete <role>",
		Short:   "Delete a role that nobody holds",
		Example: "  ax roles delete Auditor --force",
		Args:    command.OneArgument(which),
		RunE: func(c *cobra.Command, args []string) error {
			r.Find = func(ctx context.Context, c *client.Client) (string, string, error) {
				role, err := byReference(ctx, c, args[0])
				return role.ID, "This will permanently delete the role " + role.Name, err
			}
			r.Do = func(ctx context.Context, c *client.Client, id string) error { return c.DeleteRole(ctx, id) }
			return r.Run(c.Context(), e)
		},
	}
	e.FindsArgument(c, references)
	r.ForceFlag(c)
	return c
}
