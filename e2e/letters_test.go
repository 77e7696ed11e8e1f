package e2e_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	netmail "net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// letters returns the raw letters to an address, oldest first.
func (s *site) letters(email string) (found [][]byte) {
	s.t.Helper()
	// Half-written letters have names of another form.
	names, err := filepath.Glob(filepath.Join(s.mail, "*.eml"))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			s.t.Fatal(err)
		}
		m, err := netmail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			s.t.Fatalf("%s: %v", name, err)
		}
		to, err := netmail.ParseAddress(m.Header.Get("To"))
		if err != nil {
			s.t.Fatalf("%s: %v", name, err)
		}
		if strings.EqualFold(to.Address, email) {
			found = append(found, raw)
		}
	}
	return found
}

// letter waits for the nth letter to an address, from 1.
func (s *site) letter(email string, n int) (raw []byte) {
	s.t.Helper()
	eventually(s.t, "letter to "+email, func() bool {
		if all := s.letters(email); len(all) >= n {
			raw = all[n-1]
		}
		return raw != nil
	})
	return raw
}

// plainText is the letter as a program without HTML shows it.
func plainText(t testing.TB, raw []byte) string {
	t.Helper()
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	part, err := multipart.NewReader(bufio.NewReader(m.Body), params["boundary"]).NextPart()
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(part)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

// linkIn is the first URL of a letter's text.
func linkIn(t testing.TB, raw []byte) string {
	t.Helper()
	link := regexp.MustCompile(`https?://\S+`).FindString(plainText(t, raw))
	if link == "" {
		t.Fatalf("no link in the letter:\n%s", raw)
	}
	return link
}
