package server

import (
	"cmp"
	"fmt"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/server"
)

func newInit(e *command.Env) *cobra.Command {
	var at location
	var email, name string
	c := &cobra.Command{
		Use:   "init",
		Short: "Make the directory and its first administrator, and print the API key",
		Long: `Make the directory and its first administrator, who is active at once, and
print that user's API key, alone, on standard output. It is shown this once.`,
		Example: `  ax server init --admin-email ann@example.com --admin-name "Ann Example"`,
		Args:    command.NoArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if email == "" {
				return command.Usagef("Missing option: --admin-email")
			}
			config, err := at.config(e)
			if err != nil {
				return err
			}
			key, err := server.Init(c.Context(), config, email, cmp.Or(name, email))
			if err != nil {
				return err
			}
			if err := data(e, key); err != nil {
				return fmt.Errorf("the directory was made, but its key could not be shown (%w); make another with `ax server key create --email %s`", err, email)
			}
			return nil
		},
	}
	at.flags(c.Flags())
	c.Flags().StringVar(&email, "admin-email", "", "address of the first administrator (required)")
	c.Flags().StringVar(&name, "admin-name", "", "full name of the first administrator (default: the address)")
	return c
}
