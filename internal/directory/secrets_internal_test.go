package directory

import (
	"bytes"
	"crypto/rand"
	"strings"
	"testing"
)

func testKey(t *testing.T) Key {
	t.Helper()
	text, err := NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	k, err := ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// Each purpose has a key of its own, none of which is what the store keeps.
func TestDerivedKeys(t *testing.T) {
	t.Parallel()
	k := testKey(t)
	if bytes.Equal(k.seal, k.cursor) || bytes.Equal(k.seal, k.check) || bytes.Equal(k.cursor, k.check) {
		t.Errorf("seal % x, cursor % x, check % x", k.seal, k.cursor, k.check)
	}
}

// What is sealed for one owner opens for this owner only, unchanged, with the
// same key, and never looks the same twice.
func TestSeal(t *testing.T) {
	t.Parallel()
	k := testKey(t)
	sealed, err := k.sealFor("letter 1", "secret")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := k.openFor("letter 1", sealed); got != "secret" || err != nil {
		t.Errorf("opened %q, %v", got, err)
	}
	if again, _ := k.sealFor("letter 1", "secret"); bytes.Equal(again, sealed) {
		t.Error("sealed alike twice")
	}
	if got, err := k.openFor("letter 2", sealed); err == nil {
		t.Errorf("another owner reads %q", got)
	}
	if got, err := testKey(t).openFor("letter 1", sealed); err == nil {
		t.Errorf("another key reads %q", got)
	}
	for bit := range 8 * len(sealed) {
		changed := bytes.Clone(sealed)
		changed[bit/8] ^= 1 << (bit % 8)
		if got, err := k.openFor("letter 1", changed); err == nil {
			t.Fatalf("with bit %d changed it reads %q", bit, got)
		}
	}
	for n := range sealed {
		if got, err := k.openFor("letter 1", sealed[:n]); err == nil {
			t.Fatalf("the first %d bytes read %q", n, got)
		}
	}
}

// everyByte yields each byte value in turn, for ever.
type everyByte struct{ next byte }

func (r *everyByte) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = r.next
		r.next++
	}
	return len(p), nil
}

// From evenly distributed bytes, pick makes evenly distributed characters: it
// does not favour the first ones of an alphabet that does not divide 256.
func TestPickIsEven(t *testing.T) {
	t.Parallel()
	for _, alphabet := range []string{base62, unambiguous} {
		per := 256 / len(alphabet)
		n := per * len(alphabet) * 32
		d := &Directory{Rand: &everyByte{}}
		s, err := d.pick(alphabet, n)
		if err != nil || len(s) != n {
			t.Fatalf("%d characters, %v", len(s), err)
		}
		for _, c := range alphabet {
			if got := strings.Count(s, string(c)); got != per*32 {
				t.Errorf("of %d characters %q came %d times, want %d", n, c, got, per*32)
			}
		}
	}
}

func TestAlphabets(t *testing.T) {
	t.Parallel()
	if strings.ContainsAny(unambiguous, "0O1lI") || strings.ToLower(unambiguous) != unambiguous || len(unambiguous) != 31 {
		t.Errorf("unambiguous is %q", unambiguous)
	}
	for _, alphabet := range []string{base62, unambiguous} {
		for _, c := range alphabet {
			if strings.Count(alphabet, string(c)) != 1 {
				t.Errorf("%q is in %q more than once", c, alphabet)
			}
		}
	}
}

// What may be shown of a key is not enough to guess it: its end, which is
// checksum.
func TestRedactedKey(t *testing.T) {
	t.Parallel()
	d := &Directory{Rand: rand.Reader}
	key, err := d.newAPIKey()
	if err != nil {
		t.Fatal(err)
	}
	shown := redactAPIKey(key)
	if shown != "ak-…"+key[len(key)-4:] {
		t.Errorf("of %q is shown %q", key, shown)
	}
	if checksum("") != "000000" || len(checksum(key)) != apiKeyChecksum {
		t.Errorf("checksums %q, %q", checksum(""), checksum(key))
	}
}
