package server

import (
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"ax/internal/cli/command"
	"ax/internal/server"
)

// A service is how people meet a directory: letters, links and pages, as
// flags and AX_… variables say it.
type service struct {
	publicURL, continueURL, trustedProxies    string
	mailDir, smtpURL                          string
	product, mailFrom, contact                string
	invitationLife, passwordLife, minPassword string
	auditRetention                            string
}

func (s *service) flags(f *pflag.FlagSet) {
	f.StringVar(&s.publicURL, "public-url", "", "what links in letters begin with (AX_PUBLIC_URL; default: the loopback address)")
	f.StringVar(&s.mailDir, "mail-dir", "", "folder for letters, one .eml file each (AX_MAIL_DIR)")
	f.StringVar(&s.smtpURL, "smtp-url", "", "relay for letters, smtp[s]://[user@]host:port (AX_SMTP_URL; password in AX_SMTP_PASSWORD or AX_SMTP_PASSWORD_FILE)")
	f.StringVar(&s.mailFrom, "mail-from", "", "sender of letters (AX_MAIL_FROM; default: no-reply at the public URL's host)")
	f.StringVar(&s.product, "product-name", "", "what people are invited to (AX_PRODUCT_NAME; default ax)")
	f.StringVar(&s.contact, "contact", "", "whom people may ask, an address or a few words (AX_CONTACT)")
	f.StringVar(&s.continueURL, "continue-url", "", "where people go on to after accepting (AX_CONTINUE_URL)")
	f.StringVar(&s.trustedProxies, "trusted-proxies", "", "networks whose X-Forwarded-For counts, separated by commas (AX_TRUSTED_PROXIES)")
	f.StringVar(&s.invitationLife, "invitation-life", "", "how long an invitation is good (AX_INVITATION_LIFE; default 168h)")
	f.StringVar(&s.passwordLife, "temporary-password-life", "", "how long a temporary password is good (AX_TEMPORARY_PASSWORD_LIFE; default 24h)")
	f.StringVar(&s.minPassword, "min-password-length", "", "characters that a password must have, 8 or more (AX_MIN_PASSWORD_LENGTH; default 15)")
	f.StringVar(&s.auditRetention, "audit-retention", "", "how long audit entries are kept, like 400d (AX_AUDIT_RETENTION; default 0, for ever)")
}

// Environment is what the variables say about letters and links, for a
// directory that is used without `ax server`.
func Environment(e *command.Env, c *server.Config) error { return (&service{}).fill(e, c) }

// fill adds what the flags and variables say to a configuration.
func (s *service) fill(e *command.Env, c *server.Config) (err error) {
	c.PublicURL = setting(e, s.publicURL, "AX_PUBLIC_URL")
	c.ContinueURL = setting(e, s.continueURL, "AX_CONTINUE_URL")
	c.TrustedProxies = setting(e, s.trustedProxies, "AX_TRUSTED_PROXIES")
	c.MailDir = setting(e, s.mailDir, "AX_MAIL_DIR")
	c.SMTPURL = setting(e, s.smtpURL, "AX_SMTP_URL")
	if c.SMTPPassword, err = secret(e, "", "AX_SMTP_PASSWORD"); err != nil {
		return err
	}
	c.Product = setting(e, s.product, "AX_PRODUCT_NAME")
	c.MailFrom = setting(e, s.mailFrom, "AX_MAIL_FROM")
	c.Contact = setting(e, s.contact, "AX_CONTACT")
	if c.InvitationLife, err = life(e, s.invitationLife, "--invitation-life", "AX_INVITATION_LIFE"); err != nil {
		return err
	}
	if c.PasswordLife, err = life(e, s.passwordLife, "--temporary-password-life", "AX_TEMPORARY_PASSWORD_LIFE"); err != nil {
		return err
	}
	if c.AuditRetention, err = retention(setting(e, s.auditRetention, "AX_AUDIT_RETENTION")); err != nil {
		return err
	}
	c.MinPassword, err = length(setting(e, s.minPassword, "AX_MIN_PASSWORD_LENGTH"))
	return err
}

// life reads a time, 0 when none is given.
func life(e *command.Env, value, flag, variable string) (time.Duration, error) {
	if value = setting(e, value, variable); value == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(value)
	if err != nil || d < time.Minute {
		return 0, command.Usagef("Invalid value for '%s' or %s: %q is not a time of at least a minute, like 72h", flag, variable, value)
	}
	return d, nil
}

// retention reads a time in days or as Go writes it, 0 for ever.
func retention(value string) (time.Duration, error) {
	const day, most = 24 * time.Hour, 100_000
	d, err := time.Duration(0), error(nil)
	if days, ok := strings.CutSuffix(value, "d"); ok {
		var n int
		if n, err = strconv.Atoi(days); n <= most {
			d = time.Duration(n) * day
		}
	} else if value != "" && value != "0" {
		d, err = time.ParseDuration(value)
	}
	if forEver := value == "" || strings.Trim(value, "0dhms") == "" && strings.Contains(value, "0"); err != nil || d < day && !forEver {
		return 0, command.Usagef("Invalid value for '--audit-retention' or AX_AUDIT_RETENTION: %q is not a time of at least a day, like 400d or 9600h, or 0", value)
	}
	return d, nil
}

// length reads the least length of passwords, 0 when none is given.
func length(value string) (int, error) {
	const least, most = 8, 200
	if value == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most {
		return 0, command.Usagef("Invalid value for '--min-password-length' or AX_MIN_PASSWORD_LENGTH: %q is not a number from %d to %d", value, least, most)
	}
	return n, nil
}
