package server

import (
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/server"
)

const defaultListen = "127.0.0.1:8080"

type start struct {
	location
	service
	listen, tlsCert, tlsKey, migrate string
}

func newStart(e *command.Env) *cobra.Command {
	var in start
	c := &cobra.Command{
		Use:   "start",
		Short: "Serve the directory until stopped",
		Long: `Serve the directory until stopped. SIGTERM and Ctrl-C let the requests in
flight finish. Each flag can also be given as an AX_… variable.`,
		Example: `  ax server start
  ax server start --listen 0.0.0.0:8443 --public-url https://ax.example.com \
    --tls-cert cert.pem --tls-key key.pem`,
		Args: command.NoArguments,
		RunE: func(c *cobra.Command, _ []string) error { return in.run(c, e) },
	}
	f := c.Flags()
	in.location.flags(f)
	f.StringVar(&in.listen, "listen", "", "host and port to listen on (AX_LISTEN; default "+defaultListen+")")
	f.StringVar(&in.tlsCert, "tls-cert", "", "certificate chain, PEM (AX_TLS_CERT)")
	f.StringVar(&in.tlsKey, "tls-key", "", "the certificate's key, PEM (AX_TLS_KEY)")
	f.StringVar(&in.migrate, "migrate", "", "auto, or never: refuse an old schema (AX_MIGRATE; default auto)")
	in.service.flags(f)
	return c
}

func (in *start) run(c *cobra.Command, e *command.Env) error {
	config, err := in.config(e)
	if err != nil {
		return err
	}
	if config.Listen = setting(e, in.listen, "AX_LISTEN"); config.Listen == "" {
		config.Listen = defaultListen
	}
	if err := in.fill(e, &config); err != nil {
		return err
	}
	config.TLSCert = setting(e, in.tlsCert, "AX_TLS_CERT")
	config.TLSKey = setting(e, in.tlsKey, "AX_TLS_KEY")
	switch m := setting(e, in.migrate, "AX_MIGRATE"); m {
	case "", "auto":
	case "never":
		config.MigrateNever = true
	default:
		return command.Usagef("Invalid value for '--migrate': %q is not one of auto, never", m)
	}
	ctx, stop := signal.NotifyContext(c.Context(), syscall.SIGTERM)
	defer stop()
	return server.Serve(ctx, config)
}
