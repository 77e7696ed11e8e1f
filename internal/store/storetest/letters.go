package storetest

import (
	"fmt"
	"time"

	"ax/internal/directory"
)

func letterCases() []testCase {
	return []testCase{
		{"Letters lists at most limit letters with seq above after, by seq", letterPages},
		{"ClaimLetters takes letters that wait, oldest first, at most n", claimOldest},
		{"ClaimLetters takes no letter before it is due, none that others hold and none that is settled", claimRefused},
		{"LetterDue tells whether ClaimLetters at now would find any", letterDue},
		{"whoever comes after the claim's end takes the letter over", leaseEnds},
		{"SettleLetter writes state, due time, attempts, last error and settle time, and frees the letter", settle},
		{"SettleLetter forgets the secret unless the letter goes on waiting or is DEAD", settleSecret},
		{"SettleLetter changes nothing of a letter that no longer waits", settleTooLate},
		{"SettleLetter changes nothing of a letter that waits under another claim", settleLostClaim},
		{"WithdrawLetters ends a user's waiting and dead letters of one kind", withdraw},
		{"ReviveLetter makes a waiting or dead letter due at now", revive},
		{"HastenLetters makes due and free what waits, or is claimed, until after latest", hasten},
	}
}

// atSecond is n seconds after noon, when letter n is due.
func atSecond(n int) time.Time { return noon.Add(time.Duration(n) * time.Second) }

func ids(letters []directory.Letter) []directory.LetterID {
	all := []directory.LetterID{}
	for _, l := range letters {
		all = append(all, l.ID)
	}
	return all
}

func letterPages(s subject) {
	u := s.addOne()
	var want []directory.Letter
	for n := range 12 {
		l := letter(n, u.Seq)
		switch n % 4 {
		case 1:
			l.State, l.Sealed, l.SettledAt, l.Attempts = directory.LetterSent, nil, noon.Add(time.Minute), 3
		case 2:
			l.State, l.LastError, l.SettledAt, l.Kind = directory.LetterDead, "550 no such user — «нет»", noon, directory.LetterReset
		case 3:
			l.ClaimedUntil = noon.Add(time.Microsecond)
		}
		want = append(want, l)
	}
	s.addLetters(want...)
	all, err := s.Read(s.Context()).Letters(0, 100)
	if err != nil {
		s.Fatal(err)
	}
	same(s, "all letters", all, want, without("Seq"))
	for from, l := range all {
		if from > 0 && l.Seq <= all[from-1].Seq {
			s.Errorf("Seq %d came after %d", l.Seq, all[from-1].Seq)
		}
		same(s, "LetterByID", s.letter(l.ID), l)
		page, err := s.Read(s.Context()).Letters(l.Seq, 5)
		if err != nil {
			s.Fatal(err)
		}
		same(s, "a page", ids(page), ids(all[from+1:min(from+6, len(all))]))
		for _, at := range []time.Time{l.ExpiresAt, l.CreatedAt, l.DueAt, l.ClaimedUntil, l.SettledAt} {
			if at.Location() != time.UTC {
				s.Errorf("%s: a time is in %v, not UTC", l.ID, at.Location())
			}
		}
	}
	if l, ok, err := s.Read(s.Context()).LetterByID("letter 99"); ok || err != nil {
		s.Errorf("a letter that is not there: %+v, ok %v, error %v", l, ok, err)
	}
}

func claimOldest(s subject) {
	u := s.addOne()
	var all []directory.Letter
	for n := range 7 {
		all = append(all, letter(n, u.Seq))
	}
	s.addLetters(all...)
	until := atSecond(60)
	for _, want := range [][]directory.LetterID{
		{"letter 0", "letter 1", "letter 2"}, {"letter 3", "letter 4", "letter 5"}, {"letter 6"}, {},
	} {
		got := s.claim(atSecond(10), until, 3)
		same(s, "claimed", ids(got), want)
		for _, l := range got {
			same(s, "what the claimer sees", l, s.letter(l.ID))
			if !l.ClaimedUntil.Equal(until) || l.State != directory.LetterWaiting || len(l.Sealed) == 0 {
				s.Errorf("claimed: %+v", l)
			}
		}
	}
}

func claimRefused(s subject) {
	u := s.addOne()
	var all []directory.Letter
	for n, change := range []func(l *directory.Letter){
		func(l *directory.Letter) { l.State = directory.LetterSent },
		func(l *directory.Letter) { l.State = directory.LetterWithdrawn },
		func(l *directory.Letter) { l.State = directory.LetterDead },
		func(l *directory.Letter) { l.ClaimedUntil = noon.Add(time.Microsecond) },
		func(l *directory.Letter) { l.DueAt = noon.Add(time.Microsecond) },
		func(l *directory.Letter) { l.ClaimedUntil = noon }, // held until this moment, no longer
		func(l *directory.Letter) { l.DueAt = noon },
	} {
		l := letter(n, u.Seq)
		l.DueAt = noon.Add(-time.Minute)
		change(&l)
		all = append(all, l)
	}
	s.addLetters(all...)
	same(s, "claimed", ids(s.claim(noon, atSecond(60), 100)), []directory.LetterID{"letter 5", "letter 6"})
}

