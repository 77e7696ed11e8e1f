package server

import (
	"fmt"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/server"
)

func newMigrate(e *command.Env) *cobra.Command {
	var at location
	c := &cobra.Command{
		Use:   "migrate",
		Short: "Bring the schema up to date, or make it in an empty database",
		Long: `Bring the directory's schema up to date, or make it in an empty database. Run
apart, with a role that may change the schema, it lets the server's own role do
without that right.`,
		Example: "  ax server migrate --database-url postgres://owner@db/ax",
		Args:    command.NoArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			config, err := at.config(e)
			if err != nil {
				return err
			}
			if err := server.Migrate(c.Context(), config); err != nil {
				return err
			}
			e.Streams.Success("The schema is up to date")
			return nil
		},
	}
	at.flags(c.Flags())
	return c
}

func newBackup(e *command.Env) *cobra.Command {
	var at location
	c := &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the directory to a new file, also while it is being written to",
		Long: `Copy the directory to a new file, also while it is being written to. The copy
holds everything that was acknowledged before it began. Copying directory.db
itself would lose some of that. The key is not in the copy: keep it apart.`,
		Example: "  ax server backup /backup/ax.db",
		Args:    oneArgument("the new file"),
		RunE: func(c *cobra.Command, args []string) error {
			return at.opened(c.Context(), e, func(s *server.Server) error {
				if err := s.Backup(c.Context(), args[0]); err != nil {
					return err
				}
				e.Streams.Success("Saved to %s", args[0])
				return nil
			})
		},
	}
	at.flags(c.Flags())
	return c
}

func newKey(e *command.Env) *cobra.Command {
	group := &cobra.Command{Use: "key", Short: "Replace lost API keys"}
	var at location
	var email string
	c := &cobra.Command{
		Use:     "create",
		Short:   "Print a new API key of an active user",
		Example: "  ax server key create --email ann@example.com",
		Args:    command.NoArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if email == "" {
				return command.Usagef("Missing option: --email")
			}
			return at.opened(c.Context(), e, func(s *server.Server) error {
				key, owner, err := s.CreateKey(c.Context(), email)
				if err != nil {
					return err
				}
				if !owner.Developer {
					e.Streams.Warn("Developer access is off for %s: the API refuses the key until an administrator turns it on.", owner.Email)
				}
				return data(e, key)
			})
		},
	}
	at.flags(c.Flags())
	c.Flags().StringVar(&email, "email", "", "address of the user (required)")
	group.AddCommand(c)
	return group
}

func newMail(e *command.Env) *cobra.Command {
	group := &cobra.Command{Use: "mail", Short: "See letters, their state and their links"}
	var at location
	list := &cobra.Command{
		Use: "list", Short: "List the letters, oldest first", Example: "  ax server mail list", Args: command.NoArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			return at.opened(c.Context(), e, func(s *server.Server) error { return listLetters(c.Context(), e, s) })
		},
	}
	show := &cobra.Command{
		Use: "show ID", Short: "Show a letter and its link", Example: "  ax server mail show TGV0dGVyOk82Y1hXMHIwb1BiY2hHYjI4", Args: oneArgument("the letter's id, as `ax server mail list` shows it"),
		RunE: func(c *cobra.Command, args []string) error {
			return at.opened(c.Context(), e, func(s *server.Server) error { return showLetter(c.Context(), e, s, args[0]) })
		},
	}
	retry := &cobra.Command{
		Use: "retry ID", Short: "Send a waiting or given-up letter now", Example: "  ax server mail retry TGV0dGVyOk82Y1hXMHIwb1BiY2hHYjI4", Args: oneArgument("the letter's id, as `ax server mail list` shows it"),
		RunE: func(c *cobra.Command, args []string) error {
			return at.opened(c.Context(), e, func(s *server.Server) error {
				if err := s.RetryLetter(c.Context(), args[0]); err != nil {
					return fmt.Errorf("letter %s: %w", args[0], err)
				}
				e.Streams.Success("The letter is due now")
				return nil
			})
		},
	}
	for _, c := range []*cobra.Command{list, show, retry} {
		at.flags(c.Flags())
		group.AddCommand(c)
	}
	return group
}
