// Package signin is what happens between a person's password and a session:
// how passwords are hashed and compared, how many at a time, and in which
// order a guess is counted, checked and answered. What follows from a right
// one is the directory's business.
//
// Every path that looks at a password spends one Argon2id, also for an
// address that nobody has, so that time tells nothing.
package signin
