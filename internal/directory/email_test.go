package directory_test

import (
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"ax/internal/directory"
)

func TestParseEmail(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 64)
	label := strings.Repeat("d", 63)
	for given, want := range map[string]string{
		"jane@example.com":                        "jane@example.com",
		"Jane.Doe+tag@Example.COM":                "Jane.Doe+tag@Example.COM",
		"!#$%&'*+-/=?^_`{|}~@example.com":         "!#$%&'*+-/=?^_`{|}~@example.com",
		"1@a.co":                                  "1@a.co",
		"o'brien@example.co.uk":                   "o'brien@example.co.uk",
		"jörg@example.com":                        "jörg@example.com",
		"jo\u0308rg@example.com":                  "jo\u0308rg@example.com",
		"山田@example.jp":                           "山田@example.jp",
		"नेहा@example.in":                         "नेहा@example.in",
		"x@bücher.example":                        "x@xn--bcher-kva.example",
		"x@BÜCHER.example":                        "x@xn--bcher-kva.example",
		"x@xn--bcher-kva.example":                 "x@xn--bcher-kva.example",
		"x@XN--BCHER-KVA.Example":                 "x@xn--bcher-kva.example",
		"x@straße.example":                        "x@xn--strae-oqa.example",
		"x@\uff45xample.com":                      "x@example.com",
		"x@example\u3002com":                      "x@example.com",
		"x@a-b.c--d.example":                      "x@a-b.c--d.example",
		"x@mail.3com.example":                     "x@mail.3com.example",
		long + "@example.com":                     long + "@example.com",
		"x@" + label + ".example":                 "x@" + label + ".example",
		strings.Repeat("é", 32) + "@example.com":  strings.Repeat("é", 32) + "@example.com",
		"x@" + strings.Repeat("d.", 122) + "exam": "x@" + strings.Repeat("d.", 122) + "exam", // 250 bytes
	} {
		if got, fault := directory.ParseEmail(given); got != want || fault != "" {
			t.Errorf("%q: %q, %q; want %q", given, got, fault, want)
		}
	}
}

// E-04 and R-IN-04: what is not one plain address is refused, with a reason.
func TestParseEmailRefused(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"", " ", "jane", "@", "jane@", "@example.com", "a@b", "jane@localhost", "a@b@example.com", "jane@example.com@",
		"jane@example.com, kim@example.com", "jane@example.com;kim@example.com", "jane@example.com kim@example.com",
		"Jane <jane@example.com>", "<jane@example.com>", `"Jane" <jane@example.com>`, `"a b"@example.com`, `"jane"@example.com`,
		"jane(comment)@example.com", "jane@(comment)example.com", "mailto:jane@example.com", "@a.example,@b.example:jane@example.com",
		" jane@example.com", "jane@example.com ", "jane @example.com", "jane@ example.com", "jane@exam ple.com", "\tjane@example.com",
		"jane@example.com\r\nBcc: kim@example.com", "jane\r\n@example.com", "jane@example.com\n", "jane\n@example.com",
		"jane\x00@example.com", "jane@example\x00.com", "jane\x7f@example.com", "jane\u0085@example.com", "jane\u009b@example.com",
		"jane\u202e@example.com", "jane\u200b@example.com", "jane\u200d@example.com", "jane\ufeff@example.com", "jane\u2028@example.com",
		"jane\u00a0@example.com", "jane\uff20example.com", "jane\uff20x@example.com", "jane\xff@example.com", "jane@example\xff.com", "jane\ufffd@example.com",
		".jane@example.com", "jane.@example.com", "ja..ne@example.com", `ja\ne@example.com`, "ja[ne]@example.com",
		"jane@[127.0.0.1]", "jane@[IPv6:::1]", "jane@127.0.0.1", "jane@1.2.3.4", "jane@example.123", "jane@example.com:25", "jane@example.com/x",
		"jane@.example.com", "jane@example.com.", "jane@example..com", "jane@-example.com", "jane@example-.com", "jane@exa_mple.com", "jane@example.c*m",
		"jane@example\u3002", "jane@\u200dexample.com", "jane@xn--", "jane@xn--a.com", "jane@xn--zzzzzz-.example", "jane@XN--\u00e9.com",
		"jane%00@\u0000.com", "jane@exämple\u202e.com", "jane@\u0301example.com",
		strings.Repeat("a", 65) + "@example.com", strings.Repeat("é", 33) + "@example.com",
		"x@" + strings.Repeat("d", 64) + ".example", "x@" + strings.Repeat("d.", 124) + "exams", // 255 bytes
		strings.Repeat("x", 64) + "@" + strings.Repeat("d.", 124) + "example", "x@" + strings.Repeat("ü.", 60) + "example",
	} {
		if got, fault := directory.ParseEmail(s); got != "" || fault == "" {
			t.Errorf("%q is taken as %q", s, got)
		}
	}
}

