package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"ax/internal/directory"
)

func writeCases() []testCase {
	return []testCase{
		{"all of it is kept when Write returns nil", keepsAll},
		{"none of it is kept when fn fails, and Write returns its error", keepsNone},
		{"none of it is kept when fn panics, and the panic reaches the caller", panics},
		{"a statement that fails is fn's to report, and nothing is kept then", statementFails},
		{"those who write in the same moment are unharmed by each other", unharmed},
		{"nothing is written under a context that has ended", endedContext},
		{"a context that ends during the write leaves all of it or none, as Write says", contextEnds},
		{"fn must not call Write: it panics", nested},
	}
}

func readCases() []testCase {
	return []testCase{
		{"what a transaction wrote, it reads, and nobody else before it ends", ownWrites},
		{"reads are bound to their context", boundReads},
	}
}

// together runs do for each n below count, all at once.
func together(count int, do func(n int)) {
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	for n := range count {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-start
			do(n)
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
}

// writeEverything uses every method that writes, for a user with the address
// and things named after it.
func writeEverything(tx directory.Tx, email string) error {
	u := active(email, directory.RoleAdmin)
	if _, err := tx.InsertUser(&u, ""); err != nil {
		return err
	}
	u.Name = "Changed"
	l := letter(1, u.Seq)
	l.ID = directory.LetterID(email)
	e := entry(1)
	e.ID = email
	_, installErr := tx.InsertInstallation(directory.Installation{CreatedAt: noon, KeyCheck: []byte(email)})
	return errors.Join(
		installErr, tx.UpdateUser(u), tx.SetPassword(u.Seq, "hash", noon), tx.InsertSession(session(email, u.Seq)),
		tx.InsertToken(token(email, directory.TokenReset, u.Seq)),
		tx.InsertKey(apiKey(email, u.Seq)),
		tx.InsertLetter(l), tx.Record(e),
	)
}

// kept lists what is there of what writeEverything wrote.
func (s subject) kept(email string) string {
	s.Helper()
	r := s.Read(s.Context())
	u, user, err1 := r.UserByID(active(email, "").ID)
	_, _, key, err2 := r.KeyByDigest(directory.DigestOf(email))
	_, letter, err3 := r.LetterByID(directory.LetterID(email))
	i, _, err4 := r.Installation()
	_, _, session, err5 := r.SessionByDigest(directory.DigestOf(email))
	hash, err6 := r.PasswordHash(u.Seq)
	if err := errors.Join(err1, err2, err3, err4, err5, err6); err != nil {
		s.Fatal(err)
	}
	spendable := s.spend(email, directory.TokenReset, noon)
	entries := 0
	for _, e := range s.entries() {
		if e.ID == email {
			entries++
		}
	}
	return fmt.Sprintf("user %v %q, password %q, token %v, key %v, session %v, letter %v, entries %d, installation %v",
		user, u.Name, hash, spendable, key, session, letter, entries, string(i.KeyCheck) == email)
}

const (
	everything = `user true "Changed", password "hash", token true, key true, session true, letter true, entries 1, installation true`
	nothing    = `user false "", password "", token false, key false, session false, letter false, entries 0, installation false`
)

func keepsAll(s subject) {
	s.write(func(tx directory.Tx) error { return writeEverything(tx, "pat@example.com") })
	same(s, "kept", s.kept("pat@example.com"), everything)
	s.write(func(directory.Tx) error { return nil })
}

func keepsNone(s subject) {
	err := s.Write(s.Context(), func(tx directory.Tx) error {
		return errors.Join(writeEverything(tx, "pat@example.com"), errOnPurpose)
	})
	if !errors.Is(err, errOnPurpose) {
		s.Errorf("Write returned %v", err)
	}
	want := &directory.Error{Kind: directory.Conflict, Detail: "for people"}
	err = s.Write(s.Context(), func(directory.Tx) error { return want })
	if got, ok := errors.AsType[*directory.Error](err); !ok || got != want {
		s.Errorf("Write returned %v", err)
	}
	same(s, "kept", s.kept("pat@example.com"), nothing)
	s.write(func(tx directory.Tx) error { return writeEverything(tx, "pat@example.com") })
	same(s, "written again", s.kept("pat@example.com"), everything)
}

// panicOf runs do and returns what it panicked with, as text.
func panicOf(do func()) (text string) {
	defer func() {
		if p := recover(); p != nil {
			text = fmt.Sprint(p)
		}
	}()
	do()
	return ""
}

func panics(s subject) {
	got := panicOf(func() {
		_ = s.Write(s.Context(), func(tx directory.Tx) error {
			if err := writeEverything(tx, "pat@example.com"); err != nil {
				return err
			}
			panic("on purpose")
		})
	})
	if !strings.Contains(got, "on purpose") {
		s.Errorf("the caller got %q", got)
	}
	same(s, "kept", s.kept("pat@example.com"), nothing)
	s.write(func(tx directory.Tx) error { return writeEverything(tx, "pat@example.com") })
	same(s, "written again", s.kept("pat@example.com"), everything)
}

func statementFails(s subject) {
	s.addKeys(apiKey("taken", s.addOne().Seq))
	err := s.Write(s.Context(), func(tx directory.Tx) error {
		if err := writeEverything(tx, "new@example.com"); err != nil {
			return err
		}
		err := tx.InsertKey(apiKey("taken", 1))
		if err == nil {
			return errors.New("a digest was kept twice")
		}
		return errors.Join(errOnPurpose, err)
	})
	if !errors.Is(err, errOnPurpose) {
		s.Errorf("Write returned %v", err)
	}
	same(s, "kept", s.kept("new@example.com"), nothing)
}

func unharmed(s subject) {
	s.add(active("first@example.com", directory.RoleAdmin))
	s.write(func(tx directory.Tx) error {
		_, err := tx.InsertInstallation(directory.Installation{CreatedAt: noon, KeyCheck: []byte("first")})
		return err
	})
	cancelled, cancel := context.WithCancel(s.Context())
	cancel()
	const writers, rounds = 40, 3
	for round := range rounds {
		emails, errs, paniced := [writers]string{}, [writers]error{}, [writers]string{}
		together(writers, func(n int) {
			emails[n] = fmt.Sprintf("user%d-%d@example.com", round, n)
			paniced[n] = panicOf(func() {
				ctx := s.Context()
				if n%4 == 3 {
					ctx = cancelled
				}
				errs[n] = s.Write(ctx, func(tx directory.Tx) error {
					err := writeEverything(tx, emails[n])
					switch {
					case err == nil && n%4 == 1:
						return errOnPurpose
					case err == nil && n%4 == 2:
						panic("on purpose")
					}
					return err
				})
			})
		})
		for n, email := range emails {
			want, wantErr := nothing, []error{nil, errOnPurpose, nil, context.Canceled}[n%4]
			if n%4 == 0 {
				want = strings.Replace(everything, "installation true", "installation false", 1)
			}
			if !errors.Is(errs[n], wantErr) || (paniced[n] != "") != (n%4 == 2) {
				s.Errorf("%s: error %v, panic %q", email, errs[n], paniced[n])
			}
			same(s, email, s.kept(email), want)
		}
	}
	sealAll(s, s.Store)
	if got := len(s.entries()); got != rounds*writers/4 {
		s.Errorf("%d entries", got)
	}
	holdsChain(s, s.entries())
}

func endedContext(s subject) {
	cancelled, cancel := context.WithCancel(s.Context())
	cancel()
	late, cancelLate := context.WithDeadline(s.Context(), time.Unix(0, 0))
	defer cancelLate()
	for ctx, want := range map[context.Context]error{cancelled: context.Canceled, late: context.DeadlineExceeded} {
		err := s.Write(ctx, func(tx directory.Tx) error { return writeEverything(tx, "pat@example.com") })
		if !errors.Is(err, want) {
			s.Errorf("Write returned %v, want %v", err, want)
		}
		same(s, "kept", s.kept("pat@example.com"), nothing)
	}
}

func contextEnds(s subject) {
	together(20, func(n int) {
		email := fmt.Sprintf("user%d@example.com", n)
		ctx, cancel := context.WithCancel(s.Context())
		defer cancel()
		err := s.Write(ctx, func(tx directory.Tx) error {
			if n%2 == 0 {
				cancel()
			}
			return writeEverything(tx, email)
		})
		if n%2 == 1 && err != nil {
			s.Errorf("%s, whose context lives: %v", email, err)
		}
		_, there, readErr := s.Read(s.Context()).LetterByID(directory.LetterID(email))
		if readErr != nil || there != (err == nil) {
			s.Errorf("%s: Write returned %v, kept %v, %v", email, err, there, readErr)
		}
	})
}

// deep calls fn below that many calls of its own.
func deep(calls int, fn func() error) error {
	if calls == 0 {
		return fn()
	}
	return deep(calls-1, fn)
}

func nested(s subject) {
	got := panicOf(func() {
		_ = s.Write(s.Context(), func(tx directory.Tx) error {
			if err := writeEverything(tx, "outer@example.com"); err != nil {
				return err
			}
			return deep(500, func() error {
				return s.Write(s.Context(), func(tx directory.Tx) error { return writeEverything(tx, "inner@example.com") })
			})
		})
	})
	if got == "" {
		s.Error("no panic reached the caller")
	}
	same(s, "kept outside", s.kept("outer@example.com"), nothing)
	same(s, "kept inside", s.kept("inner@example.com"), nothing)
	s.write(func(tx directory.Tx) error { return writeEverything(tx, "later@example.com") })
	same(s, "written later", s.kept("later@example.com"), everything)
}

func ownWrites(s subject) {
	var inside, outside [4]bool
	look := func(r directory.Reads) (there [4]bool, err error) {
		var errs [4]error
		_, there[0], errs[0] = r.UserByEmail(directory.Fold("pat@example.com"))
		_, _, there[1], errs[1] = r.KeyByDigest(directory.DigestOf("pat@example.com"))
		_, there[2], errs[2] = r.LetterByID("pat@example.com")
		_, there[3], errs[3] = r.Installation()
		return there, errors.Join(errs[:]...)
	}
	s.write(func(tx directory.Tx) error {
		err := writeEverything(tx, "pat@example.com")
		if err != nil {
			return err
		}
		if inside, err = look(tx); err != nil {
			return err
		}
		outside, err = look(s.Read(s.Context()))
		return err
	})
	same(s, "read in the transaction", inside, [4]bool{true, true, true, true})
	same(s, "read by others before its end", outside, [4]bool{})
	after, err := look(s.Read(s.Context()))
	if err != nil {
		s.Fatal(err)
	}
	same(s, "read afterwards", after, [4]bool{true, true, true, true})
}

func boundReads(s subject) {
	s.addOne()
	ctx, cancel := context.WithCancel(s.Context())
	r := s.Read(ctx)
	if _, ok, err := r.UserByID("id of pat@example.com"); !ok || err != nil {
		s.Fatalf("ok %v, error %v", ok, err)
	}
	cancel()
	if _, ok, err := r.UserByID("id of pat@example.com"); ok || !errors.Is(err, context.Canceled) {
		s.Errorf("after the end of the context: ok %v, error %v", ok, err)
	}
	if _, err := r.Users(directory.UserQuery{Now: noon, Limit: 5}); !errors.Is(err, context.Canceled) {
		s.Errorf("after the end of the context: error %v", err)
	}
}
