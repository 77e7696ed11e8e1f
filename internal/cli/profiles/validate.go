package profiles

import (
	"slices"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/client"
	"ax/internal/profile"
)

func newValidate(e *command.Env) *cobra.Command {
	return &cobra.Command{
		Use:   "validate [profile]",
		Short: "Check that a profile can be used, without sending anything",
		Example: `  ax profiles validate
  ax profiles validate production`,
		Args: atMostOne,
		RunE: func(c *cobra.Command, args []string) error { return validate(e, c, args) },
	}
}

func validate(e *command.Env, c *cobra.Command, args []string) error {
	name, _, err := named(e, c, args)
	if err != nil {
		return err
	}
	p, err := profile.Resolve(name, e.Getenv)
	if err != nil {
		return err
	}
	if p.Output != "" && !slices.Contains(formats(), p.Output) {
		return &profile.Error{Kind: profile.Config, Message: "Invalid output format '" + p.Output + "' (" + p.Source["output"] + ")."}
	}
	if p.Name == "" {
		e.Streams.Success("The environment is valid.")
		return nil
	}
	if !p.Local {
		if _, err := client.Remote(p.CACert, p.Proxy, p.SkipVerify); err != nil {
			return err
		}
		if err := remark(e, p.Name); err != nil {
			return err
		}
	}
	e.Streams.Success("Profile '%s' is valid.", p.Name)
	return nil
}

// remark tells what is no hindrance to us.
func remark(e *command.Env, name string) error {
	f, err := profile.Load(name, e.Getenv)
	if err != nil {
		return err
	}
	if f.Exposed() {
		e.Warn("Others on this machine can read %s; run chmod 600 on it.", f.Path)
	}
	if f.Value("profile.name") == "" {
		e.Warn("The Python CLI wants a name in the file's [profile] section.")
	}
	return nil
}
