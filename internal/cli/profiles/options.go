package profiles

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
	"ax/internal/profile"
)

// options are what create and update take.
type options struct {
	file     string
	key      string
	keyStdin bool

	region, singleHost, singlePort, baseDomain, apiHost, apiScheme, format string
}

// The options, in the order in which a file has their keys.
func (o *options) list() []option {
	return []option{
		{"api-key", "auth.api_key", &o.key, "API key; other programs can see it, so prefer --api-key-stdin"},
		{"region", "routing.region", &o.region, "region of the hosted service: us-east-1b, us-central-1a, eu-west-1a, ca-central-1a, or US, EU, CA"},
		{"single-host", "routing.single_host", &o.singleHost, "host of your own server, with or without a port"},
		{"single-port", "routing.single_port", &o.singlePort, "port of your own server"},
		{"base-domain", "routing.base_domain", &o.baseDomain, "domain of your own server, whose API is at api.DOMAIN"},
		{"api-host", "routing.api_host", &o.apiHost, "host of the API alone, with or without a port"},
		{"api-scheme", "routing.api_scheme", &o.apiScheme, "https or http"},
		{"output-format", "output.format", &o.format, "default output format: table, json, csv or parquet"},
	}
}

// An option is one key of a profile, given on the command line.
type option struct {
	flag, key string
	to        *string
	help      string
}

func (o *options) add(c *cobra.Command) {
	f := c.Flags()
	f.StringVarP(&o.file, "from-file", "f", "", "TOML file to take the profile from, - for standard input; options go before what it says")
	f.BoolVar(&o.keyStdin, "api-key-stdin", false, "read the API key from standard input")
	for _, one := range o.list() {
		f.StringVar(one.to, one.flag, "", one.help)
	}
	command.TakesOneOf(f, "region", profile.Regions())
	command.TakesOneOf(f, "api-scheme", []string{"https", "http"})
	command.TakesOneOf(f, "output-format", formats())
}

// formats are those that a profile may name; the existing CLI refuses others.
func formats() []string { return []string{"table", "json", "csv", "parquet"} }

// given holds when any option is.
func (o *options) given(c *cobra.Command) bool {
	return c.Flags().Changed("from-file") || o.keyStdin || slices.ContainsFunc(o.list(), func(one option) bool { return c.Flags().Changed(one.flag) })
}

// edits checks the options by themselves and returns what they change. An
// option without a value takes its key out.
func (o *options) edits(c *cobra.Command) (edits []profile.Edit, err error) {
	if err := o.check(c); err != nil {
		return nil, err
	}
	given := c.Flags().Changed
	if given("single-host") && !given("single-port") {
		// The existing CLI wants them apart; and a port means nothing without its host.
		var port string
		if o.singleHost, port = profile.SplitPort(o.singleHost); port != "" || o.singleHost == "" {
			edits = append(edits, profile.Edit{Key: "routing.single_port", Value: port})
		}
	}
	o.region, o.apiScheme = profile.Region(o.region), strings.ToLower(o.apiScheme)
	for _, one := range o.list() {
		if given(one.flag) {
			edits = append(edits, profile.Edit{Key: one.key, Value: strings.TrimSpace(*one.to)})
		}
	}
	return edits, o.sound(edits)
}

func (o *options) check(c *cobra.Command) error {
	given := c.Flags().Changed
	switch {
	case given("api-key") && o.keyStdin:
		return command.Usagef("--api-key and --api-key-stdin exclude each other")
	case o.keyStdin && o.file == "-":
		return command.Usagef("--api-key-stdin and --from-file - both read standard input")
	case given("api-key") && strings.TrimSpace(o.key) == "":
		return command.Usagef("Invalid value for '--api-key': must not be empty")
	case given("from-file") && o.file == "":
		return command.Usagef("Invalid value for '--from-file': must not be empty")
	}
	if o.format = strings.ToLower(o.format); o.format != "" && !slices.Contains(formats(), o.format) {
		return command.Usagef("Invalid value for '--output-format': %q is not one of %s", o.format, strings.Join(formats(), ", "))
	}
	return nil
}

// sound finds options that are wrong by themselves, whatever the file says.
func (o *options) sound(edits []profile.Edit) error {
	const here = "the options"
	f, err := profile.Parse("", here, []byte("[routing]\napi_host = \"host.invalid\"\n")) // stands for the file's
	if err != nil {
		return err
	}
	none := func(string) string { return "" }
	if f, err = f.Edit(append([]profile.Edit{{Key: "auth.api_key", Value: "key"}}, edits...)...); err == nil {
		err = f.Check(none)
	}
	e, ok := errors.AsType[*profile.Error](err)
	if !ok {
		return err
	}
	text := strings.TrimSpace(e.Message + " " + e.Hint)
	for _, one := range o.list() {
		text = strings.NewReplacer(one.key+" in "+here, "--"+one.flag, one.key+" has", "--"+one.flag+" has").Replace(text)
	}
	return command.Usagef("%s", text)
}

// readKey reads the key that --api-key-stdin announces: a line, which a
// terminal does not show.
func (o *options) readKey(ctx context.Context, e *command.Env) (edits []profile.Edit, err error) {
	if !o.keyStdin {
		return nil, nil
	}
	var key string
	if e.Streams.InTTY {
		key, err = term.AskSecret(ctx, e.Streams, "API Key", nil)
	} else {
		key, err = e.Streams.ReadLine(ctx)
	}
	if errors.Is(err, term.ErrNoAnswer) || err == nil && strings.TrimSpace(key) == "" {
		return nil, command.Usagef("There is no API key on standard input")
	}
	return []profile.Edit{{Key: "auth.api_key", Value: strings.TrimSpace(key)}}, err
}

// base is the profile that --from-file gives, or else f.
func (o *options) base(e *command.Env, f profile.File) (profile.File, error) {
	if o.file == "" {
		return f, nil
	}
	in, from := e.Streams.In, "standard input"
	if o.file != "-" {
		file, err := os.Open(o.file)
		if errors.Is(err, fs.ErrNotExist) {
			return f, &profile.Error{Kind: profile.Config, Message: "TOML config file not found: " + o.file}
		}
		if err != nil {
			return f, err
		}
		defer file.Close() //nolint:errcheck // it was only read
		in, from = file, o.file
	}
	const most = 1 << 20 // Parse's own limit is below
	text, err := io.ReadAll(io.LimitReader(in, most))
	if err != nil {
		return f, err
	}
	return profile.Parse(f.Name, from, text)
}
