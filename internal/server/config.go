package server

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"ax/internal/mail"
)

// A Config says where a directory is and how it is served.
type Config struct {
	DataDir     string // folder of the SQLite directory and of the key
	DatabaseURL string // PostgreSQL; empty for SQLite in DataDir
	KeyFile     string // empty for "key" in DataDir

	Listen       string // host:port
	PublicURL    string // begins every link; empty: made from Listen
	TLSCert      string // file, PEM; with TLSKey
	TLSKey       string
	MigrateNever bool // refuse an old schema instead of migrating it

	MailDir      string // folder for letters
	SMTPURL      string // relay for letters; with neither they wait
	SMTPPassword string
	MailFrom     string // sender; empty: no-reply at the public URL's host
	Product      string // what people are invited to; empty: ax
	Contact      string // whom they may ask; may be empty

	ContinueURL    string        // offered to people who have accepted
	TrustedProxies string        // networks whose X-Forwarded-For counts, by commas
	InvitationLife time.Duration // 0: the directory's default
	PasswordLife   time.Duration
	MinPassword    int
	AuditRetention time.Duration // how long audit entries are kept; 0 for ever

	Log *slog.Logger
}

func (c Config) keyFile() string {
	if c.KeyFile != "" {
		return c.KeyFile
	}
	return filepath.Join(c.DataDir, "key")
}

// transport is the letters' way out, nil for none.
func (c Config) transport() (mail.Transport, error) {
	switch {
	case c.SMTPURL != "" && c.MailDir != "":
		return nil, errors.New("--smtp-url and --mail-dir are both given; letters go one way")
	case c.SMTPURL != "":
		return mail.SMTP(mail.SMTPConfig{URL: c.SMTPURL, Password: c.SMTPPassword})
	case c.MailDir != "":
		return mail.Folder(c.MailDir), nil
	}
	return nil, nil //nolint:nilnil // letters wait then
}

// where names the directory for people, without the URL's password.
func (c Config) where() string {
	if c.DatabaseURL == "" {
		return c.DataDir
	}
	if u, err := url.Parse(c.DatabaseURL); err == nil {
		return u.Redacted()
	}
	return "the database"
}

// checkServing says what keeps the configuration from being served.
func (c Config) checkServing() error {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("--listen %q: give a host and a port, like 127.0.0.1:8080", c.Listen)
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return errors.New("--tls-cert and --tls-key go together")
	}
	if err := c.checkContinue(); err != nil {
		return err
	}
	if _, err := parseProxies(c.TrustedProxies); err != nil {
		return err
	}
	if c.PublicURL == "" {
		if !loopback(host) {
			return fmt.Errorf("--listen %s can be reached from outside, so links need a --public-url with https, like https://ax.example.com", c.Listen)
		}
		return nil
	}
	u, err := url.Parse(c.PublicURL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("--public-url %q: give a URL like https://ax.example.com", c.PublicURL)
	case u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return fmt.Errorf("--public-url %q: give scheme, host and path only", c.PublicURL)
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return fmt.Errorf("--public-url %q: links that are sent by mail need https", c.PublicURL)
	case u.Scheme == "http" && !loopback(host):
		return fmt.Errorf("--listen %s can be reached from outside, so --public-url must begin with https", c.Listen)
	}
	return nil
}

func (c Config) checkContinue() error {
	if c.ContinueURL == "" {
		return nil
	}
	if u, err := url.Parse(c.ContinueURL); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return fmt.Errorf("--continue-url %q: give a URL like https://app.example.com", c.ContinueURL)
	}
	return nil
}

// publicURL is what links begin with, once the listener's address is known.
func (c Config) publicURL(listening net.Addr) string {
	switch {
	case c.PublicURL != "":
		return strings.TrimRight(c.PublicURL, "/")
	case c.TLSCert != "":
		return "https://" + listening.String()
	}
	return "http://" + listening.String()
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

func loopbackURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && loopback(u.Hostname())
}
