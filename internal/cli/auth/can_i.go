package auth

import (
	"context"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
	"ax/internal/client"
	"ax/internal/wire"
)

func decisionView() command.View[wire.Decision] {
	return command.View[wire.Decision]{
		Title: "Decision",
		Columns: []term.Column[wire.Decision]{
			command.Bool("allowed", 0, func(d wire.Decision) bool { return d.Allowed }),
			{Name: "rule", Cell: func(d wire.Decision) string { return d.Rule }},
			{Name: "action", Cell: func(d wire.Decision) string { return d.Action }},
			{Name: "resource", Cell: func(d wire.Decision) string { return d.Resource }, ID: true, Optional: true},
		},
	}
}

func newCanI(e *command.Env) *cobra.Command {
	var output command.OutputFlags
	c := &cobra.Command{
		Use:   "can-i ACTION [RESOURCE]",
		Short: "Say whether you may do something, and by which rule",
		Long: `Say whether the profile's key may do something, and by which rule. ACTION is a
permission like SPACE_UPDATE, or the name of an operation like update_space;
RESOURCE is the id of what it is done to, the account unless given. The exit
code is 0 for yes and 1 for no.`,
		Example: `  ax auth can-i create_user
  ax auth can-i SPACE_UPDATE -o json`,
		Args: actionAndResource,
		RunE: func(c *cobra.Command, args []string) error {
			resource := ""
			if len(args) > 1 {
				resource = args[1]
			}
			allowed := false
			err := command.Get(c.Context(), e, output, decisionView(), "the decision", func(ctx context.Context, c *client.Client) (wire.Decision, error) {
				d, err := c.CanI(ctx, args[0], resource)
				if unanswered(err) {
					err = &client.Error{Title: "this server does not say who may do what"} // no answer is not a no
				}
				allowed = d.Allowed
				return d, err
			})
			if err == nil && !allowed {
				err = command.ErrNo
			}
			return err
		},
	}
	command.AddOutput(c, &output, decisionView)
	return c
}

func actionAndResource(_ *cobra.Command, args []string) error {
	const most = 2
	switch {
	case len(args) == 0 || args[0] == "":
		return command.Usagef("Missing argument: an action, like create_user or SPACE_UPDATE")
	case len(args) > most:
		return command.Usagef("Got unexpected extra argument %q", args[most])
	}
	return nil
}
