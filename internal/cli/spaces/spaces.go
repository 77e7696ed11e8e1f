// Package spaces has the commands of `ax spaces`.
package spaces

import (
	"context"
	"iter"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
	"ax/internal/client"
	"ax/internal/wire"
)

const which = "the name or id of a space"

// New returns the group.
func New(e *command.Env) *cobra.Command {
	c := &cobra.Command{
		Use:   "spaces",
		Short: "Manage spaces and their members",
		Example: `  ax spaces list --organization-id Research
  ax spaces get Production`,
	}
	c.AddCommand(newList(e), newGet(e), newCreate(e), newUpdate(e), newDelete(e), members().NewAdd(e), members().NewRemove(e))
	return c
}

func view() command.View[wire.Space] {
	return command.View[wire.Space]{
		Title: "Space Details", Key: "spaces",
		Columns: []term.Column[wire.Space]{
			{Name: "id", Cell: func(s wire.Space) string { return s.ID }, ID: true},
			{Name: "organization_id", Cell: func(s wire.Space) string { return s.OrganizationID }, Drop: 1},
			{Name: "name", Cell: func(s wire.Space) string { return s.Name }, Lead: true},
			{Name: "description", Cell: func(s wire.Space) string { return s.Description }, Optional: true, Drop: 2},
			command.Time("created_at", 3, func(s wire.Space) string { return s.CreatedAt }),
			command.Bool("is_private", 4, func(s wire.Space) bool { return s.IsPrivate }),
		},
	}
}

func newList(e *command.Env) *cobra.Command {
	var f client.SpaceFilter
	var organization string
	var pages command.PageFlags
	var output command.OutputFlags
	c := &cobra.Command{
		Use:     "list",
		Short:   "List the spaces that you can see",
		Example: "  ax spaces list\n  ax spaces list --organization-id Research --name prod",
		Args:    command.NoArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := command.NotEmpty(c, "organization-id"); err != nil {
				return err
			}
			f.Limit, f.Cursor = pages.Limit, pages.Cursor
			return command.Listing[wire.Space]{
				Plural: "spaces", View: view(),
				Find: func(ctx context.Context, c *client.Client) (err error) {
					f.OrganizationID, err = organizationID(ctx, c, organization)
					return err
				},
				Page: func(ctx context.Context, c *client.Client) ([]wire.Space, wire.Pagination, error) {
					l, err := c.ListSpaces(ctx, f)
					return l.Spaces, l.Pagination, err
				},
				All: func(ctx context.Context, c *client.Client) iter.Seq2[wire.Space, error] {
					return c.AllSpaces(ctx, f)
				},
			}.Run(c.Context(), e, pages, output)
		},
	}
	pages.Add(c)
	c.Flags().StringVar(&organization, "organization-id", "", "only those of this organization, by name or id")
	c.Flags().StringVarP(&f.Name, "name", "n", "", "filter by name (case-insensitive substring match)")
	command.AddOutput(c, &output, view)
	return c
}

func organizationID(ctx context.Context, c *client.Client, ref string) (string, error) {
	if ref == "" {
		return "", nil
	}
	return c.OrganizationID(ctx, ref)
}

func newGet(e *command.Env) *cobra.Command {
	var output command.OutputFlags
	c := &cobra.Command{
		Use:     "get <space>",
		Short:   "Get a space by name or ID",
		Example: "  ax spaces get Production",
		Args:    command.OneArgument(which),
		RunE: func(c *cobra.Command, args []string) error {
			return command.Get(c.Context(), e, output, view(), "space", func(ctx context.Context, c *client.Client) (wire.Space, error) {
				return byReference(ctx, c, args[0])
			})
		},
	}
	e.FindsArgument(c, references)
	command.AddOutput(c, &output, view)
	return c
}

func byReference(ctx context.Context, c *client.Client, ref string) (wire.Space, error) {
	if client.WellFormedID(ref) {
		return c.GetSpace(ctx, ref)
	}
	return c.SpaceByName(ctx, "", ref)
}

// references complete a name.
func references(ctx context.Context, c *client.Client, begun string) (found []command.Candidate, err error) {
	page, err := c.ListSpaces(ctx, client.SpaceFilter{Name: begun, Limit: 100})
	for _, s := range page.Spaces {
		found = append(found, command.Candidate{Word: s.Name, About: s.Description})
	}
	return found, err
}

