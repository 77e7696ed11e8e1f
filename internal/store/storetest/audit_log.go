package storetest

import (
	"fmt"
	"slices"
	"time"

	"ax/internal/directory"
)

func auditLogCases() []testCase {
	return []testCase{
		{"FindEntries lists by time, the newest first, both ends included", entriesByTime},
		{"FindEntries narrows to who did it and to what was done", entriesNarrowed},
		{"FindEntries goes on behind the last one seen", entriesBefore},
		{"SealedEntries lists at most limit entries by their place, from behind the one at after", sealedEntries},
		{"UnsealedBefore finds the oldest entry before a moment that has no place", unsealedBefore},
		{"ForgetEntries removes at most n sealed entries from the start of the chain, and moves the anchor", forgetEntries},
		{"ForgetEntries: the chain goes on from the anchor when nothing is left", forgetAll},
	}
}

// later is the n-th entry, at a moment of its own.
func later(n int) directory.Entry {
	e := entry(n)
	e.At = noon.Add(time.Duration(n) * time.Second)
	return e
}

// find lists the ids of what FindEntries finds.
func (s subject) find(q directory.EntryQuery) (ids []string) {
	s.Helper()
	if q.Limit == 0 {
		q.Limit = 100
	}
	if q.To.IsZero() {
		q.From, q.To = noon, noon.Add(time.Hour)
	}
	found, err := s.Read(s.Context()).FindEntries(q)
	if err != nil {
		s.Fatalf("FindEntries(%+v): %v", q, err)
	}
	for _, e := range found {
		ids = append(ids, e.ID)
	}
	return ids
}

func entriesByTime(s subject) {
	for _, n := range []int{3, 1, 2, 5, 4} { // clocks of several servers differ
		s.record(later(n))
	}
	same(s, "all", s.find(directory.EntryQuery{}), []string{"entry 5", "entry 4", "entry 3", "entry 2", "entry 1"})
	same(s, "both ends", s.find(directory.EntryQuery{From: later(2).At, To: later(4).At}), []string{"entry 4", "entry 3", "entry 2"})
	same(s, "just inside", s.find(directory.EntryQuery{From: later(2).At.Add(time.Microsecond), To: later(4).At.Add(-time.Microsecond)}), []string{"entry 3"})
	same(s, "some", s.find(directory.EntryQuery{Limit: 2}), []string{"entry 5", "entry 4"})
}

func entriesNarrowed(s subject) {
	for n, who := range []string{"ada", "", "mel", "ada"} {
		e := later(n)
		e.ActorID, e.Operation = who, []string{"create_user", "update_user"}[n%2]
		s.record(e)
	}
	for want, q := range map[string]directory.EntryQuery{
		"[entry 3 entry 0]":                 {ActorID: "ada"},
		"[entry 3 entry 1]":                 {Operations: []string{"update_user"}},
		"[entry 3]":                         {ActorID: "ada", Operations: []string{"update_user"}},
		"[entry 3 entry 2 entry 1 entry 0]": {Operations: []string{"update_user", "create_user", "create_user"}},
		"[]":                                {Operations: []string{"UPDATE_USER", "%", ""}},
	} {
		if got := fmt.Sprint(s.find(q)); got != want {
			s.Errorf("%+v: %s, want %s", q, got, want)
		}
	}
}

func entriesBefore(s subject) {
	const count = 9
	for n := range count {
		e := later(n / 3) // three at each moment
		e.ID = fmt.Sprint("entry ", n)
		s.record(e)
	}
	all := s.find(directory.EntryQuery{})
	seqs := map[string]int64{}
	for _, e := range s.entries() {
		seqs[e.ID] = e.Seq
	}
	var walked []string
	for q := (directory.EntryQuery{Limit: 2}); ; {
		page := s.find(q)
		if len(page) == 0 {
			break
		}
		walked = append(walked, page...)
		q.Before = seqs[page[len(page)-1]]
		s.record(func() directory.Entry { // what comes meanwhile is newer
			e := later(100 + len(walked))
			e.ID = fmt.Sprint("new ", len(walked))
			return e
		}())
	}
	if !slices.Equal(walked, all) || len(all) != count {
		s.Errorf("walked %v, all are %v", walked, all)
	}
}

func (s subject) sealed(after int64, limit int) (places []int64) {
	s.Helper()
	found, err := s.Read(s.Context()).SealedEntries(after, limit)
	if err != nil {
		s.Fatalf("SealedEntries: %v", err)
	}
	for _, e := range found {
		places = append(places, e.Place)
	}
	return places
}

