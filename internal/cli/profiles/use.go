package profiles

import (
	"strings"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/profile"
)

func newUse(e *command.Env) *cobra.Command {
	return &cobra.Command{
		Use:   "use <profile>",
		Short: "Make a profile the active one",
		Example: `  ax profiles use production
  ax profiles use local`,
		Args: oneProfile,
		RunE: func(c *cobra.Command, args []string) error {
			name := args[0]
			if strings.EqualFold(name, profile.Local) {
				name = profile.Local
			}
			if err := profile.Use(c.Context(), name, e.Getenv); err != nil {
				return err
			}
			e.Streams.Success("Switched to profile '%s'", name)
			warnOverridden(e, name)
			return nil
		},
	}
}