func newCreate(e *command.Env) *cobra.Command {
	var in wire.CreateSpaceRequest
	var private bool
	var output command.OutputFlags
	c := &cobra.Command{
		Use:     "create",
		Short:   "Create a space in an organization",
		Example: `  ax spaces create --name Staging --organization-id Research --private`,
		Args:    command.NoArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := command.Required(c, "name", "organization-id"); err != nil {
				return err
			}
			if private {
				in.IsPrivate = &private
			}
			deed := command.Deed{Verb: "create", Doing: "Creating", Done: "created", What: "space"}
			return command.Change(c.Context(), e, output, view(), deed, func(ctx context.Context, c *client.Client) (s wire.Space, err error) {
				if in.OrganizationID, err = c.OrganizationID(ctx, in.OrganizationID); err != nil {
					return s, err
				}
				return c.CreateSpace(ctx, in)
			})
		},
	}
	c.Flags().StringVarP(&in.Name, "name", "n", "", "name of the space (required; unique in the organization, 1-255 characters)")
	c.Flags().StringVar(&in.OrganizationID, "organization-id", "", "name or id of the organization (required)")
	c.Flags().StringVar(&in.Description, "description", "", "description (up to 1000 characters)")
	c.Flags().BoolVar(&private, "private", false, "show the space to its members and to administrators only")
	command.AddOutput(c, &output, view)
	return c
}

func newUpdate(e *command.Env) *cobra.Command {
	var description string
	var private, public bool
	var output command.OutputFlags
	c := &cobra.Command{
		Use:     "update <space>",
		Short:   "Change a space's name, description or privacy",
		Example: `  ax spaces update Production --description "What customers see"`,
		Args:    command.OneArgument(which),
		RunE: func(c *cobra.Command, args []string) error {
			body, err := change(c, description)
			if err != nil {
				return err
			}
			deed := command.Deed{Verb: "update", Doing: "Updating", Done: "updated", What: "space"}
			return command.Change(c.Context(), e, output, view(), deed, func(ctx context.Context, c *client.Client) (s wire.Space, err error) {
				id, err := c.SpaceID(ctx, "", args[0])
				if err == nil {
					s, err = c.UpdateSpace(ctx, id, body)
				}
				return s, err
			})
		},
	}
	e.FindsArgument(c, references)
	c.Flags().StringP("name", "n", "", "new name (1-255 characters)")
	c.Flags().StringVar(&description, "description", "", "new description; an empty one takes it away")
	c.Flags().BoolVar(&private, "private", false, "show the space to its members and to administrators only")
	c.Flags().BoolVar(&public, "public", false, "show the space to every member of the organization")
	command.AddOutput(c, &output, view)
	return c
}

func change(c *cobra.Command, description string) (body wire.UpdateSpaceRequest, err error) {
	given := c.Flags().Changed
	if body.Name, err = command.NewName(c); err != nil {
		return body, err
	}
	if given("description") {
		if body.Description = wire.Some(description); description == "" {
			body.Description = wire.Null[string]()
		}
	}
	if given("private") && given("public") {
		return body, command.Usagef("--private and --public exclude each other")
	}
	if given("private") || given("public") {
		private := given("private")
		body.IsPrivate = &private
	}
	if body.Name == nil && !body.Description.Set && body.IsPrivate == nil {
		err = command.Usagef("At least one of --name, --description, --private or --public must be provided.")
	}
	return body, err
}

func newDelete(e *command.Env) *cobra.Command {
	r := command.Removal{Deed: command.Deed{Verb: "delete", Doing: "Deleting", Done: "deleted", What: "space"}}
	c := &cobra.Command{
		Use:     "delete <space>",
		Short:   "Delete a space, for good, with everything in it",
		Example: "  ax spaces delete Sandbox --force",
		Args:    command.OneArgument(which),
		RunE: func(c *cobra.Command, args []string) error {
			r.Find = func(ctx context.Context, c *client.Client) (string, string, error) {
				s, err := byReference(ctx, c, args[0])
				return s.ID, "This will permanently delete the space " + s.Name + " with everything in it", err
			}
			r.Do = func(ctx context.Context, c *client.Client, id string) error { return c.DeleteSpace(ctx, id) }
			return r.Run(c.Context(), e)
		},
	}
	e.FindsArgument(c, references)
	r.ForceFlag(c)
	return c
}
