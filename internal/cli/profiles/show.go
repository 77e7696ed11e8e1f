package profiles

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
	"ax/internal/profile"
)

func settingsView() command.View[profile.Setting] {
	return command.View[profile.Setting]{
		Key: "settings",
		Columns: []term.Column[profile.Setting]{
			{Name: "setting", Cell: func(s profile.Setting) string { return s.Name }, ID: true},
			{Name: "value", Cell: func(s profile.Setting) string { return s.Value }},
			{Name: "source", Cell: func(s profile.Setting) string { return s.Source }},
		},
	}
}

type show struct {
	how    profile.How
	output command.OutputFlags
}

func newShow(e *command.Env) *cobra.Command {
	var in show
	c := &cobra.Command{
		Use:   "show [profile]",
		Short: "Show a profile, and where each value comes from",
		Long: `Show a profile, and where each value comes from. Without a name it is the one
that commands use now. Keys are masked; references like ${ARIZE_API_KEY} are
shown as written.`,
		Example: `  ax profiles show
  ax profiles show production --expand
  ax profiles show production --all --output json`,
		Args: atMostOne,
		RunE: func(c *cobra.Command, args []string) error { return in.run(e, c, args) },
	}
	f := c.Flags()
	f.BoolVar(&in.how.All, "all", false, "show every key, and what holds by default")
	f.BoolVar(&in.how.Expand, "expand", false, "show what references to variables stand for")
	command.AddOutput(c, &in.output, settingsView)
	return c
}

func (in *show) run(e *command.Env, c *cobra.Command, args []string) error {
	alwaysTable(e)
	out, err := command.Open(c.Context(), e, in.output, settingsView())
	if err != nil {
		return err
	}
	name, from, err := named(e, c, args)
	if err != nil {
		return err
	}
	settings, err := profile.Describe(name, from, in.how, e.Getenv)
	if err != nil {
		return err
	}
	if err := out.Results(settings); err != nil {
		return err
	}
	if name == "" {
		return nil
	}
	p, err := profile.Resolve(name, e.Getenv)
	if problem, ok := errors.AsType[*profile.Error](err); ok {
		e.Warn("This profile cannot be used: %s", problem.Message)
	}
	if len(p.Ignored) > 0 {
		e.Warn("%s is set and has no effect on this profile.", strings.Join(p.Ignored, ", "))
	}
	return nil
}