func sealedEntries(s subject) {
	for n := range 5 {
		s.record(later(5 - n))
	}
	sealAll(s, s.Store)
	same(s, "all", s.sealed(0, 10), []int64{1, 2, 3, 4, 5})
	same(s, "some", s.sealed(2, 2), []int64{3, 4})
	same(s, "behind the last", s.sealed(5, 2), nil)
}

func unsealedBefore(s subject) {
	s.record(later(2), later(1), later(3))
	_, waits := s.Store.(sealer)
	oldest := func(at time.Time) (directory.Entry, bool) {
		e, ok, err := s.Read(s.Context()).UnsealedBefore(at)
		if err != nil {
			s.Fatal(err)
		}
		return e, ok
	}
	if e, ok := oldest(later(3).At); ok && e.ID != "entry 2" { // the first that was recorded
		s.Errorf("found %s", e.ID)
	}
	if _, ok := oldest(later(1).At); ok {
		s.Error("found one that is not before the moment")
	}
	sealAll(s, s.Store)
	if e, ok := oldest(noon.Add(time.Hour)); ok {
		s.Errorf("all is sealed, waits %v, and %s is not", waits, e.ID)
	}
}

func (s subject) forget(before time.Time, n int) (removed int) {
	s.Helper()
	s.write(func(tx directory.Tx) (err error) {
		removed, err = tx.ForgetEntries(before, n)
		return err
	})
	return removed
}

func (s subject) anchor() (int64, []byte) {
	s.Helper()
	place, hash, err := s.Read(s.Context()).Anchor()
	if err != nil {
		s.Fatal(err)
	}
	return place, hash
}

func forgetEntries(s subject) {
	for n := range 6 {
		s.record(later(n + 1))
	}
	old, waiting := later(1), later(2)
	old.ID, waiting.ID = "old, behind a younger one", "has no place yet, where sealing takes its time"
	s.record(old)
	sealAll(s, s.Store)
	s.record(waiting)
	all := s.entries()
	if place, hash := s.anchor(); place != 0 || hash != nil {
		s.Errorf("an anchor at %d before anything was removed", place)
	}
	for _, c := range []struct {
		before, n, removed int
		anchor             int64
	}{{1, 10, 0, 0}, {4, 2, 2, 2}, {4, 2, 1, 3}, {4, 2, 0, 3}, {5, 10, 1, 4}} {
		if removed := s.forget(later(c.before).At, c.n); removed != c.removed {
			s.Errorf("before %d, at most %d: removed %d, want %d", c.before, c.n, removed, c.removed)
		}
		place, hash := s.anchor()
		if place != c.anchor || place > 0 && !slices.Equal(hash, all[place-1].Hash) {
			s.Errorf("before %d, at most %d: anchor at %d with %x", c.before, c.n, place, hash)
		}
	}
	same(s, "what is left", s.entries(), all[4:])
}

func forgetAll(s subject) {
	s.record(later(1), later(2))
	sealAll(s, s.Store)
	s.forget(noon.Add(time.Hour), 10)
	same(s, "what is left", s.entries(), nil)
	_, hash := s.anchor()
	s.record(later(3))
	sealAll(s, s.Store)
	e := s.entries()[0]
	if e.Place != 3 || !slices.Equal(e.Hash, directory.Link(hash, 3, e.Digest)) {
		s.Errorf("the next entry has place %d and hash %x", e.Place, e.Hash)
	}
}

func erasureCases() []testCase {
	return []testCase{
		{"EraseUser empties the user, their keys and letters, and keeps taken in the place of the address", eraseUser},
		{"InsertUser reports false when a user has taken in the place of an address", takenForEver},
		{"EntriesOf lists the entries that the user made, and that are about them or a key of theirs", entriesOf},
		{"RewriteEntry writes what erasing changes", rewriteEntry},
	}
}

