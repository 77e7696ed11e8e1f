package mail_test

import (
	"bytes"
	"flag"
	"io"
	"mime"
	"mime/multipart"
	netmail "net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"ax/internal/directory"
	"ax/internal/mail"
)

var update = flag.Bool("update", false, "write the letters in testdata anew")

func kinds() map[directory.LetterKind]string {
	return map[directory.LetterKind]string{
		directory.LetterInvitation: publicURL + "/invitations/" + token,
		directory.LetterReset:      publicURL + "/reset/" + token,
		// A notice has no secret, though these letters have a token.
		directory.LetterPasswordChanged: publicURL + "/forgot-password",
	}
}

// people are names that letters are kept for in testdata.
func people() map[string]string {
	return map[string]string{
		"plain":      "Ann Smith",
		"apostrophe": "Siobhán O'Brien-\"Shiv\"",
		"long":       strings.Repeat("Maximiliane ", 21) + "Ana", // 255 characters
		"chinese":    "欧阳 慧敏",
		"arabic":     "أحمد بن عبد الله",
		"emoji":      "Zoë 👩‍👩‍👧‍👦🏳️‍🌈",
		"html":       "<b>{{.}}</b>",
	}
}

// TestLetters compares whole messages; -update writes them.
func TestLetters(t *testing.T) {
	t.Parallel()
	for kind := range kinds() {
		for name, person := range people() {
			file := strings.ReplaceAll(strings.ToLower(string(kind)), "_", "-") + "-" + name + ".eml"
			t.Run(file, func(t *testing.T) {
				t.Parallel()
				l := letter(kind, "TGV0dGVyOjAxMjM0NTY3ODlhYmNkZWZn")
				l.ToName, l.From = person, person
				head := mail.Letterhead{Contact: "help@example.com"}
				got := raw(t, head, l)
				path := filepath.Join("testdata", file)
				if *update {
					if err := os.WriteFile(path, got, 0o600); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), string(got)); diff != "" {
					t.Error("run `go test ./internal/mail -update` if this is meant (-want +got):", diff)
				}
				checkMessage(t, got, l)
			})
		}
	}
}

// awkward are names that directory refuses, or that try to be more than a name.
func awkward() []string {
	return append([]string{
		"", "\r\nBcc: eve@example.org", "Ann\rX-Evil: 1", "Ann\nTo: eve@example.org", "Ann\x00", "Ann\u0085Smith", "Ann\u2028Smith", "\r\n\r\n<h1>Evil",
		"Ann\" <eve@example.org>, \"", "Ann, eve@example.org", "Ann (", "<script>alert(1)</script>", "=?utf-8?q?eve?=", "\\", "&amp;\"'><a href=//evil.example>",
		"http://evil.example/", "www.evil.example", "evil.example", "evil。example", "Call evil.example now", "mailto:eve@example.org",
		"Ann  " + strings.Repeat("x", 90) + "  " + strings.Repeat("y", 90), "\u202eevil", "\u2066Ann", "\xff\xfe", "--part-", ".", "..", "\r\n.\r\n",
		strings.Repeat("\U0001F469", 255), strings.Repeat("'", 255), strings.Repeat("W", 255), strings.Repeat("x", 10000), "{{.Link}}", "%s%n",
	}, mapValues(people())...)
}

func mapValues(m map[string]string) (values []string) {
	for _, v := range m {
		values = append(values, v)
	}
	return values
}

// TestNamesAreOnlyNames is E-03: no name adds a header, a recipient or a link.
func TestNamesAreOnlyNames(t *testing.T) {
	t.Parallel()
	for kind := range kinds() {
		for _, name := range awkward() {
			l := letter(kind, "TGV0dGVyOjE")
			l.ToName, l.From = name, name
			checkMessage(t, raw(t, mail.Letterhead{}, l), l)
			if t.Failed() {
				t.Fatalf("with the name %q", name)
			}
		}
	}
}

func FuzzNames(f *testing.F) {
	all := []directory.LetterKind{directory.LetterInvitation, directory.LetterReset, directory.LetterPasswordChanged}
	for i, name := range awkward() {
		f.Add(name, name, uint8(i))
	}
	f.Fuzz(func(t *testing.T, to, from string, kind uint8) {
		l := letter(all[int(kind)%len(all)], "TGV0dGVyOjE")
		l.ToName, l.From = to, from
		checkMessage(t, raw(t, mail.Letterhead{}, l), l)
	})
}

