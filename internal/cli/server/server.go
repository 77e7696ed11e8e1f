// Package server has the commands of `ax server`, for the person on the host.
// They work on the directory itself, not over HTTP.
package server

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ax/internal/cli/command"
	"ax/internal/profile"
	"ax/internal/server"
)

// New returns the group.
func New(e *command.Env) *cobra.Command {
	c := &cobra.Command{
		Use:   "server",
		Short: "Make, serve and look after a directory on this machine",
		Example: `  ax server init --admin-email ann@example.com
  ax server start`,
	}
	c.AddCommand(newInit(e), newStart(e), newMigrate(e), newBackup(e), newKey(e), newMail(e), newAudit(e), newErase(e))
	return c
}

// A location is where a directory is, as flags and AX_… variables say it.
type location struct {
	dataDir, databaseURL, keyFile string
}

func (l *location) flags(f *pflag.FlagSet) {
	f.StringVar(&l.dataDir, "data-dir", "", "folder of the directory and its key (AX_DATA_DIR; default: that of the local profile)")
	f.StringVar(&l.databaseURL, "database-url", "", "PostgreSQL instead of SQLite, postgres://… (AX_DATABASE_URL or AX_DATABASE_URL_FILE)")
	f.StringVar(&l.keyFile, "key-file", "", "the directory's key (AX_KEY_FILE; default: key in the data folder)")
}

// config fills in what the environment and the defaults say.
func (l *location) config(e *command.Env) (c server.Config, err error) {
	if c.DatabaseURL, err = secret(e, l.databaseURL, "AX_DATABASE_URL"); err != nil {
		return c, err
	}
	c.KeyFile = setting(e, l.keyFile, "AX_KEY_FILE")
	c.Log = slog.New(slog.NewJSONHandler(e.Streams.Err, nil))
	if c.DataDir = l.dataDir; c.DataDir == "" {
		c.DataDir, err = profile.DataDir(e.Getenv) // reads AX_DATA_DIR
	}
	return c, err
}

// setting is a flag's value, or its variable's.
func setting(e *command.Env, flag, variable string) string {
	if flag != "" {
		return flag
	}
	return e.Getenv(variable)
}

// secret is setting for a value that may also stand in a file.
func secret(e *command.Env, flag, variable string) (string, error) {
	value, file := setting(e, flag, variable), e.Getenv(variable+"_FILE")
	switch {
	case file == "" || flag != "":
		return value, nil
	case value != "":
		return "", fmt.Errorf("%s and %s_FILE are both set; unset one", variable, variable)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("%s_FILE: %w", variable, err)
	}
	return strings.TrimSpace(string(text)), nil
}

// opened runs fn on the open directory.
func (l *location) opened(ctx context.Context, e *command.Env, fn func(*server.Server) error) (err error) {
	c, err := l.config(e)
	if err != nil {
		return err
	}
	c.PublicURL = setting(e, "", "AX_PUBLIC_URL")
	if c.PublicURL == "" {
		c.PublicURL = "http://" + defaultListen
	}
	s, err := server.Open(ctx, c)
	if err != nil {
		return err
	}
	if err := fn(s); err != nil {
		_ = s.Close()
		return err
	}
	return s.Close()
}

// data writes one line to stdout.
func data(e *command.Env, line string) error {
	return e.Streams.Print("%s\n", line)
}

func oneArgument(what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 1 || args[0] == "" {
			return command.Usagef("Give %s, and nothing else", what)
		}
		return nil
	}
}