// Of ASCII, the local part takes RFC 5322's atext and inner dots, a domain
// letters, digits, hyphens and dots; nothing else passes at any place.
func TestEmailCharacters(t *testing.T) {
	t.Parallel()
	const alnum = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	for c := range rune(0x80) {
		for email, allowed := range map[string]string{
			"ja" + string(c) + "ne@example.com": alnum + "!#$%&'*+-/=?^_`{|}~.",
			"jane@exam" + string(c) + "ple.com": alnum + "-.",
			string(c) + "jane@example.com":      alnum + "!#$%&'*+-/=?^_`{|}~",
			"jane@example.com" + string(c):      alnum,
		} {
			if got, fault := directory.ParseEmail(email); (fault == "") != strings.ContainsRune(allowed, c) {
				t.Errorf("%q: taken as %q, fault %q", email, got, fault)
			}
		}
	}
}

// The limit is on what is stored, which can be longer than what was given.
func TestEmailLength(t *testing.T) {
	t.Parallel()
	local := strings.Repeat("l", 64)
	domain := strings.Repeat(strings.Repeat("d", 62)+".", 3)
	for _, c := range []struct {
		email string
		taken bool
	}{
		{local + "@" + domain[:189-5] + ".abcd", true},   // 254
		{local + "@" + domain[:189-5] + ".abcde", false}, // 255
		{local + "@" + domain[:180-5] + ".ü.abcd", true},
		{local + "@" + domain[:189-5] + ".ü.a", false}, // 253 as given, longer as an A-label
	} {
		_, fault := directory.ParseEmail(c.email)
		if (fault == "") != c.taken {
			t.Errorf("%d bytes: taken %v, want %v (%s)", len(c.email), fault == "", c.taken, fault)
		}
	}
}

// E-05: whether two addresses are one, decided by Fold and by nothing else.
func TestSameAddress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"i@example.com", "I@example.com", true},
		{"i@example.com", "İ@example.com", false},
		{"i@example.com", "ı@example.com", false},
		{"I@example.com", "ı@example.com", false},
		{"k@example.com", "\u212a@example.com", true},
		{"s@example.com", "\u017f@example.com", true},
		{"å@example.com", "\u212b@example.com", true},
		{"\u00b5@example.com", "\u03bc@example.com", true},
		{"ß@example.com", "ss@example.com", false},
		{"ß@example.com", "\u1e9e@example.com", true},
		{"é@example.com", "e\u0301@example.com", true},
		{"É@example.com", "e\u0301@example.com", true},
		{"e@example.com", "é@example.com", false},
		{"σ@example.com", "ς@example.com", true},
		{"Σ@example.com", "ς@example.com", true},
		{"ΑΙ@example.com", "αι@example.com", true},
		{"ᾳ@example.com", "ᾼ@example.com", true},
		{"ﬀ@example.com", "ff@example.com", false},
		{"ａ@example.com", "a@example.com", false},
		{"а@example.com", "a@example.com", false}, // Cyrillic
		{"a@example.com", "a@EXAMPLE.com", true},
		{"a@bücher.example", "a@xn--bcher-kva.example", true},
		{"a@BU\u0308CHER.example", "A@XN--BCHER-KVA.EXAMPLE", true},
		{"a@\uff45xample.com", "a@example.com", true},
		{"a@example\u3002com", "a@example.com", true},
		{"a@straße.example", "a@strasse.example", false},
		{"a.b@example.com", "ab@example.com", false},
		{"a+b@example.com", "a@example.com", false},
	} {
		a, faultA := directory.ParseEmail(c.a)
		b, faultB := directory.ParseEmail(c.b)
		if faultA != "" || faultB != "" {
			t.Errorf("%q, %q: %s%s", c.a, c.b, faultA, faultB)
		}
		if got := directory.Fold(a) == directory.Fold(b); got != c.same {
			t.Errorf("%q and %q are one: %v, want %v (%q, %q)", c.a, c.b, got, c.same, directory.Fold(a), directory.Fold(b))
		}
	}
}