func leaseEnds(s subject) {
	u := s.addOne()
	s.addLetters(letter(0, u.Seq))
	for n, c := range []struct {
		at, until int
		want      []directory.LetterID
	}{
		{0, 60, []directory.LetterID{"letter 0"}},
		{0, 70, []directory.LetterID{}},
		{59, 80, []directory.LetterID{}},
		{60, 90, []directory.LetterID{"letter 0"}},
		{89, 99, []directory.LetterID{}},
	} {
		same(s, fmt.Sprintf("claim %d", n), ids(s.claim(atSecond(c.at), atSecond(c.until), 5)), c.want)
	}
	// A claim that was rolled back holds nothing.
	_ = s.Write(s.Context(), func(tx directory.Tx) error {
		_, _ = tx.ClaimLetters(atSecond(90), atSecond(200), 5)
		return errOnPurpose
	})
	same(s, "after a claim that failed", ids(s.claim(atSecond(90), atSecond(100), 5)), []directory.LetterID{"letter 0"})
}

// settled is a letter after an attempt, with everything else changed too.
func settled(l directory.Letter, state directory.LetterState) directory.Letter {
	l.State, l.DueAt, l.Attempts, l.LastError = state, atSecond(300), l.Attempts+1, "451 try later"
	if state != directory.LetterWaiting {
		l.SettledAt = atSecond(5)
	}
	return l
}

func settle(s subject) {
	u := s.addOne()
	for n, state := range []directory.LetterState{directory.LetterSent, directory.LetterDead, directory.LetterWaiting} {
		s.addLetters(letter(n, u.Seq))
		s.claim(atSecond(10), atSecond(600), 10)
		sent := settled(s.letter(letter(n, u.Seq).ID), state)
		want := sent
		want.ClaimedUntil = time.Time{}
		sent.Kind, sent.To, sent.ToName, sent.From = directory.LetterReset, "other@example.com", "Other", "Other"
		sent.UserSeq, sent.CreatedAt, sent.ExpiresAt, sent.Sealed = u.Seq+1, atSecond(9), atSecond(9), []byte("other")
		s.write(func(tx directory.Tx) error { return tx.SettleLetter(sent) })
		same(s, string(state), s.letter(want.ID), want, without("Sealed"))
	}
	same(s, "before the next try", ids(s.claim(atSecond(299), atSecond(400), 10)), []directory.LetterID{})
	same(s, "at the next try", ids(s.claim(atSecond(300), atSecond(400), 10)), []directory.LetterID{"letter 2"})
}

func settleSecret(s subject) {
	u := s.addOne()
	for n, c := range []struct {
		state directory.LetterState
		kept  bool
	}{
		{directory.LetterSent, false}, {directory.LetterWithdrawn, false},
		{directory.LetterDead, true}, {directory.LetterWaiting, true},
	} {
		l := letter(n, u.Seq)
		s.addLetters(l)
		s.write(func(tx directory.Tx) error { return tx.SettleLetter(settled(l, c.state)) })
		want := []byte(nil)
		if c.kept {
			want = l.Sealed
		}
		if got := s.letter(l.ID).Sealed; string(got) != string(want) {
			s.Errorf("%s: the secret is % x, want % x", c.state, got, want)
		}
	}
}

func settleTooLate(s subject) {
	u := s.addOne()
	for n, end := range []func(tx directory.Tx, l directory.Letter) error{
		func(tx directory.Tx, l directory.Letter) error {
			return tx.WithdrawLetters(l.UserSeq, l.Kind, atSecond(1))
		},
		func(tx directory.Tx, l directory.Letter) error {
			return tx.SettleLetter(settled(l, directory.LetterSent))
		},
		func(tx directory.Tx, l directory.Letter) error {
			return tx.SettleLetter(settled(l, directory.LetterDead))
		},
	} {
		l := letter(n, u.Seq)
		s.addLetters(l)
		s.write(func(tx directory.Tx) error { return end(tx, l) })
		before := s.letter(l.ID)
		for _, late := range []directory.LetterState{directory.LetterSent, directory.LetterWaiting, directory.LetterDead} {
			again := settled(l, late)
			again.DueAt, again.LastError = atSecond(900), "too late"
			s.write(func(tx directory.Tx) error { return tx.SettleLetter(again) })
			same(s, fmt.Sprintf("%s, settled again as %s", before.State, late), s.letter(l.ID), before)
		}
	}
}

