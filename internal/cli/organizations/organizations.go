// Package organizations has the commands of `ax organizations`.
package organizations

import (
	"context"
	"iter"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
	"ax/internal/client"
	"ax/internal/wire"
)

const which = "the name or id of an organization"

// New returns the group.
func New(e *command.Env) *cobra.Command {
	c := &cobra.Command{
		Use:   "organizations",
		Short: "Manage organizations and their members",
		Example: `  ax organizations list
  ax organizations get Research`,
	}
	c.AddCommand(newList(e), newGet(e), newCreate(e), newUpdate(e), newDelete(e), members().NewAdd(e), members().NewRemove(e))
	return c
}

func view() command.View[wire.Organization] {
	return command.View[wire.Organization]{
		Title: "Organization Details", Key: "organizations",
		Columns: []term.Column[wire.Organization]{
			{Name: "id", Cell: func(o wire.Organization) string { return o.ID }, ID: true},
			{Name: "name", Cell: func(o wire.Organization) string { return o.Name }, Lead: true},
			{Name: "description", Cell: func(o wire.Organization) string { return o.Description }, Optional: true, Drop: 1},
			command.Time("created_at", 2, func(o wire.Organization) string { return o.CreatedAt }),
		},
	}
}

func newList(e *command.Env) *cobra.Command {
	var f client.OrganizationFilter
	var pages command.PageFlags
	var output command.OutputFlags
	c := &cobra.Command{
		Use:     "list",
		Short:   "List the organizations that you can reach",
		Example: "  ax organizations list\n  ax organizations list --name research",
		Args:    command.NoArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			f.Limit, f.Cursor = pages.Limit, pages.Cursor
			return command.Listing[wire.Organization]{
				Plural: "organizations", View: view(),
				Page: func(ctx context.Context, c *client.Client) ([]wire.Organization, wire.Pagination, error) {
					l, err := c.ListOrganizations(ctx, f)
					return l.Organizations, l.Pagination, err
				},
				All: func(ctx context.Context, c *client.Client) iter.Seq2[wire.Organization, error] {
					return c.AllOrganizations(ctx, f)
				},
			}.Run(c.Context(), e, pages, output)
		},
	}
	pages.Add(c)
	c.Flags().StringVarP(&f.Name, "name", "n", "", "filter by name (case-insensitive substring match)")
	command.AddOutput(c, &output, view)
	return c
}

func newGet(e *command.Env) *cobra.Command {
	var output command.OutputFlags
	c := &cobra.Command{
		Use:     "get <organization>",
		Short:   "Get an organization by name or ID",
		Example: "  ax organizations get Research",
		Args:    command.OneArgument(which),
		RunE: func(c *cobra.Command, args []string) error {
			return command.Get(c.Context(), e, output, view(), "organization", func(ctx context.Context, c *client.Client) (wire.Organization, error) {
				return byReference(ctx, c, args[0])
			})
		},
	}
	e.FindsArgument(c, references)
	command.AddOutput(c, &output, view)
	return c
}

func byReference(ctx context.Context, c *client.Client, ref string) (wire.Organization, error) {
	if client.WellFormedID(ref) {
		return c.GetOrganization(ctx, ref)
	}
	return c.OrganizationByName(ctx, ref)
}

// references complete a name.
func references(ctx context.Context, c *client.Client, begun string) (found []command.Candidate, err error) {
	page, err := c.ListOrganizations(ctx, client.OrganizationFilter{Name: begun, Limit: 100})
	for _, o := range page.Organizations {
		found = append(found, command.Candidate{Word: o.Name, About: o.Description})
	}
	return found, err
}

func newCreate(e *command.Env) *cobra.Command {
	var in wire.CreateOrganizationRequest
	var output command.OutputFlags
	c := &cobra.Command{
		Use:     "create",
		Short:   "Create an organization",
		Example: `  ax organizations create --name Partners --description "Whom we work with"`,
		Args:    command.NoArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := command.Required(c, "name"); err != nil {
				return err
			}
			deed := command.Deed{Verb: "create", Doing: "Creating", Done: "created", What: "organization"}
			return command.Change(c.Context(), e, output, view(), deed, func(ctx context.Context, c *client.Client) (wire.Organization, error) {
				return c.CreateOrganization(ctx, in)
			})
		},
	}
	c.Flags().StringVarP(&in.Name, "name", "n", "", "name of the organization (required; unique, 1-255 characters)")
	c.Flags().StringVar(&in.Description, "description", "", "description (up to 1000 characters)")
	command.AddOutput(c, &output, view)
	return c
}

func newUpdate(e *command.Env) *cobra.Command {
	var description string
	var output command.OutputFlags
	c := &cobra.Command{
		Use:   "update <organization>",
		Short: "Change an organization's name or description",
		Example: `  ax organizations update Research --description "All that is new"
  ax organizations update Research --description ""`,
		Args: command.OneArgument(which),
		RunE: func(c *cobra.Command, args []string) error {
			body, err := change(c, description)
			if err != nil {
				return err
			}
			deed := command.Deed{Verb: "update", Doing: "Updating", Done: "updated", What: "organization"}
			return command.Change(c.Context(), e, output, view(), deed, func(ctx context.Context, c *client.Client) (o wire.Organization, err error) {
				id, err := c.OrganizationID(ctx, args[0])
				if err == nil {
					o, err = c.UpdateOrganization(ctx, id, body)
				}
				return o, err
			})
		},
	}
	e.FindsArgument(c, references)
	c.Flags().StringP("name", "n", "", "new name (1-255 characters)")
	c.Flags().StringVar(&description, "description", "", "new description; an empty one takes it away")
	command.AddOutput(c, &output, view)
	return c
}

func change(c *cobra.Command, description string) (body wire.UpdateOrganizationRequest, err error) {
	if body.Name, err = command.NewName(c); err != nil {
		return body, err
	}
	if c.Flags().Changed("description") {
		if body.Description = wire.Some(description); description == "" {
			body.Description = wire.Null[string]()
		}
	}
	if body.Name == nil && !body.Description.Set {
		err = command.Usagef("At least one of --name or --description must be provided.")
	}
	return body, err
}

func newDelete(e *command.Env) *cobra.Command {
	r := command.Removal{Deed: command.Deed{Verb: "delete", Doing: "Deleting", Done: "deleted", What: "organization"}}
	c := &cobra.Command{
		Use:   "delete <organization>",
		Short: "Delete an organization, for good, with everything in it",
		Long: `Delete an organization, for good, with everything in it: its spaces, their
members and role bindings, and the service keys that are in no other.`,
		Example: "  ax organizations delete Archive --force",
		Args:    command.OneArgument(which),
		RunE: func(c *cobra.Command, args []string) error {
			r.Find = func(ctx context.Context, c *client.Client) (string, string, error) {
				o, err := byReference(ctx, c, args[0])
				return o.ID, "This will permanently delete the organization " + o.Name + " with all its spaces", err
			}
			r.Do = func(ctx context.Context, c *client.Client, id string) error { return c.DeleteOrganization(ctx, id) }
			return r.Run(c.Context(), e)
		},
	}
	e.FindsArgument(c, references)
	r.ForceFlag(c)
	return c
}