// Fold is the same for every member of a case orbit and every normal form.
func TestFoldRunes(t *testing.T) {
	t.Parallel()
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if 0xd800 <= r && r < 0xe000 {
			continue
		}
		folded := directory.Fold(string(r))
		for _, other := range []string{folded, string(unicode.SimpleFold(r)), norm.NFD.String(string(r)), norm.NFC.String(string(r))} {
			if got := directory.Fold(other); got != folded {
				t.Errorf("%U folds to %+q and its other spelling %+q to %+q", r, folded, other, got)
			}
		}
	}
}

// What is typed of an address finds it: a list's filter is folded as the
// addresses are.
func TestFoldParts(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"jane.doe@example.com", "JÖRG@example.com", "και@example.gr", "ΚΑΙΡΟΣ@example.gr", "σοφος@example.gr", "дарья@example.ru", "山田@example.jp"} {
		runes := []rune(norm.NFC.String(s))
		for from := range runes {
			for to := from + 1; to <= len(runes); to++ {
				part := string(runes[from:to])
				if !strings.Contains(directory.Fold(s), directory.Fold(part)) {
					t.Errorf("%q is not found by its part %q: %+q, %+q", s, part, directory.Fold(s), directory.Fold(part))
				}
			}
		}
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"", "Jane@Example.com", "İstanbul", "αι", "e\u0301", "\u212a\u017fß\u1e9e", "\u1fbc\u0345", "\xff", "a\u0345\u0301", "\u03b9\u0308\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		folded := directory.Fold(s)
		if again := directory.Fold(folded); again != folded {
			t.Errorf("%+q folds to %+q and that to %+q", s, folded, again)
		}
		if decomposed := directory.Fold(norm.NFD.String(s)); decomposed != folded {
			t.Errorf("%+q folds to %+q and decomposed to %+q", s, folded, decomposed)
		}
	})
}

func FuzzParseEmail(f *testing.F) {
	for _, s := range []string{"jane@example.com", "x@bücher.example", "a@xn--bcher-kva.example", "a@b@c.de", "\"a b\"@c.de", "a\r\n@b.cd", "山@\u3002.com"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		email, fault := directory.ParseEmail(s)
		if fault != "" {
			if email != "" {
				t.Errorf("%q is refused (%s) and taken as %q", s, fault, email)
			}
			return
		}
		if again, fault := directory.ParseEmail(email); again != email || fault != "" {
			t.Errorf("%q is stored as %q, and that as %q, %q", s, email, again, fault)
		}
		if len(email) > 254 || strings.Count(email, "@") != 1 || strings.ContainsAny(email, " \t\r\n\x00<>()[]\\,;:\"") {
			t.Errorf("%q is taken as %q", s, email)
		}
		for _, r := range email {
			if unicode.IsControl(r) || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
				t.Errorf("%q is taken with %U in it", s, r)
			}
		}
	})
}
