package apikeys

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
	"ax/internal/client"
	"ax/internal/wire"
)

// createdView shows a new key with its secret, which is shown this once.
func createdView() command.View[wire.CreatedAPIKey] {
	return command.View[wire.CreatedAPIKey]{
		Title: "API Key Details", Key: "api_keys",
		Columns: append(term.Of(view().Columns, asKey), term.Column[wire.CreatedAPIKey]{
			Name: "key", Secret: true, Cell: func(k wire.CreatedAPIKey) string { return k.Key },
		}),
	}
}

func asKey(k wire.CreatedAPIKey) wire.APIKey {
	return wire.APIKey{
		ID: k.ID, Name: k.Name, Description: k.Description, KeyType: k.KeyType, Status: k.Status, RedactedKey: k.RedactedKey,
		CreatedAt: k.CreatedAt, ExpiresAt: k.ExpiresAt, CreatedByUserID: k.CreatedByUserID, LastUsedAt: k.LastUsedAt, BotUser: k.BotUser,
	}
}

// A creation is what both kinds of keys are made with.
type creation struct {
	what    string // "API key"
	body    wire.CreateAPIKeyRequest
	expires string
	env     envFile
	output  command.OutputFlags
}

func (in *creation) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVarP(&in.body.Name, "name", "n", "", "name of the key (required; up to 256 characters)")
	f.StringVar(&in.body.Description, "description", "", "description (up to 1000 characters)")
	f.StringVar(&in.expires, "expires-at", "", "when it expires, like 2027-12-31T23:59:59 in UTC; never unless given")
	in.env.flag(c)
	command.AddOutput(c, &in.output, createdView)
}

func (in *creation) run(c *cobra.Command, e *command.Env, finish func(context.Context, *client.Client) error) error {
	var err error
	if in.body.ExpiresAt, err = expiry(c, in.expires); err != nil {
		return err
	}
	if err := in.env.check(c); err != nil {
		return err
	}
	deed := command.Deed{Verb: "create", Doing: "Creating", Done: "created", What: in.what}
	err = command.Change(c.Context(), e, in.output, createdView(), deed, func(ctx context.Context, c *client.Client) (k wire.CreatedAPIKey, err error) {
		if err := finish(ctx, c); err != nil {
			return k, err
		}
		if k, err = c.CreateAPIKey(ctx, in.body); err != nil {
			return k, err
		}
		in.env.keep(e, &k)
		return k, nil
	})
	return in.env.remind(e, err)
}

// expiry is --expires-at as the API reads it, nil unless it is given.
func expiry(c *cobra.Command, given string) (*string, error) {
	if !c.Flags().Changed("expires-at") {
		return nil, nil //nolint:nilnil // the key never expires then
	}
	at, err := command.Moment("--expires-at", given)
	text := at.UTC().Format("2006-01-02T15:04:05.999999Z")
	return &text, err
}

func newCreate(e *command.Env) *cobra.Command {
	in := creation{what: "API key", body: wire.CreateAPIKeyRequest{KeyType: wire.KeyTypeUser}}
	c := &cobra.Command{
		Use:   "create",
		Short: "Create an API key of your own",
		Long: `Create an API key of your own. It does what you may do, as of each request. The
key itself is shown once.`,
		Example: `  ax api-keys create --name laptop
  ax api-keys create --name ci --expires-at 2099-12-31T23:59:59 --env-file .env`,
		Args: command.NoArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := command.Required(c, "name"); err != nil {
				return err
			}
			return in.run(c, e, func(context.Context, *client.Client) error { return nil })
		},
	}
	in.flags(c)
	return c
}

// accountRoles are what a server may allow. Ours allows the first two.
func accountRoles() []string { return []string{"ADMIN", "MEMBER", "MEMBER_UI_ONLY", "ANNOTATOR"} }