func raw(t *testing.T, head mail.Letterhead, l directory.OpenLetter) []byte {
	t.Helper()
	m, err := mail.Render(publicURL, head, l)
	if err != nil {
		t.Fatal(err)
	}
	var first, second bytes.Buffer
	for _, b := range []*bytes.Buffer{&first, &second} {
		if _, err := m.WriteTo(b); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Fatal("written twice, a message differs")
	}
	return first.Bytes()
}

// checkMessage reads a message as a mail program does and holds it to what
// all letters have in common.
func checkMessage(t *testing.T, raw []byte, l directory.OpenLetter) {
	t.Helper()
	checkLines(t, raw)
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	checkHeader(t, m.Header, l)
	text, html := parts(t, m)
	link := kinds()[l.Kind]
	checkText(t, text, link)
	if l.Kind == directory.LetterPasswordChanged && bytes.Contains(raw, []byte(token)) {
		t.Error("a notice holds a secret")
	}
	checkHTML(t, html, link)
	if !bytes.Contains(raw, []byte("\r\n"+link+"\r\n")) {
		t.Error("the raw message does not show the link on a line of its own")
	}
}

func checkLines(t *testing.T, raw []byte) {
	t.Helper()
	if !utf8.Valid(raw) {
		t.Error("not UTF-8")
	}
	body := false
	for line := range strings.SplitSeq(string(raw), "\r\n") {
		switch {
		case strings.ContainsAny(line, "\r\n\x00"):
			t.Errorf("a line with a break or NUL: %q", line)
		case len(line) > 998:
			t.Errorf("a line of %d bytes", len(line))
		case !body && line != "" && strings.TrimSpace(line) == "":
			t.Error("a header line of spaces only")
		}
		body = body || line == ""
	}
}

func checkHeader(t *testing.T, h netmail.Header, l directory.OpenLetter) {
	t.Helper()
	got := map[string]int{}
	for name, values := range h {
		got[name] = len(values)
	}
	want := map[string]int{
		"Auto-Submitted": 1, "Content-Type": 1, "Date": 1, "From": 1, "Message-Id": 1,
		"Mime-Version": 1, "Subject": 1, "To": 1,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error("headers (-want +got):", diff)
	}
	to, err := h.AddressList("To")
	if err != nil || len(to) != 1 || to[0].Address != l.To {
		t.Errorf("To: %q is %v, %v", h.Get("To"), to, err)
	} else if spaced(to[0].Name) != spaced(l.ToName) {
		t.Errorf("To is called %q, want %q", to[0].Name, l.ToName)
	}
	from, err := h.AddressList("From")
	if err != nil || len(from) != 1 || from[0].String() != `"ax" <no-reply@ax.example.com>` {
		t.Errorf("From: %v, %v", from, err)
	}
	if date, err := h.Date(); err != nil || !date.Equal(l.CreatedAt.Truncate(time.Second)) {
		t.Errorf("Date: %v, %v", date, err)
	}
	if id := h.Get("Message-Id"); id != "<"+string(l.ID)+"@ax.example.com>" {
		t.Error("Message-ID:", id)
	}
	if a := h.Get("Auto-Submitted"); a != "auto-generated" {
		t.Error("Auto-Submitted:", a)
	}
}

// spaced is a name without what a header cannot or must not show.
func spaced(s string) string {
	unfit := regexp.MustCompile(`[\p{Cc}\p{Zl}\p{Zp}]`)
	s = unfit.ReplaceAllString(strings.ToValidUTF8(s, "\ufffd"), " ")
	s = regexp.MustCompile(`[\x{202a}-\x{202e}\x{2066}-\x{2069}\x{200e}\x{200f}\x{61c}\x{feff}]`).ReplaceAllString(s, "")
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 255 {
		s = strings.TrimRight(string(r[:255]), "\u200d ") + "…"
	}
	return s
}

func parts(t *testing.T, m *netmail.Message) (text, html string) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("Content-Type: %s, %v", kind, err)
	}
	r := multipart.NewReader(m.Body, params["boundary"])
	read := func(contentType string) string {
		p, err := r.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Header.Get("Content-Type"); got != contentType || p.Header.Get("Content-Transfer-Encoding") != "8bit" {
			t.Errorf("part: %v", p.Header)
		}
		b, err := io.ReadAll(p)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	text, html = read("text/plain; charset=UTF-8"), read("text/html; charset=UTF-8")
	if _, err := r.NextRawPart(); err != io.EOF {
		t.Errorf("a third part: %v", err)
	}
	return text, html
}

