package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"ax/internal/directory"
)

func searchCases() []testCase {
	return []testCase{
		{"Users lists at most Limit users with seq above After, by seq", userPages},
		{"Users with Statuses, at the moment an invitation ends", userStatuses},
		{"Users never lists deleted users", deletedUsers},
		{"EmailContains is literal, in any case and script", emailContains},
		{"EmailContains finds what a plain reading of every address finds", plainReading},
		{"EmailContains finds pieces of addresses, before the @, behind it and across", acrossTheAt},
		{"EmailContains, Statuses, After and Limit hold together", combinedQuery},
		{"EmailContains finds what the same transaction wrote, and not what it undid", searchInside},
	}
}

// emails are the addresses that a query finds, in its order.
func (s subject) emails(q directory.UserQuery) []string {
	s.Helper()
	users, err := s.Read(s.Context()).Users(q)
	if err != nil {
		s.Fatalf("Users(%+v): %v", q, err)
	}
	emails := []string{}
	for _, u := range users {
		emails = append(emails, u.Email)
	}
	return emails
}

func userPages(s subject) {
	var users []directory.User
	for i := range 25 {
		// Neither addresses, ids nor times are in the order of insertion.
		u := active(fmt.Sprintf("user%02d@example.com", i*7%25), directory.RoleMember)
		u.CreatedAt = noon.Add(-time.Duration(i) * time.Hour)
		users = append(users, u)
	}
	users = s.add(users...)
	for from := range users {
		for _, limit := range []int{1, 7, 24, 25, 26, 101} {
			var after int64
			if from > 0 {
				after = users[from-1].Seq
			}
			got, err := s.Read(s.Context()).Users(directory.UserQuery{Now: noon, After: after, Limit: limit})
			if err != nil {
				s.Fatal(err)
			}
			same(s, fmt.Sprintf("after %d, limit %d", from, limit), got, users[from:min(from+limit, len(users))])
		}
	}
	same(s, "after the last", s.emails(directory.UserQuery{Now: noon, After: users[24].Seq, Limit: 10}), []string{})
}

// statusSets are all sets of statuses, the empty one and one with a repetition included.
func statusSets() [][]directory.Status {
	sets := [][]directory.Status{{directory.StatusInvited, directory.StatusInvited}}
	all := directory.Statuses()
	for bits := range 1 << len(all) {
		var set []directory.Status
		for i, status := range all {
			if bits&(1<<i) != 0 {
				set = append(set, status)
			}
		}
		sets = append(sets, set)
	}
	return sets
}

func userStatuses(s subject) {
	users := s.add(
		active("active@example.com", directory.RoleMember), invited("ends@example.com", noon),
		deleted("deleted@example.com"), invited("later@example.com", noon.Add(time.Hour)),
	)
	for _, at := range []time.Duration{-time.Microsecond, 0, time.Microsecond, time.Hour - time.Microsecond, time.Hour} {
		now := noon.Add(at)
		for _, set := range statusSets() {
			want := []string{}
			for _, u := range users {
				if u.State != directory.StateDeleted && (len(set) == 0 || slices.Contains(set, u.Status(now))) {
					want = append(want, u.Email)
				}
			}
			same(s, fmt.Sprintf("%v, %v from the end", set, at), s.emails(directory.UserQuery{Statuses: set, Now: now, Limit: 10}), want)
		}
	}
	// The oracle above is User.Status; here are its answers, so that both cannot be wrong together.
	expired := []directory.Status{directory.StatusExpired}
	for at, want := range map[time.Duration][]string{-time.Microsecond: {}, 0: {"ends@example.com"}, time.Hour: {"ends@example.com", "later@example.com"}} {
		same(s, fmt.Sprintf("expired %v from the end", at), s.emails(directory.UserQuery{Statuses: expired, Now: noon.Add(at), Limit: 10}), want)
	}
}

func deletedUsers(s subject) {
	s.add(deleted("ann@example.com"), active("bob@example.com", directory.RoleMember))
	gone := s.add(invited("cid@example.com", noon))[0]
	gone.State, gone.InvitedUntil = directory.StateDeleted, time.Time{}
	s.write(func(tx directory.Tx) error { return tx.UpdateUser(gone) })
	for _, set := range statusSets() {
		for _, part := range []string{"", directory.Fold("example")} {
			for _, email := range s.emails(directory.UserQuery{EmailContains: part, Statuses: set, Now: noon, Limit: 10}) {
				if email != "bob@example.com" {
					s.Errorf("%v, containing %q: lists %s", set, part, email)
				}
			}
		}
	}
}

