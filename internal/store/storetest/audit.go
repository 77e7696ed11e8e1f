package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

func auditCases() []testCase {
	return []testCase{
		{"Record keeps an entry", record},
		{"Entries lists at most limit entries with seq above after, by seq", entryPages},
		{"each entry has its place in the chain", chain},
		{"an entry whose transaction failed is not there and leaves no hole", entryRolledBack},
		{"a change whose entry cannot be kept is refused, and no other", entryRefused},
		{"entries come back as they were digested", intact},
	}
}

// sealAll lets the store give every entry its place.
func sealAll(t testing.TB, store directory.Store) {
	t.Helper()
	s, ok := store.(sealer)
	for ok {
		n, err := s.Seal(t.Context())
		if err != nil {
			t.Fatalf("Seal: %v", err)
		}
		ok = n > 0
	}
}

// holdsChain checks the places and hashes of a log that is wholly sealed.
func holdsChain(t testing.TB, entries []directory.Entry) {
	t.Helper()
	placed := map[int64]directory.Entry{}
	for _, e := range entries {
		if _, twice := placed[e.Place]; twice || e.Place < 1 || e.Place > int64(len(entries)) {
			t.Fatalf("%s has place %d of %d", e.ID, e.Place, len(entries))
		}
		placed[e.Place] = e
	}
	var hash []byte
	for place := int64(1); place <= int64(len(entries)); place++ {
		hash = directory.Link(hash, place, placed[place].Digest)
		if !bytes.Equal(hash, placed[place].Hash) {
			t.Fatalf("at place %d the chain is broken", place)
		}
	}
}

func record(s subject) {
	full := entry(1)
	full.Changes = `[{"field":"name","from":"Zoë \"Z\" O'Neil","to":"山田 😀"}]`
	bare := directory.Entry{ID: "bare", At: noon, Operation: "x", Changes: "[]", Salt: []byte{1}, Digest: []byte{2}}
	s.record(full, bare)
	sealAll(s, s.Store)
	got := s.entries()
	full.At = full.At.Truncate(time.Microsecond)
	same(s, "entries", got, []directory.Entry{full, bare}, without("Seq", "Place", "Hash"))
	for _, e := range got {
		if e.At.Location() != time.UTC {
			s.Errorf("%s: its time is in %v, not UTC", e.ID, e.At.Location())
		}
	}
}

func entryPages(s subject) {
	for n := range 11 {
		s.record(entry(n))
	}
	sealAll(s, s.Store)
	all := s.entries()
	if len(all) != 11 {
		s.Fatalf("%d entries", len(all))
	}
	for from := range all {
		if from > 0 && all[from].Seq <= all[from-1].Seq {
			s.Errorf("Seq %d came after %d", all[from].Seq, all[from-1].Seq)
		}
		page, err := s.Read(s.Context()).Entries(all[from].Seq, 4)
		if err != nil {
			s.Fatal(err)
		}
		same(s, fmt.Sprintf("after %d", from), page, all[from+1:min(from+5, len(all))])
	}
}

func chain(s subject) {
	s.record(entry(0), entry(1), entry(2))
	sealAll(s, s.Store)
	first := s.entries()
	holdsChain(s, first)
	sealAll(s, s.Store)
	same(s, "sealed again", s.entries(), first)
	for n := 3; n < 10; n++ {
		s.record(entry(n))
	}
	sealAll(s, s.Store)
	all := s.entries()
	holdsChain(s, all)
	same(s, "what was sealed earlier", all[:3], first)
}

func entryRolledBack(s subject) {
	s.record(entry(0))
	err := s.Write(s.Context(), func(tx directory.Tx) error {
		return errors.Join(tx.Record(entry(1)), tx.Record(entry(2)), errOnPurpose)
	})
	if !errors.Is(err, errOnPurpose) {
		s.Fatal(err)
	}
	s.record(entry(3))
	sealAll(s, s.Store)
	got := s.entries()
	same(s, "entries", got, []directory.Entry{entry(0), entry(3)}, without("Seq", "Place", "Hash", "At"))
	holdsChain(s, got)
}

func entryRefused(s subject) {
	s.record(entry(0))
	change := func(n int, e directory.Entry) error {
		return s.Write(s.Context(), func(tx directory.Tx) error {
			u := active(fmt.Sprintf("user%d@example.com", n), directory.RoleMember)
			if _, err := tx.InsertUser(&u, ""); err != nil {
				return err
			}
			return tx.Record(e)
		})
	}
	const writers = 24
	errs := make([]error, writers)
	together(writers, func(n int) {
		if n%3 == 0 {
			none := entry(n)
			none.Digest = nil // which the table refuses
			errs[n] = change(n, none)
			return
		}
		errs[n] = change(n, entry(n))
	})
	for n, err := range errs {
		_, kept, readErr := s.Read(s.Context()).UserByID(directory.UserID(fmt.Sprintf("id of user%d@example.com", n)))
		if readErr != nil {
			s.Fatal(readErr)
		}
		if want := n%3 != 0; kept != want || (err == nil) != want {
			s.Errorf("change %d: kept %v, want %v; error %v", n, kept, want, err)
		}
	}
	sealAll(s, s.Store)
	if got := len(s.entries()); got != 1+writers/3*2 {
		s.Errorf("%d entries", got)
	}
	holdsChain(s, s.entries())
}

func intact(s subject) {
	w := dirtest.New(s, s.Store)
	for n, standing := range dirtest.Standings() {
		w.Clock.Advance(time.Nanosecond) // times are digested as they are kept
		w.Put(s, fmt.Sprintf("person%d@example.com", n), standing)
	}
	sealAll(s, s.Store)
	entries := w.Entries(s)
	if len(entries) < 10 {
		s.Fatalf("only %d entries", len(entries))
	}
	for _, e := range entries {
		if !e.Intact() {
			s.Errorf("%s of %s does not have its digest", e.Operation, e.Subject)
		}
		e.Actor += "x"
		if e.Intact() {
			s.Errorf("%s of %s has its digest after a change", e.Operation, e.Subject)
		}
	}
	holdsChain(s, entries)
}
