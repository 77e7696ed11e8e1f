package server

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
	"ax/internal/server"
)

func newAudit(e *command.Env) *cobra.Command {
	group := &cobra.Command{Use: "audit", Short: "Check the audit log"}
	var at location
	var contains string
	verify := &cobra.Command{
		Use:   "verify",
		Short: "Show that no entry was changed, removed, added or moved",
		Long: `Walk over the audit log, whose entries are chained by hashes, and name the first
that was changed, removed, added or moved. The last line is the end of the log,
as PLACE:HASH. Whoever cuts entries off the end leaves a log that is whole, so
keep that line somewhere else, and give it to --contains the next time.`,
		Example: "  ax server audit verify",
		Args:    command.NoArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			end, err := parseEnd(contains)
			if err != nil {
				return err
			}
			return at.opened(c.Context(), e, func(s *server.Server) error { return verifyAudit(c, e, s, end) })
		},
	}
	at.flags(verify.Flags())
	verify.Flags().StringVar(&contains, "contains", "", "the end of the log at an earlier time, PLACE:HASH, which must still be in it")
	group.AddCommand(verify)
	return group
}

// An end is a place in the log and the hash there; the zero one is none.
type end struct {
	place int64
	hash  string
}

func parseEnd(text string) (at end, err error) {
	if text == "" {
		return at, nil
	}
	place, hash, _ := strings.Cut(strings.TrimSpace(text), ":")
	at.hash = strings.ToLower(hash)
	raw, bad := hex.DecodeString(at.hash)
	const bytes = 32
	if at.place, err = strconv.ParseInt(place, 10, 64); err != nil || bad != nil || at.place < 1 || len(raw) != bytes {
		return at, command.Usagef("Invalid value for '--contains': %.100q is not a line that `ax server audit verify` printed, PLACE:HASH", text)
	}
	return at, nil
}

func verifyAudit(c *cobra.Command, e *command.Env, s *server.Server, before end) error {
	first, found := int64(0), ""
	chain, err := s.VerifyAudit(c.Context(), func(place int64, hash []byte) {
		if first == 0 {
			first = place
		}
		if place == before.place {
			found = hex.EncodeToString(hash)
		}
	})
	switch {
	case err != nil:
		return fmt.Errorf("the audit log is not as it was written: %w", err)
	case before.hash == found:
	case before.place > chain.Place:
		return fmt.Errorf("the audit log was cut off: it ends at place %d, and had an entry at %d", chain.Place, before.place)
	case before.place < first || first == 0:
		return fmt.Errorf("place %d was removed because of its age; the log begins at %d now, so give a later end", before.place, first)
	default:
		return fmt.Errorf("the audit log is another one: at place %d it has the hash %s", before.place, found)
	}
	said := fmt.Sprintf("%d entries, as they were written", chain.Entries)
	if chain.Erased > 0 {
		said += fmt.Sprintf("; %d without the name and address of a person who was erased", chain.Erased)
	}
	e.Streams.Success("%s", said)
	return data(e, fmt.Sprintf("%d:%x", chain.Place, chain.Hash))
}

func newErase(e *command.Env) *cobra.Command {
	var at location
	var email string
	var force bool
	c := &cobra.Command{
		Use:   "erase",
		Short: "Take a deleted user's name and address out of the directory, for good",
		Long: `Take the name and the address of a deleted user out of the directory: out of the
user, letters, keys and the audit log, and out of the unused parts of the
database's files. What the user did stays in the audit log, without saying who
it was, and the log still verifies. Nobody can be invited to the address again.

Not reached: backups, letters in a mail folder, logs, and on PostgreSQL old row
versions until the next VACUUM and archives of its log.`,
		Example: "  ax server erase --email ann@example.com",
		Args:    command.NoArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if strings.TrimSpace(email) == "" {
				return command.Usagef("Missing option: --email")
			}
			if err := confirmErasure(c, e, email, force); err != nil {
				return err
			}
			return at.opened(c.Context(), e, func(s *server.Server) error {
				done, err := s.Erase(c.Context(), email)
				if err != nil {
					return err
				}
				if done.Already {
					e.Streams.Success("User %s was erased before; the files hold nothing else of the user either", done.User)
					return nil
				}
				e.Streams.Success("Erased user %s, and %d entries of the audit log no longer say who it was", done.User, done.Entries)
				e.Streams.Warn("Backups, letters in a mail folder and logs may still hold the name and the address.")
				return nil
			})
		},
	}
	at.flags(c.Flags())
	c.Flags().StringVar(&email, "email", "", "address of the deleted user (required)")
	c.Flags().BoolVarP(&force, "force", "f", false, "skip the confirmation prompt")
	return c
}

func confirmErasure(c *cobra.Command, e *command.Env, email string, force bool) error {
	switch {
	case force:
		return nil
	case !e.Streams.InTTY || !e.Streams.ErrTTY:
		return command.Usagef("Nobody is there to confirm; use --force to erase without asking. Nothing was erased.")
	}
	yes, err := term.Confirm(c.Context(), e.Streams, "Erase %s, which cannot be undone?", email)
	if err != nil && !errors.Is(err, term.ErrNoAnswer) {
		return err
	}
	if !yes {
		return &command.DeclinedError{Text: "Nothing was erased"}
	}
	return nil
}