func newCreateServiceKey(e *command.Env) *cobra.Command {
	in := creation{what: "service API key", body: wire.CreateAPIKeyRequest{KeyType: wire.KeyTypeService}}
	var assignments, role string
	c := &cobra.Command{
		Use:   "create-service-key",
		Short: "Create an API key that acts as a bot of its own",
		Long: `Create an API key that acts as a bot of its own, with roles in the organizations
and spaces that --assignments names: a JSON array, or a file that holds one.
Roles that are left out are READ_ONLY in an organization and MEMBER in a space.`,
		Example: `  ax api-keys create-service-key --name ci \
    -a '[{"org_id": "Research", "spaces": [{"space": "Production"}]}]'`,
		Args: command.NoArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := command.Required(c, "name", "assignments"); err != nil {
				return err
			}
			places, err := readAssignments(assignments)
			if err != nil {
				return err
			}
			if c.Flags().Changed("account-role") {
				name, err := command.OneOf("--account-role", role, accountRoles())
				if err != nil {
					return err
				}
				in.body.AccountRole = &wire.RoleAssignment{Type: wire.RoleTypePredefined, Name: name}
			}
			return in.run(c, e, func(ctx context.Context, c *client.Client) error {
				in.body.Organizations, err = resolve(ctx, c, places)
				return err
			})
		},
	}
	in.flags(c)
	c.Flags().StringVarP(&assignments, "assignments", "a", "", "what the bot belongs to: a JSON array, or a .json file (required)")
	c.Flags().StringVar(&role, "account-role", "", "role of the bot in the account: admin, member, member_ui_only or annotator")
	command.TakesOneOf(c.Flags(), "account-role", command.Typed(accountRoles()))
	return c
}

// An assignment is one organization of --assignments; a role is a name or an
// object, as the API has it.
type assignment struct {
	OrgID  string          `json:"org_id"`
	Role   json.RawMessage `json:"role"`
	Spaces []struct {
		Space   string          `json:"space"`
		SpaceID string          `json:"space_id"`
		Role    json.RawMessage `json:"role"`
	} `json:"spaces"`
}

func readAssignments(value string) (all []assignment, err error) {
	text := []byte(value)
	if !strings.HasPrefix(strings.TrimSpace(value), "[") {
		if text, err = os.ReadFile(value); err != nil {
			return nil, command.Usagef("Invalid value for '--assignments': neither a JSON array nor a file that can be read: %v", err)
		}
	}
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.DisallowUnknownFields()
	if err := d.Decode(&all); err != nil {
		return nil, command.Usagef("Invalid value for '--assignments': %v", err)
	}
	if d.More() {
		return nil, command.Usagef("Invalid value for '--assignments': there is more behind the array")
	}
	if len(all) == 0 {
		return nil, command.Usagef("Invalid value for '--assignments': at least one organization is needed")
	}
	for i, o := range all {
		if o.OrgID == "" || len(o.Spaces) == 0 {
			return nil, command.Usagef("Invalid value for '--assignments': entry %d needs org_id and at least one of spaces", i+1)
		}
		for _, s := range o.Spaces {
			if (s.Space == "") == (s.SpaceID == "") {
				return nil, command.Usagef("Invalid value for '--assignments': each of the spaces of entry %d needs space, a name or an id", i+1)
			}
		}
	}
	return all, nil
}

// resolve finds the ids of what is named.
func resolve(ctx context.Context, c *client.Client, places []assignment) (all []wire.BotOrganizationInput, err error) {
	for _, p := range places {
		o := wire.BotOrganizationInput{}
		if o.OrgID, err = c.OrganizationID(ctx, p.OrgID); err != nil {
			return nil, err
		}
		if o.Role, err = roleOf(ctx, c, p.Role); err != nil {
			return nil, err
		}
		for _, s := range p.Spaces {
			in := wire.BotSpaceInput{SpaceID: s.SpaceID}
			if s.Space != "" {
				if in.SpaceID, err = c.SpaceID(ctx, o.OrgID, s.Space); err != nil {
					return nil, err
				}
			}
			if in.Role, err = roleOf(ctx, c, s.Role); err != nil {
				return nil, err
			}
			o.Spaces = append(o.Spaces, in)
		}
		all = append(all, o)
	}
	return all, nil
}

func roleOf(ctx context.Context, c *client.Client, text json.RawMessage) (*wire.RoleAssignment, error) {
	if len(text) == 0 || string(text) == "null" {
		return nil, nil //nolint:nilnil // the server chooses then
	}
	var name string
	if json.Unmarshal(text, &name) == nil {
		r, err := command.RoleFlag(ctx, c, "--assignments", name, command.MemberRoles())
		return &r, err
	}
	var r wire.RoleAssignment
	if err := json.Unmarshal(text, &r); err != nil || r.Type != wire.RoleTypePredefined && r.Type != wire.RoleTypeCustom {
		return nil, command.Usagef(`Invalid value for '--assignments': a role is a name or like {"type": "CUSTOM", "id": "…"}, not %s`, text)
	}
	return &r, nil
}

const longestGrace = 86400 // seconds: a day