func eraseUser(s subject) {
	users := s.add(deleted("pat@example.com"), active("ada@example.com", "ADMIN"))
	pat, ada := users[0], users[1]
	s.addKeys(apiKey("pats", pat.Seq), apiKey("adas", ada.Seq))
	s.addSessions(session("pats", pat.Seq), session("adas", ada.Seq))
	toPat, toAda, byPat := letter(1, pat.Seq), letter(2, ada.Seq), letter(3, ada.Seq)
	byPat.From = pat.Name
	s.addLetters(toPat, toAda, byPat)
	s.write(func(tx directory.Tx) error {
		if err := tx.SetPassword(pat.Seq, "$argon2id$pats", noon); err != nil {
			return err
		}
		return tx.EraseUser(pat, "erased:x")
	})
	want := pat
	want.Name, want.Email = "", ""
	same(s, "the user", s.user(pat.ID), want)
	same(s, "another", s.user(ada.ID), ada)
	r := s.Read(s.Context())
	if u, ok, err := r.UserByEmail("erased:x"); err != nil || !ok || u.ID != pat.ID {
		s.Errorf("by what was taken: %v, %v, %v", u.ID, ok, err)
	}
	if _, ok, err := r.UserByEmail(directory.Fold(pat.Email)); err != nil || ok {
		s.Errorf("by the address: %v, %v", ok, err)
	}
	k, _ := s.key("pats")
	if k.Name != "" || k.Description != "" {
		s.Errorf("the key still says %q and %q", k.Name, k.Description)
	}
	if k, _ := s.key("adas"); k.Name == "" || k.Description == "" {
		s.Error("the key of another lost its words")
	}
	same(s, "sessions", append(s.sessions(pat.Seq), s.sessions(ada.Seq)...), []string{"id of adas"})
	if hash, err := r.PasswordHash(pat.Seq); err != nil || hash != "" {
		s.Errorf("password %q, %v", hash, err)
	}
	toPat.To, toPat.ToName, toPat.Sealed, byPat.From = "", "", nil, ""
	for _, want := range []directory.Letter{toPat, toAda, byPat} {
		same(s, string(want.ID), s.letter(want.ID), want, without("Seq"))
	}
}

func takenForEver(s subject) {
	gone := s.add(deleted("pat@example.com"))[0]
	s.write(func(tx directory.Tx) error { return tx.EraseUser(gone, "erased:x") })
	for taken, want := range map[string]bool{"erased:x": false, "erased:y": true} {
		u := active("pat@example.com", "MEMBER")
		u.ID = directory.UserID("id of " + taken)
		s.write(func(tx directory.Tx) error {
			if ok, err := tx.InsertUser(&u, taken); err != nil || ok != want {
				return fmt.Errorf("%s: inserted %v, %w", taken, ok, err)
			}
			return nil
		})
	}
}

func entriesOf(s subject) {
	pat := s.addOne()
	s.addKeys(apiKey("pats", pat.Seq))
	for n, e := range []directory.Entry{
		{ActorID: string(pat.ID)}, {Subject: string(pat.ID)}, {Subject: "id of pats"}, {ActorID: "ada", Subject: "mel"}, {ActorID: string(pat.ID), Subject: string(pat.ID)},
	} {
		full := later(n)
		full.ActorID, full.Subject = e.ActorID, e.Subject
		s.record(full)
	}
	all := s.entries()
	all = slices.Delete(all, 3, 4)
	for _, c := range []struct {
		after int64
		limit int
		want  []directory.Entry
	}{{0, 10, all}, {0, 2, all[:2]}, {all[1].Seq, 2, all[2:]}, {all[3].Seq, 2, nil}} {
		var got []directory.Entry
		s.write(func(tx directory.Tx) (err error) {
			got, err = tx.EntriesOf(pat, c.after, c.limit)
			return err
		})
		same(s, fmt.Sprintf("after %d", c.after), got, c.want)
	}
}

func rewriteEntry(s subject) {
	s.record(later(1), later(2))
	sealAll(s, s.Store)
	before := s.entries()
	want := before[0]
	want.Actor, want.Address, want.Changes, want.Salt = "", "", "[]", []byte{0, 0}
	for _, digest := range [][]byte{{1, 0, 2}, nil} {
		want.ActorDigest, want.ChangesDigest = digest, []byte{3}
		sent := want
		sent.ID, sent.Operation, sent.Place, sent.Hash, sent.Digest = "another", "other", 7, []byte{7}, []byte{7}
		s.write(func(tx directory.Tx) error { return tx.RewriteEntry(sent) })
		got := s.entries()
		same(s, "the entry", got[0], want)
		if (got[0].ActorDigest == nil) != (digest == nil) {
			s.Errorf("no digest came back as %v", got[0].ActorDigest)
		}
		same(s, "the other", got[1], before[1])
	}
}
