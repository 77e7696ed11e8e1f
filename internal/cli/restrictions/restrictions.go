// Package restrictions has the commands of `ax resource-restrictions`.
package restrictions

import (
	"context"
	"iter"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
	"ax/internal/client"
	"ax/internal/wire"
)

// New returns the group.
func New(e *command.Env) *cobra.Command {
	c := &cobra.Command{
		Use:     "resource-restrictions",
		Short:   "Restrict projects, dashboards and prompts",
		Example: "  ax resource-restrictions list --resource-type project",
	}
	c.AddCommand(newList(e), newRestrict(e), newUnrestrict(e))
	return c
}

func resourceTypes() []string {
	return []string{string(wire.RestrictedResourceTypeProject), string(wire.RestrictedResourceTypeDashboard), string(wire.RestrictedResourceTypePrompt)}
}

func view() command.View[wire.ResourceRestriction] {
	return command.View[wire.ResourceRestriction]{
		Title: "Resource Restriction Details", Key: "resource_restrictions",
		Columns: []term.Column[wire.ResourceRestriction]{
			{Name: "resource_type", Cell: func(r wire.ResourceRestriction) string { return string(r.ResourceType) }},
			{Name: "resource_id", Cell: func(r wire.ResourceRestriction) string { return r.ResourceID }, ID: true},
			command.Time("created_at", 1, func(r wire.ResourceRestriction) string { return r.CreatedAt }),
		},
	}
}

func newList(e *command.Env) *cobra.Command {
	var f client.ResourceRestrictionFilter
	var kind string
	var pages command.PageFlags
	var output command.OutputFlags
	c := &cobra.Command{
		Use:     "list",
		Short:   "List the restrictions that you can see",
		Example: "  ax resource-restrictions list --resource-type project",
		Args:    command.NoArguments,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if err := command.NotEmpty(c, "resource-type"); err != nil {
				return err
			}
			if kind != "" {
				if f.ResourceType, err = command.OneOf("--resource-type", kind, resourceTypes()); err != nil {
					return err
				}
			}
			f.Limit, f.Cursor = pages.Limit, pages.Cursor
			return command.Listing[wire.ResourceRestriction]{
				Plural: "resource restrictions", View: view(),
				Page: func(ctx context.Context, c *client.Client) ([]wire.ResourceRestriction, wire.Pagination, error) {
					l, err := c.ListResourceRestrictions(ctx, f)
					return l.ResourceRestrictions, l.Pagination, err
				},
				All: func(ctx context.Context, c *client.Client) iter.Seq2[wire.ResourceRestriction, error] {
					return c.AllResourceRestrictions(ctx, f)
				},
			}.Run(c.Context(), e, pages, output)
		},
	}
	pages.Add(c)
	c.Flags().StringVarP(&kind, "resource-type", "t", "", "only of this type: project, dashboard or prompt")
	command.TakesOneOf(c.Flags(), "resource-type", command.Typed(resourceTypes()))
	command.AddOutput(c, &output, view)
	return c
}

func newRestrict(e *command.Env) *cobra.Command {
	var in wire.CreateResourceRestrictionRequest
	var output command.OutputFlags
	c := &cobra.Command{
		Use:     "restrict",
		Short:   "Let in only whom a role on it is bound to, and admins",
		Example: "  ax resource-restrictions restrict --resource-id TW9kZWw6MTIxOmFCY0Q=",
		Args:    command.NoArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := command.Required(c, "resource-id"); err != nil {
				return err
			}
			deed := command.Deed{Verb: "restrict", Doing: "Restricting", Done: "restricted", What: "resource"}
			return command.Change(c.Context(), e, output, view(), deed, func(ctx context.Context, c *client.Client) (wire.ResourceRestriction, error) {
				return c.CreateResourceRestriction(ctx, in)
			})
		},
	}
	c.Flags().StringVar(&in.ResourceID, "resource-id", "", "id of a project, a dashboard or a prompt (required)")
	command.AddOutput(c, &output, view)
	return c
}

func newUnrestrict(e *command.Env) *cobra.Command {
	r := command.Removal{Deed: command.Deed{Verb: "unrestrict", Doing: "Unrestricting", Done: "unrestricted", What: "resource"}}
	var id string
	c := &cobra.Command{
		Use:     "unrestrict",
		Short:   "Let a resource inherit again",
		Example: "  ax resource-restrictions unrestrict --resource-id TW9kZWw6MTIxOmFCY0Q= --force",
		Args:    command.NoArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := command.Required(c, "resource-id"); err != nil {
				return err
			}
			r.Find = func(context.Context, *client.Client) (string, string, error) {
				return id, "This will open " + id + " to all whose roles around it allow it", nil
			}
			r.Do = func(ctx context.Context, c *client.Client, id string) error {
				return c.DeleteResourceRestriction(ctx, id)
			}
			return r.Run(c.Context(), e)
		},
	}
	c.Flags().StringVar(&id, "resource-id", "", "id of the resource (required)")
	r.ForceFlag(c)
	return c
}
