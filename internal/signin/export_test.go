package signin

import "time"

// MaxWaiting is how many passwords may be under way or wait at once.
const MaxWaiting = maxWaiting

// Slots is how many passwords are hashed at once.
func (h *Hasher) Slots() int { return cap(h.slots) }

// Deriving is the hasher with another derivation in the place of Argon2id, so
// that a test can count it, hold it up, or have it cheap.
func (h *Hasher) Deriving(derive func(password, salt []byte, time, memory uint32, threads uint8, length uint32) []byte) *Hasher {
	h.derive = derive
	return h
}

// Waiting is the hasher with another patience.
func (h *Hasher) Waiting(wait time.Duration) *Hasher {
	h.wait = wait
	return h
}
