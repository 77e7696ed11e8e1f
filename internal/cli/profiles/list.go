package profiles

import (
	"context"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
	"ax/internal/profile"
)

// A row is one profile of the list.
type row struct {
	Name   string `json:"name"`
	Active bool   `json:"active"`
	Server string `json:"server,omitempty"` // "" when the profile cannot be used; the data folder of the local one
}

func listView() command.View[row] {
	active := command.Bool("active", 0, func(r row) bool { return r.Active })
	active.Short, active.Style = func(r row) string {
		if r.Active {
			return "●"
		}
		return ""
	}, func(string) term.Style { return term.Green }
	return command.View[row]{
		Key: "profiles",
		Columns: []term.Column[row]{
			{Name: "name", Cell: func(r row) string { return r.Name }, ID: true},
			active,
			{Name: "server", Cell: func(r row) string { return r.Server }},
		},
	}
}

func newList(e *command.Env) *cobra.Command {
	var output command.OutputFlags
	c := &cobra.Command{
		Use:   "list",
		Short: "List profiles",
		Example: `  ax profiles list
  ax profiles list --output json`,
		Args: command.NoArguments,
		RunE: func(c *cobra.Command, _ []string) error { return list(c.Context(), e, output) },
	}
	command.AddOutput(c, &output, listView)
	return c
}

func list(ctx context.Context, e *command.Env, output command.OutputFlags) error {
	alwaysTable(e)
	out, err := command.Open(ctx, e, output, listView())
	if err != nil {
		return err
	}
	names, err := profile.List(e.Getenv)
	if err != nil {
		return err
	}
	active, err := profile.Active(e.Getenv)
	if err != nil {
		e.Warn("%v", err) // the list is what helps now
	}
	var rows []row
	for _, name := range append(names, profile.Local) {
		rows = append(rows, row{name, name == active, server(e, name)})
	}
	if err := out.Results(rows); err != nil {
		return err
	}
	if len(names) == 0 {
		e.Streams.Notice("No profiles found. Run 'ax profiles create' to create one.")
	}
	warnOverridden(e, active)
	return nil
}

// server is where a profile leads, "" when it cannot be used as things are.
func server(e *command.Env, name string) string {
	if name == profile.Local {
		folder, _ := profile.DataDir(e.Getenv)
		return folder
	}
	p, _ := profile.Resolve(name, e.Getenv)
	return p.BaseURL
}
