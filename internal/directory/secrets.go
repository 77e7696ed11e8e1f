package directory

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/big"
	"strings"
)

// A Digest is the SHA-256 of a secret. Secrets of ours hold at least 118
// random bits, so a fast hash keeps them (OWASP ASVS 5.0, 6.5.2).
type Digest [sha256.Size]byte

// DigestOf is what the store keeps of a secret.
func DigestOf(secret string) Digest { return sha256.Sum256([]byte(secret)) }

// A Key is the directory's own secret, 32 bytes. It seals what must be read
// back and authenticates cursors; it is never in the store.
type Key struct{ seal, cursor, check, browser, erased []byte }

const keyBytes = 32

// NewKey makes the text of a key file.
func NewKey(rand io.Reader) (string, error) {
	b := make([]byte, keyBytes)
	if _, err := io.ReadFull(rand, b); err != nil {
		return "", fmt.Errorf("read random bytes: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b) + "\n", nil
}

// ParseKey reads the text of a key file.
func ParseKey(text string) (Key, error) {
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(b) != keyBytes {
		return Key{}, errors.New("not a directory key: it must hold 43 base64url characters, as `ax server init` writes them")
	}
	var k Key
	for purpose, to := range map[string]*[]byte{"seal": &k.seal, "cursor": &k.cursor, "check": &k.check, "browser": &k.browser, "erased": &k.erased} {
		if *to, err = hkdf.Key(sha256.New, b, nil, "ax "+purpose, keyBytes); err != nil {
			return Key{}, fmt.Errorf("derive the %s key: %w", purpose, err)
		}
	}
	return k, nil
}

// Check is what a store keeps to recognise its key, and no help in finding it.
func (k Key) Check() []byte { return k.check }

func (k Key) aead() (cipher.AEAD, error) {
	block, err := aes.NewCipher(k.seal)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// sealFor encrypts secret for one owner; only openFor with the same owner reads it.
func (k Key) sealFor(owner, secret string) ([]byte, error) {
	aead, err := k.aead()
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, []byte(secret), []byte(owner)), nil //nolint:gosec // the nonce is made inside, at random
}

func (k Key) openFor(owner string, sealed []byte) (string, error) {
	aead, err := k.aead()
	if err != nil {
		return "", err
	}
	secret, err := aead.Open(nil, nil, sealed, []byte(owner))
	if err != nil {
		return "", errors.New("sealed with another key, or changed")
	}
	return string(secret), nil
}

func (k Key) cursorMAC(message []byte) []byte { return mac(k.cursor, message) }

func mac(key, message []byte) []byte {
	m := hmac.New(sha256.New, key)
	m.Write(message)
	return m.Sum(nil)[:16]
}

// Flash seals a text that a browser keeps for its next request, and OpenFlash
// reads it.
func (k Key) Flash(text string) (string, error) {
	sealed, err := k.sealFor("flash", text)
	return base64.RawURLEncoding.EncodeToString(sealed), err
}

// OpenFlash reads what Flash sealed.
func (k Key) OpenFlash(sealed string) (string, error) {
	b, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return "", errors.New("not sealed by this directory")
	}
	return k.openFor("flash", b)
}

// A browser that has signed in keeps a random nonce, authenticated together
// with the address that signed in.

// browser makes what the browser keeps.
func (d *Directory) browser(email string) (string, error) {
	nonce, err := d.pick(base62, 22)
	return nonce + "." + base64.RawURLEncoding.EncodeToString(mac(d.Key.browser, []byte(nonce+Fold(email)))), err
}

// knownBrowser returns the nonce of a browser that signed in with the address.
func (k Key) knownBrowser(kept, email string) (nonce string, ok bool) {
	nonce, tag, _ := strings.Cut(kept, ".")
	b, err := base64.RawURLEncoding.DecodeString(tag)
	return nonce, err == nil && hmac.Equal(b, mac(k.browser, []byte(nonce+Fold(email))))
}

const (
	base62      = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	unambiguous = "abcdefghjkmnpqrstuvwxyz23456789" // 31: no i, l, o, 0, 1
)

// pick returns n random characters of alphabet, each equally likely.
func (d *Directory) pick(alphabet string, n int) (string, error) {
	limit := byte(256 / len(alphabet) * len(alphabet) % 256)
	out := make([]byte, 0, n)
	buf := make([]byte, 2*n)
	for {
		if _, err := io.ReadFull(d.Rand, buf); err != nil {
			return "", fmt.Errorf("read random bytes: %w", err)
		}
		for _, b := range buf {
			if limit != 0 && b >= limit { // the uneven rest
				continue
			}
			if out = append(out, alphabet[int(b)%len(alphabet)]); len(out) == n {
				return string(out), nil
			}
		}
	}
}

// newID makes a public id: the kind and at least 16 random characters, base64
// encoded and so long that the encoding has no padding (contract, "IDs").
func (d *Directory) newID(kind string) (string, error) {
	n := 16
	for (len(kind)+1+n)%3 != 0 {
		n++
	}
	random, err := d.pick(base62, n)
	return base64.StdEncoding.EncodeToString([]byte(kind + ":" + random)), err
}

// WellFormedID holds for any text of the shape of an id, whatever its kind:
// padded standard base64 of UTF-8 that has a colon in it.
func WellFormedID(id string) bool {
	b, err := base64.StdEncoding.Strict().DecodeString(id)
	return err == nil && !strings.ContainsAny(id, "\r\n") && strings.Contains(string(b), ":") && strings.ToValidUTF8(string(b), "") == string(b)
}

// kindOfID is what stands before the colon of an id, empty for no id.
func kindOfID(id string) string {
	b, err := base64.StdEncoding.Strict().DecodeString(id)
	kind, _, ok := strings.Cut(string(b), ":")
	if err != nil || !ok {
		return ""
	}
	return kind
}

// newToken makes the secret of a link: 256 bits, 43 base64url characters.
func (d *Directory) newToken() (string, error) {
	b := make([]byte, 32)
	if _, err := io.ReadFull(d.Rand, b); err != nil {
		return "", fmt.Errorf("read random bytes: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// newTemporaryPassword makes six groups of four that can be dictated: no
// 0, O, 1, l or I, and one case (31 characters to the 24th, 118 bits).
func (d *Directory) newTemporaryPassword() (string, error) {
	s, err := d.pick(unambiguous, 24)
	if err != nil {
		return "", err
	}
	groups := make([]string, 0, 6)
	for i := 0; i < len(s); i += 4 {
		groups = append(groups, s[i:i+4])
	}
	return strings.Join(groups, "-"), nil
}

const (
	apiKeyPrefix   = "ak-"
	apiKeyRandom   = 43 // base62 characters, 256 bits
	apiKeyChecksum = 6  // base62 characters of the CRC-32
)

// newAPIKey makes a key: prefix, 256 random bits, checksum.
func (d *Directory) newAPIKey() (string, error) {
	s, err := d.pick(base62, apiKeyRandom)
	return apiKeyPrefix + s + checksum(s), err
}

// soundAPIKey holds for a text that can be a key of ours. It spares a look-up
// for mistyped ones, and tells a leaked key from a random word.
func soundAPIKey(s string) bool {
	rest, ok := strings.CutPrefix(s, apiKeyPrefix)
	return ok && len(rest) == apiKeyRandom+apiKeyChecksum && checksum(rest[:apiKeyRandom]) == rest[apiKeyRandom:]
}

func checksum(s string) string {
	sum := big.NewInt(int64(crc32.ChecksumIEEE([]byte(s))))
	digits := sum.Text(62)
	// big's digits run 0-9a-zA-Z; any fixed alphabet of 62 will do.
	return strings.Repeat("0", apiKeyChecksum-len(digits)) + digits
}

// redactAPIKey is what may be shown of a key later on.
func redactAPIKey(key string) string { return apiKeyPrefix + "…" + key[len(key)-4:] }