func emailContains(s subject) {
	addresses := []string{
		"axb@example.com", "a_b@example.com", "a%b@example.com", "a'b@example.com", "a*b@example.com",
		"Jane@Example.COM", "mary-jane@example.com", "JÖRG@example.com", "jo\u0308rgen@example.com", "straße@example.com",
		"\u017fam@example.com", "дарья@example.com", "σοφος@example.com", "日本@example.com", `a\b@odd.example`, "a[bc]@odd.example",
	}
	var users []directory.User
	for _, a := range addresses {
		users = append(users, active(a, directory.RoleMember))
	}
	s.add(users...)
	for _, c := range []struct {
		part string
		want []string
	}{
		{"", addresses},
		{"a_b", []string{"a_b@example.com"}},
		{"_", []string{"a_b@example.com"}},
		{"%", []string{"a%b@example.com"}},
		{"%b", []string{"a%b@example.com"}},
		{"%%", nil},
		{"a%@", nil},
		{"__", nil},
		{"'", []string{"a'b@example.com"}},
		{"'; --", nil},
		{"*", []string{"a*b@example.com"}},
		{"a?b", nil},
		{`\`, []string{`a\b@odd.example`}},
		{`\\`, nil},
		{`\_`, nil},
		{"[", []string{"a[bc]@odd.example"}},
		{"a[b", []string{"a[bc]@odd.example"}},
		{"[ab]", nil},
		{"jane@example.com", []string{"Jane@Example.COM", "mary-jane@example.com"}},
		{"JANE@", []string{"Jane@Example.COM", "mary-jane@example.com"}},
		{"jörg", []string{"JÖRG@example.com", "jo\u0308rgen@example.com"}},
		{"JO\u0308RG@", []string{"JÖRG@example.com"}},
		{"jorg", nil},
		{"STRAßE", []string{"straße@example.com"}},
		{"STRA\u1e9eE", []string{"straße@example.com"}},
		{"strasse", nil},
		{"sam", []string{"\u017fam@example.com"}},
		{"ДАРЬЯ", []string{"дарья@example.com"}},
		{"ΣΟΦΟΣ", []string{"σοφος@example.com"}},
		{"σοφοσ", []string{"σοφος@example.com"}},
		{"本@", []string{"日本@example.com"}},
		{" ", nil},
		{"@", addresses},
		{"example.com@", nil},
	} {
		q := directory.UserQuery{EmailContains: directory.Fold(c.part), Now: noon, Limit: 100}
		want := append([]string{}, c.want...)
		same(s, fmt.Sprintf("containing %q", c.part), s.emails(q), want)
	}
}

// plainReading compares many searches with the obvious program: addresses and
// terms of few characters, so that they meet often, quotes and wildcards
// among them.
func plainReading(s subject) {
	random := rand.New(rand.NewPCG(2026, 3)) // the same each time
	text := func(most int) string {
		const characters = "aabAB.-+%_'\"\\*[]^( éß\u0301αιΙς山😀"
		runes := []rune(characters)
		t := make([]rune, 1+random.IntN(most))
		for i := range t {
			t[i] = runes[random.IntN(len(runes))]
		}
		return string(t)
	}
	s.likePlainReading(random, 500, 500, func(int) string { return text(9) + "@example.com" }, func([]directory.User) string { return text(5) })
}

// acrossTheAt searches for pieces of addresses, which hold ends of what
// stands before the @ and beginnings of domains, in many domains, few of which
// have many people, and some of which begin or end as others do.
func acrossTheAt(s subject) {
	random := rand.New(rand.NewPCG(2026, 4)) // the same each time
	domains := []string{"example.com", "example.com", "example.com", "example.com.au", "example.co", "mail.example.com", "xn--mnchen-3ya.example", "a.b"}
	for n := range 30 {
		domains = append(domains, fmt.Sprintf("team%d.example.net", n))
	}
	locals := []string{"ann", "joann", "mary.ann", "a", "an", "bo", "example.com", "team1", "net.exam", "é", "joanné", "tom+ann", "xxann", "abcdefgann"}
	address := func(n int) string {
		local := locals[random.IntN(len(locals))]
		if random.IntN(3) > 0 {
			local = fmt.Sprintf("%d%s", n, local)
		}
		return local + "@" + domains[random.IntN(len(domains))]
	}
	piece := func(users []directory.User) string {
		runes := []rune(users[random.IntN(len(users))].Email)
		from := random.IntN(len(runes))
		if random.IntN(4) == 0 {
			from = 0
		}
		to := from + 1 + random.IntN(len(runes)-from)
		if random.IntN(3) == 0 {
			to = len(runes)
		}
		p := string(runes[from:to])
		if random.IntN(8) == 0 {
			p = strings.Replace(p, "ann@", "ana@", 1) + ".au"
		}
		return p
	}
	s.likePlainReading(random, 2600, 600, address, piece)
}

// likePlainReading compares searches with the obvious program.
func (s subject) likePlainReading(random *rand.Rand, people, searches int, address func(n int) string, term func([]directory.User) string) {
	s.Helper()
	var users []directory.User
	taken := map[string]bool{}
	for n := 0; len(users) < people; n++ {
		email := address(n)
		if taken[directory.Fold(email)] {
			continue
		}
		taken[directory.Fold(email)] = true
		u := [4]directory.User{active(email, directory.RoleMember), invited(email, noon), invited(email, noon.Add(time.Second)), deleted(email)}[len(users)%4]
		u.ID = directory.UserID(fmt.Sprint("user ", len(users)))
		users = append(users, u)
	}
	// SQLite's search index takes users by the hundred. Some are in it here,
	// some wait, and some of both change.
	const late = 100
	users = append(s.add(users[:people-late]...), s.add(users[people-late:]...)...)
	s.write(func(tx directory.Tx) error {
		for n := 3; n < people; n += 10 {
			users[n].State, users[n].InvitedUntil = directory.StateDeleted, time.Time{}
			if err := tx.UpdateUser(users[n]); err != nil {
				return err
			}
		}
		return nil
	})
	sets := statusSets()
	hits := 0
	for n := range searches {
		q := directory.UserQuery{EmailContains: directory.Fold(term(users)), Statuses: sets[n%len(sets)], Now: noon, Limit: 20}
		if n%3 == 0 {
			q.After = users[random.IntN(100)].Seq
		}
		want := []string{}
		for _, u := range users {
			if u.State != directory.StateDeleted && (len(q.Statuses) == 0 || slices.Contains(q.Statuses, u.Status(noon))) &&
				u.Seq > q.After && strings.Contains(directory.Fold(u.Email), q.EmailContains) && len(want) < q.Limit {
				want = append(want, u.Email)
			}
		}
		same(s, fmt.Sprintf("%+q, %v, after %d", q.EmailContains, q.Statuses, q.After), s.emails(q), want)
		hits += len(want)
	}
	if hits < 500 {
		s.Errorf("only %d users were found in all", hits)
	}
}

func combinedQuery(s subject) {
	var want []string
	var users []directory.User
	for i := range 30 {
		u := active(fmt.Sprintf("team%d@example.com", i), directory.RoleMember)
		switch i % 3 {
		case 1:
			u = invited(fmt.Sprintf("team%d@example.com", i), noon.Add(time.Hour))
			want = append(want, u.Email)
		case 2:
			u = invited(fmt.Sprintf("other%d@example.com", i), noon.Add(time.Hour))
		}
		users = append(users, u)
	}
	s.add(users...)
	var got []string
	q := directory.UserQuery{EmailContains: directory.Fold("Team"), Statuses: []directory.Status{directory.StatusInvited}, Now: noon, Limit: 3}
	for {
		page, err := s.Read(s.Context()).Users(q)
		if err != nil || len(page) > 3 {
			s.Fatalf("a page of %d, error %v", len(page), err)
		}
		if len(page) == 0 {
			break
		}
		for _, u := range page {
			got = append(got, u.Email)
		}
		q.After = page[len(page)-1].Seq
	}
	same(s, "the walk", got, want)
}

// searchInside changes people in many writes at once, some of which fail, and
// looks for them inside and afterwards.
func searchInside(s subject) {
	gone := active("team-gone@example.com", directory.RoleMember)
	gone = s.add(gone)[0]
	gone.State = directory.StateDeleted
	team := func(tx directory.Reads, part string) []string {
		users, err := tx.Users(directory.UserQuery{EmailContains: directory.Fold(part), Now: noon, Limit: 100})
		if err != nil {
			s.Error(err)
		}
		emails := []string{}
		for _, u := range users {
			emails = append(emails, u.Email)
		}
		return emails
	}
	inside := func(got []string, want ...string) { // without Fatal, which would end the writer
		if !slices.Equal(got, want) {
			s.Errorf("found inside the transaction: %q, want %q", got, want)
		}
	}
	const writers = 30
	together(writers, func(n int) {
		u := active(fmt.Sprintf("team%d@example.com", n), directory.RoleMember)
		err := s.Write(s.Context(), func(tx directory.Tx) error {
			if _, err := tx.InsertUser(&u, ""); err != nil {
				return err
			}
			if n%5 == 0 {
				inside(team(tx, u.Email), u.Email)
			}
			switch n % 3 {
			case 1:
				if n%2 == 0 {
					err := tx.UpdateUser(gone)
					inside(team(tx, "team-gone"))
					return errors.Join(errOnPurpose, err)
				}
				return errOnPurpose
			case 2:
				u.State = directory.StateDeleted
				return tx.UpdateUser(u)
			}
			return nil
		})
		if (err != nil) != (n%3 == 1) {
			s.Errorf("write %d: %v", n, err)
		}
	})
	want := []string{"team-gone@example.com"}
	for n := 0; n < writers; n += 3 {
		want = append(want, fmt.Sprintf("team%d@example.com", n))
	}
	got := team(s.Read(s.Context()), "team")
	slices.Sort(got)
	slices.Sort(want)
	same(s, "found afterwards", got, want)
	s.write(func(tx directory.Tx) error { return tx.UpdateUser(gone) })
	same(s, "found after the deletion", team(s.Read(s.Context()), "team-gone"), []string{})
}
