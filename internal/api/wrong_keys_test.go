package api_test

import (
	"fmt"
	"hash/crc32"
	"math/big"
	"strings"
	"testing"
)

// almost is a key that is none and passes the checksum: its first n characters are those of the key.
func almost(key string, n int, rest []byte) string {
	const random = 43
	body := strings.TrimPrefix(key, "ak-")[:random]
	text := big.NewInt(0).SetBytes(append(rest, rest...)).Text(62)
	body = body[:n] + text[n:random]
	sum := big.NewInt(int64(crc32.ChecksumIEEE([]byte(body)))).Text(62)
	return "ak-" + body + strings.Repeat("0", 6-len(sum)) + sum
}

// K-06: a wrong key takes the same work however much of it is right: one question, for the digest of all of it.
func TestK06_WrongKeysAreOneQuestion(t *testing.T) {
	t.Parallel()
	tap := &wiretap{}
	w := newWorldOn(t, tap.open)
	ask := func(key string) string {
		tap.taken()
		got := w.do(t, "GET", "/v2/users", "", "Authorization: Bearer "+key, "X-Request-Id: same")
		return fmt.Sprint(got.Code, got.Header(), got.Body, tap.taken())
	}
	rest := []byte("0123456789abcdefghijklmnopqrstuv")
	ask(almost(w.key, 0, rest))
	want := ask(almost(w.key, 0, rest))
	if !strings.HasPrefix(want, "401") || strings.Count(want, "run ") != 1 {
		t.Fatalf("a wrong key: %s", want)
	}
	for n := range 43 {
		if got := ask(almost(w.key, n, rest)); got != want {
			t.Errorf("%d characters are right: %s, want %s", n, got, want)
		}
	}
	if got := ask("ak-" + strings.Repeat("0", 49)); strings.Contains(got, "run ") {
		t.Errorf("a key that fails its checksum is looked up: %s", got)
	}
}