func checkText(t *testing.T, text, link string) {
	t.Helper()
	// As broadly as mail programs find links.
	found := regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://\S+|www\.\S+`).FindAllString(text, -1)
	if diff := cmp.Diff([]string{link}, found); diff != "" {
		t.Errorf("links in the text (-want +got): %s", diff)
	}
	if i := strings.Index(text, "evil.example"); i >= 0 && i < strings.Index(text, link) {
		t.Error("a name could be taken for the link")
	}
}

func checkHTML(t *testing.T, html, link string) {
	t.Helper()
	found := regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://[^\s"'<>]+|www\.[^\s"'<>]+`).FindAllString(html, -1)
	if diff := cmp.Diff([]string{link, link}, found); diff != "" {
		t.Errorf("links in the HTML (-want +got): %s", diff)
	}
	if !regexp.MustCompile(`<a class="(button|link)" href="`+regexp.QuoteMeta(link)+`"`).MatchString(html) || strings.Count(html, ">"+link+"<") != 1 {
		t.Error("the HTML does not show the link as it is")
	}
	remote := regexp.MustCompile(`(?i)<(img|script|link|iframe|object|embed|video|audio|form|base|svg)\b|\bsrc\s*=|url\s*\(|@import|\bon[a-z]+\s*=\s*"`)
	if bad := remote.FindString(html); bad != "" {
		t.Errorf("the HTML holds %q", bad)
	}
	if n := strings.Count(html, "<a "); n != 1 {
		t.Errorf("%d anchors", n)
	}
}

func TestWording(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*directory.OpenLetter)
		head   mail.Letterhead
		has    []string
		lacks  []string
	}{
		{"all of it", func(*directory.OpenLetter) {}, mail.Letterhead{Product: "Orchard", Contact: "the IT desk"},
			[]string{"Subject: Your invitation to Orchard", "Hello Ann Smith,", "Bob Jones has invited you to Orchard.", "until Tuesday, 1 December 2026 at 09:00 UTC.", "Ask the IT desk."}, nil},
		{"no inviter, no contact", func(l *directory.OpenLetter) { l.From = "" }, mail.Letterhead{},
			[]string{"You are invited to ax."}, []string{"questions", "has invited"}},
		{"root", func(l *directory.OpenLetter) { l.From = "root" }, mail.Letterhead{},
			[]string{"You are invited to ax."}, []string{"root has", "root<"}},
		{"reset", func(l *directory.OpenLetter) { l.Kind = directory.LetterReset }, mail.Letterhead{},
			[]string{"Subject: Choose a new password for ax", "Bob Jones has asked us to send you a link"}, []string{"invit"}},
		{"reset by root", func(l *directory.OpenLetter) { l.Kind, l.From = directory.LetterReset, "root" }, mail.Letterhead{},
			[]string{"Here is a link"}, []string{"root has", "root<", "has asked"}},
		{"invitation's life", func(*directory.OpenLetter) {}, mail.Letterhead{},
			[]string{"works once and for 7 days,\r\nuntil", "works once and for 7 days, until <strong>", "This letter replaces any earlier one.", "did not expect"}, nil},
		{"reset's life", func(l *directory.OpenLetter) { *l = letter(directory.LetterReset, "L") }, mail.Letterhead{},
			[]string{"works once and for 30 minutes,\r\nuntil Tuesday, 24 November 2026 at 09:30 UTC.", "This letter replaces any earlier one.",
				"did not expect", "password stays as it is unless"}, nil},
		{"life of hours", func(l *directory.OpenLetter) { l.ExpiresAt = l.CreatedAt.Add(36 * time.Hour) }, mail.Letterhead{},
			[]string{"works once and for 36 hours,"}, nil},
		{"notice", func(l *directory.OpenLetter) { *l = letter(directory.LetterPasswordChanged, "L") }, mail.Letterhead{Product: "Orchard", Contact: "the IT desk"},
			[]string{"Subject: Your password for Orchard was changed", "Hello Ann Smith,", "changed\r\non Tuesday, 24 November 2026 at 09:00 UTC.",
				"changed on <strong>Tuesday, 24 November 2026 at 09:00 UTC</strong>.", "If you did not, somebody else", "Then tell the IT desk what happened."},
			[]string{token, "Bob Jones", "works once"}},
		{"notice, no contact", func(l *directory.OpenLetter) { l.Kind = directory.LetterPasswordChanged }, mail.Letterhead{},
			[]string{"Then tell the people who run ax what happened."}, nil},
		{"other zone", func(l *directory.OpenLetter) { l.ExpiresAt = l.ExpiresAt.In(time.FixedZone("X", 3600)) }, mail.Letterhead{},
			[]string{"until Tuesday, 1 December 2026 at 09:00 UTC."}, nil},
		{"right to left", func(l *directory.OpenLetter) { l.From = "أحمد" }, mail.Letterhead{},
			[]string{"\u2068أحمد\u2069 has invited you", `<bdi dir="auto">أحمد</bdi> has invited you`}, nil},
		{"name like a link", func(l *directory.OpenLetter) { l.ToName, l.From = "evil.example", "see www.evil.example" }, mail.Letterhead{},
			[]string{"Hello,", "You are invited to ax."}, nil},
		{"initials", func(l *directory.OpenLetter) { l.ToName, l.From = "J.R. Doe", "Dr. No" }, mail.Letterhead{},
			[]string{"Hello J.R. Doe,", "Dr. No has invited you"}, nil},
		{"long name", func(l *directory.OpenLetter) { l.ToName = strings.Repeat("x", 255) }, mail.Letterhead{},
			[]string{"Hello " + strings.Repeat("x", 80) + "…,"}, nil},
		{"from another address", func(*directory.OpenLetter) {}, mail.Letterhead{From: "Team <team@example.org>"},
			[]string{`From: "Team" <team@example.org>`}, nil},
		{"from a bare address", func(*directory.OpenLetter) {}, mail.Letterhead{Product: "Orchard", From: "team@example.org"},
			[]string{`From: "Orchard" <team@example.org>`}, nil},
		{"product in another script", func(*directory.OpenLetter) {}, mail.Letterhead{Product: "Størk"},
			[]string{"Subject: =?UTF-8?q?Your_invitation_to_St=C3=B8rk?=", "invited you to Størk."}, nil},
		{"address in another script", func(l *directory.OpenLetter) { l.To = "jürgen@example.com" }, mail.Letterhead{},
			[]string{"To: \"Ann Smith\" <jürgen@example.com>"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := letter(directory.LetterInvitation, "L")
			tt.change(&l)
			got := string(raw(t, tt.head, l))
			for _, want := range tt.has {
				if !strings.Contains(got, want) {
					t.Errorf("no %q in:\n%s", want, got)
				}
			}
			for _, not := range tt.lacks {
				if strings.Contains(got, not) {
					t.Errorf("%q in:\n%s", not, got)
				}
			}
		})
	}
}

