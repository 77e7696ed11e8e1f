package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
)

// protect sets what every answer carries, errors and assets included (OWASP
// ASVS 5.0, 3.4).
func (s *site) protect(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer") // the address of a page can hold a link's secret
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()")
	h.Set("Cache-Control", "no-store")
	if s.secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// origin is a URL's, as browsers send it.
func origin(u *url.URL) string {
	host := strings.ToLower(u.Host)
	switch u.Scheme {
	case "https":
		host = strings.TrimSuffix(host, ":443")
	case "http":
		host = strings.TrimSuffix(host, ":80")
	}
	return u.Scheme + "://" + host
}

// Forms of signed-in pages carry a text that only this session's pages can
// know. It stands beside the check of where a form comes from, for browsers
// that do not say it.
const proofField = "proof"

func (c *call) proof() string { return derive(c.secret, "form") }

// proven fails when a form was not made for this session.
func (c *call) proven(in map[string]string) error {
	if subtle.ConstantTimeCompare([]byte(in[proofField]), []byte(c.proof())) != 1 {
		return errStaleForm()
	}
	return nil
}

// derive makes a text that whoever holds a session's secret can make again,
// and that does not show it.
func derive(secret, purpose string) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte("ax " + purpose))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}