func settleLostClaim(s subject) {
	u := s.addOne()
	s.addLetters(letter(0, u.Seq))
	first := s.claim(noon, atSecond(60), 1)[0]
	second := s.claim(atSecond(60), atSecond(120), 1)[0]
	for _, late := range []directory.Letter{first, letter(0, u.Seq)} { // who lost the claim, and who had none
		for _, state := range []directory.LetterState{directory.LetterSent, directory.LetterWaiting, directory.LetterDead} {
			s.write(func(tx directory.Tx) error { return tx.SettleLetter(settled(late, state)) })
			same(s, "settled as "+string(state)+" under another claim", s.letter(second.ID), second)
		}
	}
	s.write(func(tx directory.Tx) error { return tx.SettleLetter(settled(second, directory.LetterSent)) })
	if got := s.letter(second.ID); got.State != directory.LetterSent {
		s.Errorf("settled under its own claim: %+v", got)
	}
}

func letterDue(s subject) {
	u := s.addOne()
	look := func(what string, at time.Time, want bool) {
		s.Helper()
		if got, err := s.Read(s.Context()).LetterDue(at); err != nil || got != want {
			s.Errorf("%s: due %v, want %v; error %v", what, got, want, err)
		}
	}
	look("without a letter", noon, false)
	for n, state := range []directory.LetterState{directory.LetterSent, directory.LetterWithdrawn, directory.LetterDead} {
		l := letter(n, u.Seq)
		l.State = state
		s.addLetters(l)
	}
	look("with settled letters", atSecond(60), false)
	s.addLetters(letter(5, u.Seq))
	look("before it is due", atSecond(5).Add(-time.Microsecond), false)
	look("when it is due", atSecond(5), true)
	s.claim(atSecond(5), atSecond(30), 1)
	look("while it is held", atSecond(30).Add(-time.Microsecond), false)
	look("when the claim has ended", atSecond(30), true)
}

func withdraw(s subject) {
	users := s.add(active("ann@example.com", directory.RoleMember), active("bob@example.com", directory.RoleMember))
	var all []directory.Letter
	for n, state := range []directory.LetterState{directory.LetterWaiting, directory.LetterDead, directory.LetterSent, directory.LetterWithdrawn, "", "", ""} {
		l := letter(n, users[0].Seq)
		switch n {
		case 4:
			l.Kind = directory.LetterReset
		case 5:
			l.UserSeq = users[1].Seq
		case 6: // held by a sender
			l.ClaimedUntil = noon.Add(time.Hour)
		default:
			l.State, l.SettledAt = state, noon.Add(-time.Minute)
		}
		all = append(all, l)
	}
	s.addLetters(all...)
	s.write(func(tx directory.Tx) error {
		return tx.WithdrawLetters(users[0].Seq, directory.LetterInvitation, atSecond(9))
	})
	for n, want := range all {
		if n == 0 || n == 1 || n == 6 {
			want.State, want.SettledAt, want.Sealed = directory.LetterWithdrawn, atSecond(9), nil
		}
		same(s, fmt.Sprintf("letter %d", n), s.letter(want.ID), want, without("Seq", "ClaimedUntil"))
	}
}

func revive(s subject) {
	u := s.addOne()
	for n, c := range []struct {
		state   directory.LetterState
		revived bool
	}{
		{directory.LetterDead, true}, {directory.LetterWaiting, true}, {directory.LetterSent, false}, {directory.LetterWithdrawn, false},
	} {
		l := letter(n, u.Seq)
		l.State, l.DueAt, l.Attempts = c.state, atSecond(900), 8
		if c.state != directory.LetterWaiting {
			l.SettledAt = noon
		}
		s.addLetters(l)
		before := s.letter(l.ID)
		s.write(func(tx directory.Tx) error { return tx.ReviveLetter(l.ID, atSecond(5)) })
		if !c.revived {
			same(s, string(c.state), s.letter(l.ID), before)
			continue
		}
		same(s, string(c.state)+", a moment earlier", ids(s.claim(atSecond(4), atSecond(600), 5)), []directory.LetterID{})
		got := s.claim(atSecond(5), atSecond(600), 5)
		same(s, string(c.state)+", now", ids(got), []directory.LetterID{l.ID})
		if !got[0].SettledAt.IsZero() || string(got[0].Sealed) != string(l.Sealed) {
			s.Errorf("a revived letter is open and has its secret: %+v", got[0])
		}
	}
}

func hasten(s subject) {
	u := s.addOne()
	var all []directory.Letter
	for n := range 5 {
		all = append(all, letter(n, u.Seq))
	}
	all[1].DueAt, all[2].DueAt = atSecond(100), atSecond(101)
	all[3].ClaimedUntil = atSecond(101)
	all[4].State, all[4].DueAt, all[4].SettledAt = directory.LetterDead, atSecond(500), noon
	s.addLetters(all...)
	dead := s.letter(all[4].ID)
	s.write(func(tx directory.Tx) error { return tx.HastenLetters(atSecond(50), atSecond(100)) })
	same(s, "due at now", ids(s.claim(atSecond(50), atSecond(600), 9)), ids([]directory.Letter{all[0], all[2], all[3]}))
	same(s, "due as before", ids(s.claim(atSecond(100), atSecond(600), 9)), ids(all[1:2]))
	same(s, "not waiting", s.letter(all[4].ID), dead)
}