func newRefresh(e *command.Env) *cobra.Command {
	var in wire.RefreshAPIKeyRequest
	var expires string
	var env envFile
	var output command.OutputFlags
	c := &cobra.Command{
		Use:   "refresh <key-id>",
		Short: "Put a new key in the place of one",
		Long: `Put a new key in the place of one, with the same name and rights. The old one
ends at once, or after the grace period. The new key is shown once.`,
		Example: `  ax api-keys refresh QXBpS2V5OmFiY2RlZmdoMTIzNDU2Nzg= \
    --grace-period-seconds 3600`,
		Args: command.OneArgument(which),
		RunE: func(c *cobra.Command, args []string) error {
			if in.GracePeriodSeconds < 0 || in.GracePeriodSeconds > longestGrace {
				return command.Usagef("Invalid value for '--grace-period-seconds': %d is not in the range 0 to %d", in.GracePeriodSeconds, longestGrace)
			}
			var err error
			if in.ExpiresAt, err = expiry(c, expires); err != nil {
				return err
			}
			if err := env.check(c); err != nil {
				return err
			}
			deed := command.Deed{Verb: "refresh", Doing: "Refreshing", Done: "refreshed", What: "API key"}
			err = command.Change(c.Context(), e, output, createdView(), deed, func(ctx context.Context, c *client.Client) (wire.CreatedAPIKey, error) {
				refreshed, err := c.RefreshAPIKey(ctx, args[0], in)
				k := created(refreshed)
				if err == nil {
					env.keep(e, &k)
				}
				return k, err
			})
			return env.remind(e, err)
		},
	}
	c.Flags().StringVar(&expires, "expires-at", "", "when the new key expires; needed when the old one does, and not later than it")
	c.Flags().IntVar(&in.GracePeriodSeconds, "grace-period-seconds", 0, "how long the old key is still good (0-86400)")
	env.flag(c)
	command.AddOutput(c, &output, createdView)
	return c
}

func created(k wire.RefreshedAPIKey) wire.CreatedAPIKey {
	return wire.CreatedAPIKey{
		ID: k.ID, Name: k.Name, Description: k.Description, KeyType: k.KeyType, Status: k.Status, RedactedKey: k.RedactedKey,
		CreatedAt: k.CreatedAt, ExpiresAt: k.ExpiresAt, CreatedByUserID: k.CreatedByUserID, LastUsedAt: k.LastUsedAt, Key: k.Key,
	}
}

// An envFile is a dotenv file that gets the new key. The key is shown unless it
// is in there, or when --output asks for it all the same.
type envFile struct {
	path               string
	asked, filed, kept bool // --output, --output with a file, and that this file has it
}

const variable = "ARIZE_API_KEY"

func (f *envFile) flag(c *cobra.Command) {
	c.Flags().StringVar(&f.path, "env-file", "", "write the key as "+variable+" to this dotenv or .envrc file, for its owner only; with --output, show it too")
}

// check is before the request: a file that cannot be written makes no key.
func (f *envFile) check(c *cobra.Command) error {
	output := c.Flag("output").Value.String()
	f.asked, f.filed = output != "", filepath.Ext(output) != ""
	if err := command.NotEmpty(c, "env-file"); err != nil || f.path == "" {
		return err
	}
	return term.Output{Path: f.path}.Check()
}

func (f *envFile) keep(e *command.Env, k *wire.CreatedAPIKey) {
	if f.path == "" {
		return
	}
	if err := f.write(k.Key); err != nil {
		e.Warn("%v", fmt.Errorf("the key was not written to %s: %w", f.path, err))
		return
	}
	e.Streams.Success("Wrote %s to %s", variable, f.path)
	if f.kept = true; !f.asked {
		k.Key = ""
	}
}

// remind says that what was shown has to be kept.
func (f *envFile) remind(e *command.Env, err error) error {
	if err == nil && !f.kept && !f.filed {
		e.Warn("Save this key now: it is not shown again.")
	}
	return err
}

// write replaces the variable's line, or adds one; the rest stays as it is.
func (f *envFile) write(key string) error {
	before, err := os.ReadFile(f.path)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	line := variable + "=" + key
	if strings.HasSuffix(f.path, ".envrc") {
		line = "export " + line
	}
	var lines []string
	replaced := false
	for old := range strings.Lines(string(before)) {
		name, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(old), "export "), "=")
		if strings.TrimSpace(name) == variable {
			if !replaced {
				lines = append(lines, line+"\n")
			}
			replaced = true
			continue
		}
		if !strings.HasSuffix(old, "\n") {
			old += "\n"
		}
		lines = append(lines, old)
	}
	if !replaced {
		lines = append(lines, line+"\n")
	}
	return term.Output{Path: f.path}.Replace(strings.Join(lines, ""))
}
