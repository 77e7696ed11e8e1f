package profiles

import (
	"errors"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/profile"
)

func newUpdate(e *command.Env) *cobra.Command {
	var in options
	c := &cobra.Command{
		Use:   "update [profile]",
		Short: "Change a profile",
		Long: `Change a profile; without a name, the one that commands use now. Only what is
given changes, and an empty value takes a key out. Comments, other keys and
references like ${ARIZE_API_KEY} stay. With --from-file the whole profile is
replaced.`,
		Example: `  ax profiles update --output-format json
  ax profiles update production --api-key-stdin < key.txt
  ax profiles update production --single-host "" --region EU`,
		Args: atMostOne,
		RunE: func(c *cobra.Command, args []string) error { return in.update(c, e, args) },
	}
	in.add(c)
	return c
}

func (o *options) update(c *cobra.Command, e *command.Env, args []string) error {
	if !o.given(c) {
		return command.Usagef("Nothing to update. Provide --from-file or at least one field flag.")
	}
	edits, err := o.edits(c)
	if err != nil {
		return err
	}
	name, err := namedFile(e, c, args)
	if err != nil {
		return err
	}
	if err := profile.Updatable(name, e.Getenv); err != nil {
		return err
	}
	key, err := o.readKey(c.Context(), e)
	if err != nil {
		return err
	}
	edits = append(edits, key...)
	if o.file != "" {
		edits = append(edits, profile.Edit{Key: "profile.name", Value: name})
	}
	whole, err := o.base(e, profile.File{Name: name})
	if err != nil {
		return err
	}
	err = profile.Update(c.Context(), name, func(f profile.File) (profile.File, error) {
		if o.file != "" {
			f = whole
		}
		sound := f.Values != nil
		f, err := f.Edit(edits...)
		if err == nil {
			err = f.Check(e.Getenv)
		}
		if problem, ok := errors.AsType[*profile.Error](err); ok && problem.Hint == "" && sound {
			problem.Hint = "An option with an empty value takes its key out, as in --single-host ''."
		}
		return f, err
	}, e.Getenv)
	if err != nil {
		return err
	}
	e.Streams.Success("Profile '%s' updated.", name)
	return nil
}
