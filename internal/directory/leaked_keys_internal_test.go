package directory

import (
	"crypto/rand"
	"os"
	"regexp"
	"testing"
)

// K-07: the rule that docs/operations.md gives to scanners finds every key, wherever it was written, and nothing else.
func TestK07_ScannersFindKeys(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	said := regexp.MustCompile("(?m)^regex = '''(.*)'''$").FindSubmatch(text)
	if said == nil {
		t.Fatal("docs/operations.md has no rule")
	}
	rule := regexp.MustCompile(string(said[1]))
	d := &Directory{Rand: rand.Reader}
	around := [][2]string{{"", ""}, {"AX_KEY=", "\n"}, {`{"key":"`, `"}`}, {"Authorization: Bearer ", "\r\n"}, {"curl -H 'x:", "' https://x"}, {"(", ")."}, {"?key=", "&x=1"}}
	for n := range 10_000 {
		key, err := d.newAPIKey()
		if err != nil {
			t.Fatal(err)
		}
		at := around[n%len(around)]
		if found := rule.FindStringSubmatch(at[0] + key + at[1]); found == nil || found[1] != key {
			t.Fatalf("%q is not found in %q", key, at[0]+key+at[1])
		}
	}
	// A million random words; of those that only look like keys, the checksum tells.
	const length = len(apiKeyPrefix) + apiKeyRandom + apiKeyChecksum
	words, err := d.pick(base62, 1_000_000+length)
	if err != nil {
		t.Fatal(err)
	}
	for at := range 1_000_000 {
		word := words[at : at+length]
		if rule.MatchString(word) {
			t.Fatalf("%q is taken for a key", word)
		}
		if at%100 == 0 && soundAPIKey(apiKeyPrefix+word[len(apiKeyPrefix):]) {
			t.Errorf("%q has a good checksum", apiKeyPrefix+word)
		}
	}
}
