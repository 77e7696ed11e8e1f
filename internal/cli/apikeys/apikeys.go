// Package apikeys has the commands of `ax api-keys`.
package apikeys

import (
	"context"
	"iter"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
	"ax/internal/client"
	"ax/internal/wire"
)

const which = "the id of an API key"

// New returns the group.
func New(e *command.Env) *cobra.Command {
	c := &cobra.Command{
		Use:   "api-keys",
		Short: "Create, list, refresh and revoke API keys",
		Example: `  ax api-keys list
  ax api-keys create --name laptop`,
	}
	c.AddCommand(newList(e), newCreate(e), newCreateServiceKey(e), newRefresh(e), newRevoke(e))
	return c
}

func keyTypes() []string { return []string{string(wire.KeyTypeUser), string(wire.KeyTypeService)} }

func statuses() []string {
	return []string{string(wire.KeyStatusActive), string(wire.KeyStatusRevoked)}
}

func view() command.View[wire.APIKey] {
	return command.View[wire.APIKey]{
		Title: "API Key Details", Key: "api_keys",
		Columns: []term.Column[wire.APIKey]{
			{Name: "id", Cell: func(k wire.APIKey) string { return k.ID }, ID: true},
			{Name: "name", Cell: func(k wire.APIKey) string { return k.Name }, Lead: true},
			{Name: "description", Cell: func(k wire.APIKey) string { return k.Description }, Optional: true, Drop: 1},
			{Name: "key_type", Cell: func(k wire.APIKey) string { return string(k.KeyType) }, Drop: 6},
			{Name: "status", Cell: func(k wire.APIKey) string { return string(k.Status) }, Style: statusStyle},
			{Name: "redacted_key", Cell: func(k wire.APIKey) string { return k.RedactedKey }},
			command.Time("created_at", 3, func(k wire.APIKey) string { return k.CreatedAt }),
			command.Time("expires_at", 5, func(k wire.APIKey) string { return k.ExpiresAt }),
			{Name: "created_by_user_id", Cell: func(k wire.APIKey) string { return k.CreatedByUserID }, Drop: 2},
			command.Time("last_used_at", 4, func(k wire.APIKey) string { return k.LastUsedAt }),
			{Name: "bot_user_id", Optional: true, Drop: 2, Cell: func(k wire.APIKey) string {
				if k.BotUser == nil {
					return ""
				}
				return k.BotUser.ID
			}},
		},
	}
}

func statusStyle(cell string) term.Style {
	if cell == string(wire.KeyStatusActive) {
		return term.Green
	}
	return term.Plain
}

func newList(e *command.Env) *cobra.Command {
	var f client.APIKeyFilter
	var kind, status, space, user string
	var pages command.PageFlags
	var output command.OutputFlags
	c := &cobra.Command{
		Use:   "list",
		Short: "List your API keys, or the service keys of a space",
		Example: `  ax api-keys list
  ax api-keys list --status revoked
  ax api-keys list --space-id Production`,
		Args: command.NoArguments,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if err := command.NotEmpty(c, "key-type", "status", "space-id", "user-id"); err != nil {
				return err
			}
			if kind != "" {
				if f.Type, err = command.OneOf("--key-type", kind, keyTypes()); err != nil {
					return err
				}
			}
			if status != "" {
				if f.Status, err = command.OneOf("--status", status, statuses()); err != nil {
					return err
				}
			}
			f.Limit, f.Cursor = pages.Limit, pages.Cursor
			return command.Listing[wire.APIKey]{
				Plural: "API keys", View: view(),
				Find: func(ctx context.Context, c *client.Client) (err error) {
					if f.UserID, err = c.UserID(ctx, user); err == nil && space != "" {
						f.SpaceID, err = c.SpaceID(ctx, "", space)
					}
					return err
				},
				Page: func(ctx context.Context, c *client.Client) ([]wire.APIKey, wire.Pagination, error) {
					l, err := c.ListAPIKeys(ctx, f)
					return l.APIKeys, l.Pagination, err
				},
				All: func(ctx context.Context, c *client.Client) iter.Seq2[wire.APIKey, error] {
					return c.AllAPIKeys(ctx, f)
				},
			}.Run(c.Context(), e, pages, output)
		},
	}
	pages.Add(c)
	flags := c.Flags()
	flags.StringVar(&kind, "key-type", "", "only of this type: user or service")
	command.TakesOneOf(flags, "key-type", command.Typed(keyTypes()))
	flags.StringVar(&status, "status", "", "active, which is the default, or revoked")
	command.TakesOneOf(flags, "status", command.Typed(statuses()))
	flags.StringVar(&space, "space-id", "", "the service keys of this space, by name or id")
	flags.StringVar(&user, "user-id", "", "the keys of this user, by id or email; with --space-id, those they made")
	command.AddOutput(c, &output, view)
	return c
}

func newRevoke(e *command.Env) *cobra.Command {
	r := command.Removal{Deed: command.Deed{Verb: "revoke", Doing: "Revoking", Done: "revoked", What: "API key"}}
	c := &cobra.Command{
		Use:     "revoke <key-id>",
		Short:   "Revoke an API key, at once and for good",
		Example: "  ax api-keys revoke QXBpS2V5OmFiY2RlZmdoMTIzNDU2Nzg= --force",
		Args:    command.OneArgument(which),
		RunE: func(c *cobra.Command, args []string) error {
			r.Find = func(context.Context, *client.Client) (string, string, error) {
				return args[0], "This will permanently revoke the API key " + args[0] + "; whatever uses it stops working at once", nil
			}
			r.Do = func(ctx context.Context, c *client.Client, id string) error { return c.RevokeAPIKey(ctx, id) }
			return r.Run(c.Context(), e)
		},
	}
	r.ForceFlag(c)
	return c
}
