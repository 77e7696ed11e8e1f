package signin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"

	"ax/internal/directory"
)

// A strength is the cost of a hash.
type strength struct {
	memory, time uint32 // KiB, passes
	threads      uint8
}

// today is OWASP's choice for Argon2id: 19 MiB, two passes, one lane.
var today = strength{memory: 19 << 10, time: 2, threads: 1} //nolint:gochecknoglobals // a constant

const saltBytes, hashBytes = 16, 32

// weaker holds when any part is; a hash that a newer server made stronger in
// every part stays as it is.
func (s strength) weaker(than strength) bool { return s.memory < than.memory || s.time < than.time }

// A Hasher hashes passwords, a bounded number at a time: more at once would be
// slower for all and take 19 MiB each.
type Hasher struct {
	slots   chan struct{}
	waiting chan struct{}
	wait    time.Duration // for a slot, at most
	derive  derivation
	dummy   string
}

// A derivation is what argon2.IDKey is.
type derivation func(password, salt []byte, time, memory uint32, threads uint8, length uint32) []byte

const (
	maxWaiting = 64
	maxWait    = 2 * time.Second
)

// NewHasher leaves one core to everything else.
func NewHasher() *Hasher {
	h := &Hasher{
		slots:   make(chan struct{}, max(1, runtime.GOMAXPROCS(0)-1)),
		waiting: make(chan struct{}, maxWaiting),
		wait:    maxWait,
		derive:  argon2.IDKey,
	}
	// Of no password: its salt is fixed and its digest is not one of anything.
	h.dummy = today.encode(make([]byte, saltBytes), make([]byte, hashBytes))
	return h
}

// Hash returns the PHC string of a password with a fresh salt.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("read random bytes: %w", err)
	}
	sum, err := h.sum(ctx, today, password, salt)
	return today.encode(salt, sum), err
}

// Verify reports whether the password is that of the PHC string, and whether
// the string is weaker than today's. An empty string takes as long and is
// never right.
func (h *Hasher) Verify(ctx context.Context, phc, password string) (right, weak bool, err error) {
	known := phc != ""
	if !known {
		phc = h.dummy
	}
	cost, salt, want, err := decode(phc)
	if err != nil {
		return false, false, err
	}
	sum, err := h.sum(ctx, cost, password, salt)
	if err != nil {
		return false, false, err
	}
	return subtle.ConstantTimeCompare(sum, want) == 1 && known, cost.weaker(today), nil
}

// sum waits for a slot, but not for long: who cannot be served soon hears it.
func (h *Hasher) sum(ctx context.Context, s strength, password string, salt []byte) ([]byte, error) {
	select {
	case h.waiting <- struct{}{}:
		defer func() { <-h.waiting }()
	default:
		return nil, directory.ErrBusy()
	}
	timer := time.NewTimer(h.wait)
	defer timer.Stop()
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-timer.C:
		return nil, directory.ErrBusy()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return h.derive([]byte(password), salt, s.time, s.memory, s.threads, hashBytes), nil
}

// encode writes a PHC string: $argon2id$v=19$m=…,t=…,p=…$salt$hash.
func (s strength) encode(salt, sum []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, s.memory, s.time, s.threads, b64.EncodeToString(salt), b64.EncodeToString(sum))
}

var errPHC = errors.New("a stored password hash cannot be read")

func decode(phc string) (s strength, salt, sum []byte, err error) {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return s, nil, nil, errPHC
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &s.memory, &s.time, &s.threads); err != nil || s.time == 0 || s.threads == 0 {
		return s, nil, nil, errPHC
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	sum, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(sum) != hashBytes {
		return s, nil, nil, errPHC
	}
	return s, salt, sum, nil
}
