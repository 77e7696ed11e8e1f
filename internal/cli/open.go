package cli

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	servercmd "ax/internal/cli/server"
	"ax/internal/client"
	"ax/internal/profile"
	"ax/internal/server"
)

const defaultTimeout = 30 * time.Second

// A world holds what the commands open only when they need it.
type world struct {
	env      *command.Env
	profile  string // --profile
	color    string
	timeout  time.Duration
	install  bool   // --install-completion
	show     bool   // --show-completion
	beta     string // the group of the command, when it is one that may change
	resolved *profile.Profile
	local    *server.Local
}

// begin runs before every command, when its flags are known.
func (w *world) begin(c *cobra.Command) error {
	if err := w.env.Streams.SetColor(w.color); err != nil {
		return command.Usagef("%v", err)
	}
	if w.timeout <= 0 {
		return command.Usagef("Invalid value for '--timeout': must be more than 0, like 30s")
	}
	if f := c.Flags().Lookup("output"); f != nil {
		w.env.JSON = command.WantsJSON(f.Value.String())
	}
	if group := c.Parent(); group != nil && group.Name() == "users" {
		w.beta = group.Name()
	}
	return nil
}

// sayBeta says once per user of this machine that a group may change. That it
// was said is remembered; where that is not possible it is said again.
func (w *world) sayBeta() {
	folder, err := profile.Dir(w.env.Getenv)
	if err != nil || w.beta == "" || w.env.JSON {
		return // with JSON, stderr belongs to errors
	}
	mark := filepath.Join(folder, ".beta_notice_"+w.beta)
	if _, err := os.Stat(mark); err == nil {
		return
	}
	w.env.Streams.Warn("The ax %s commands are in BETA; the API may change without notice.", w.beta)
	_ = os.Mkdir(folder, 0o700) // only in a home that is there
	_ = os.WriteFile(mark, nil, 0o600)
}

func (w *world) resolve() (profile.Profile, error) {
	if w.resolved == nil {
		p, err := profile.Resolve(w.profile, w.env.Getenv)
		if err != nil {
			return p, err
		}
		w.resolved = &p
	}
	return *w.resolved, nil
}

func (w *world) defaultOutput() (string, error) {
	p, err := w.resolve()
	return p.Output, err
}

// client opens the profile's directory: a server, or the one in this process.
func (w *world) client(ctx context.Context) (*client.Client, error) {
	p, err := w.resolve()
	if err != nil {
		return nil, err
	}
	w.sayBeta()
	if len(p.Ignored) > 0 {
		w.env.Warn("%s is set and has no effect on this profile.", strings.Join(p.Ignored, ", "))
	}
	c := client.Config{BaseURL: p.BaseURL, Key: p.APIKey, UserAgent: "ax/" + Version, Timeout: w.timeout}
	if w.env.Verbose {
		c.Trace = w.trace
	}
	if p.Local {
		err = w.openLocal(ctx, &c)
	} else {
		c.Transport, err = client.Remote(p.CACert, p.Proxy, p.SkipVerify)
	}
	if err != nil {
		return nil, err
	}
	w.env.Secret = c.Key
	return client.New(c), nil
}

func (w *world) openLocal(ctx context.Context, c *client.Config) error {
	folder, err := profile.DataDir(w.env.Getenv)
	if err != nil {
		return err
	}
	config := server.Config{DataDir: folder}
	config.Log = slog.New(slog.NewTextHandler(w.env.Streams.Err, &slog.HandlerOptions{Level: slog.LevelError}))
	if err := servercmd.Environment(w.env, &config); err != nil {
		return err
	}
	// What is being written is finished, also when the person interrupts.
	if w.local, err = server.OpenLocal(context.WithoutCancel(ctx), config); err != nil {
		return err
	}
	if w.local.LinksStayHere() {
		w.env.Warn("Links in letters begin with http://127.0.0.1, which only this machine can open; set AX_PUBLIC_URL.")
	}
	c.BaseURL, c.Key, c.Transport = "http://local", w.local.Key, client.Loopback(w.local.API())
	return nil
}

// close lets letters that wait leave the local directory, says where they
// are, and closes it.
func (w *world) close(ctx context.Context) error {
	if w.local == nil {
		return nil
	}
	files, err := w.local.Deliver(context.WithoutCancel(ctx))
	if err != nil {
		w.env.Warn("%v", err)
	}
	for _, f := range files {
		w.env.Streams.Notice("The letter is in %s; `ax server start` opens its link.", f)
	}
	return w.local.Close()
}

// trace tells --verbose of each request. The key is in no part of it.
func (w *world) trace(t client.Try) {
	outcome := strconv.Itoa(t.Status)
	if t.Err != nil {
		outcome = t.Err.Error()
	}
	w.env.Streams.Line("%s %s: %s (%s)", t.Method, t.URL, w.env.Redact(outcome), t.Took.Round(time.Microsecond))
	if t.Wait > 0 {
		w.env.Streams.Line("  trying again in %s", t.Wait.Round(time.Millisecond))
	}
}
