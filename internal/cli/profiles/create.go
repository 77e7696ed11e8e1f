package profiles

import (
	"context"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
	"ax/internal/profile"
)

type create struct {
	options

	method string
}

func newCreate(e *command.Env) *cobra.Command {
	var in create
	c := &cobra.Command{
		Use:   "create [profile]",
		Short: "Create a profile, and make it the active one",
		Long: `Create a profile, and make it the active one. On a terminal, without options,
the command asks.`,
		Example: `  ax profiles create
  ax profiles create production --region EU --api-key-stdin < key.txt
  ax profiles create own --api-key ak-123 --single-host ax.example.com
  ax profiles create test --api-key '${MY_KEY}' --api-host 127.0.0.1:8080 \
    --api-scheme http
  ax profiles create copy --from-file profile.toml`,
		Args: atMostOne,
		RunE: func(c *cobra.Command, args []string) error { return in.run(c, e, args) },
	}
	in.add(c)
	c.Flags().StringVar(&in.method, "auth-method", "", "authentication method: api-key (oauth is not supported yet)")
	command.TakesOneOf(c.Flags(), "auth-method", []string{"api-key"})
	return c
}

func (in *create) run(c *cobra.Command, e *command.Env, args []string) error {
	ctx, tty := c.Context(), e.Streams.InTTY && e.Streams.ErrTTY
	asks := tty && !in.given(c) && in.method == ""
	edits, err := in.edits(c)
	if err != nil {
		return err
	}
	if err := checkMethod(in.method, c.Flags().Changed("api-key") || in.keyStdin); err != nil {
		return err
	}
	name, err := in.name(ctx, e, args, tty)
	if err != nil {
		return err
	}
	replace, err := mayCreate(ctx, e, name, asks)
	if err != nil {
		return err
	}
	if asks {
		edits, err = dialog(ctx, e)
	} else {
		edits, err = in.withKey(ctx, e, edits, tty)
	}
	if err != nil {
		return err
	}
	return in.store(ctx, e, name, edits, replace)
}

func checkMethod(method string, key bool) error {
	switch {
	case method == "" || method == "api-key":
		return nil
	case method != "oauth":
		return command.Usagef("Invalid value for '--auth-method': %q is not one of api-key, oauth", method)
	case key:
		return command.Usagef("--auth-method oauth and --api-key are mutually exclusive. Choose one authentication method.")
	}
	return &profile.Error{Kind: profile.NoKey, Message: noBrowser, Hint: "Use an API key: --api-key-stdin."}
}

const noBrowser = "Signing in through the browser is not supported yet."

// name is the new profile's. It is asked for on a terminal.
func (in *create) name(ctx context.Context, e *command.Env, args []string, tty bool) (string, error) {
	if len(args) > 0 {
		return args[0], nil
	}
	if !tty {
		return "", command.Usagef("Missing argument: the name of the profile")
	}
	return term.AskOr(ctx, e.Streams, "Profile name", "default", nil, profile.CheckName)
}

// mayCreate makes sure that nothing is overwritten unasked.
func mayCreate(ctx context.Context, e *command.Env, name string, asks bool) (replace bool, err error) {
	taken, err := profile.Creatable(name, e.Getenv)
	if !taken || !asks {
		return false, err
	}
	replace, err = term.Confirm(ctx, e.Streams, "Profile '%s' already exists. Overwrite?", name)
	if err == nil && !replace {
		err = &command.DeclinedError{Text: "Profile not created"}
	}
	return replace, err
}

// withKey adds the key that standard input has, or a person on a terminal.
func (in *create) withKey(ctx context.Context, e *command.Env, edits []profile.Edit, tty bool) ([]profile.Edit, error) {
	key, err := in.readKey(ctx, e)
	switch {
	case err != nil:
		return nil, err
	case len(key) > 0 || in.key != "" || in.file != "":
		return append(key, edits...), nil
	case !tty:
		return nil, command.Usagef("Missing option: --api-key, --api-key-stdin or --from-file")
	}
	value, err := askKey(ctx, e)
	return append([]profile.Edit{{Key: "auth.api_key", Value: value}}, edits...), err
}

// store writes the profile and says so.
func (in *create) store(ctx context.Context, e *command.Env, name string, edits []profile.Edit, replace bool) error {
	f, err := profile.Parse(name, "the new profile", nil)
	if err != nil {
		return err
	}
	if f, err = in.base(e, f); err != nil {
		return err
	}
	all := []profile.Edit{{Key: "profile.name", Value: name}} // which the existing CLI cannot do without
	if in.file == "" {
		all = append(all, profile.Edit{Key: "auth.auth_method", Value: "api-key"})
	}
	if f, err = f.Edit(append(all, edits...)...); err != nil {
		return err
	}
	if err := f.Check(e.Getenv); err != nil {
		return err
	}
	if err := f.Create(ctx, replace, e.Getenv); err != nil {
		return err
	}
	e.Streams.Success("Configuration saved to profile '%s'", name)
	e.Streams.Success("Active profile set to '%s'", name)
	if !e.Streams.Quiet {
		e.Streams.Line("")
		e.Streams.Line("You're ready to go! Try: ax users list")
	}
	warnOverridden(e, name)
	return nil
}