// TestLink is R-TK-07: nothing but the configured URL and the token.
func TestLink(t *testing.T) {
	t.Parallel()
	forgotten := letter(directory.LetterReset, "L")
	forgotten.Token = ""
	for _, tt := range []struct {
		url  string
		l    directory.OpenLetter
		want string
	}{
		{publicURL, letter(directory.LetterInvitation, "L"), publicURL + "/invitations/" + token},
		{publicURL + "/", letter(directory.LetterReset, "L"), publicURL + "/reset/" + token},
		{publicURL + "/ax", letter(directory.LetterReset, "L"), publicURL + "/ax/reset/" + token},
		{"http://[::1]:8080", letter(directory.LetterInvitation, "L"), "http://[::1]:8080/invitations/" + token},
		{publicURL, forgotten, ""},
		{publicURL, letter("POSTCARD", "L"), ""},
		{publicURL, letter(directory.LetterPasswordChanged, "L"), ""},
	} {
		if got := mail.Link(tt.url, tt.l); got != tt.want {
			t.Errorf("Link(%q, %s) = %q, want %q", tt.url, tt.l.Kind, got, tt.want)
		}
	}
}

// Public URLs without a mail domain still make sound addresses and ids.
func TestLocalPublicURL(t *testing.T) {
	t.Parallel()
	for base, id := range map[string]string{
		"http://127.0.0.1:8080": "<L@127.0.0.1>", "http://[::1]:8080": "<L@[::1]>", "http://localhost": "<L@localhost>",
	} {
		m, err := mail.Render(base, mail.Letterhead{}, letter(directory.LetterReset, "L"))
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := m.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		read, err := netmail.ReadMessage(&b)
		if err != nil {
			t.Fatal(err)
		}
		_, html := parts(t, read)
		if !strings.Contains(html, `href="`+base+"/reset/"+token+`"`) {
			t.Error("no link to", base)
		}
		if got := read.Header.Get("Message-Id"); got != id || m.From != "no-reply@localhost" {
			t.Errorf("%s: %s from %s", base, got, m.From)
		}
	}
}
