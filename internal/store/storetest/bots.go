package storetest

import (
	"time"

	"ax/internal/directory"
)

func botCases() []testCase {
	return []testCase{
		{"BotByID finds a bot with all that it belongs to, in listing order", botByID},
		{"BotByID does not find a person", botIsNoPerson},
		{"BotGrants are what a user is granted in each space that a bot belongs to", botGrants},
	}
}

// madeKey is a bot's key, which somebody else made.
func madeKey(name string, bot, creator int64) directory.APIKey {
	k := apiKey(name, bot)
	k.CreatorSeq = creator
	return k
}

// keysNamed are the owner's words for the keys that a question finds.
func (s subject) keysNamed(q directory.KeyQuery) (names []string) {
	s.Helper()
	found, err := s.Read(s.Context()).Keys(q)
	if err != nil {
		s.Fatalf("Keys(%+v): %v", q, err)
	}
	for n, k := range found {
		if n > 0 && k.Seq <= found[n-1].Seq {
			s.Errorf("Keys(%+v): %d after %d", q, k.Seq, found[n-1].Seq)
		}
		names = append(names, k.Redacted[len("ak-…"):])
	}
	return names
}

func keys(s subject) {
	t := newTown(s)
	ann, bob, b1 := t.users[0].Seq, t.users[1].Seq, t.bots[1].Seq
	expired, passing, revoked := apiKey("expired", ann), apiKey("passing", ann), madeKey("revoked", b1, bob)
	expired.ExpiresAt, passing.ExpiresAt, revoked.RevokedAt = noon, noon.Add(time.Microsecond), noon.Add(time.Hour)
	made, other := madeKey("bob's for b1", b1, bob), madeKey("ann's for b2", t.bots[2].Seq, ann)
	s.addKeys(expired, passing, revoked, made, other)
	for _, c := range []struct {
		name string
		q    directory.KeyQuery
		want []string
	}{
		{"of anybody", directory.KeyQuery{}, []string{"b0", "b1", "b2", "b3", "ann's", "bob's", "passing", "bob's for b1", "ann's for b2"}},
		{"ended", directory.KeyQuery{Ended: true}, []string{"expired", "revoked"}},
		{"of ann", directory.KeyQuery{OwnerSeq: ann}, []string{"ann's", "passing"}},
		{"of ann, ended", directory.KeyQuery{OwnerSeq: ann, Ended: true}, []string{"expired"}},
		{"of a bot", directory.KeyQuery{OwnerSeq: b1}, []string{"b1", "bob's for b1"}},
		{"made by bob", directory.KeyQuery{CreatorSeq: bob}, []string{"bob's for b1"}},
		{"made by bob, ended", directory.KeyQuery{CreatorSeq: bob, Ended: true}, []string{"revoked"}},
		{"made by a bot", directory.KeyQuery{CreatorSeq: b1}, nil},
		{"in the first space", directory.KeyQuery{SpaceSeq: t.spaces[0].Seq}, []string{"b0", "b1", "b2", "bob's for b1", "ann's for b2"}},
		{"in the second", directory.KeyQuery{SpaceSeq: t.spaces[1].Seq}, []string{"b1", "bob's for b1"}},
		{"in the second, ended", directory.KeyQuery{SpaceSeq: t.spaces[1].Seq, Ended: true}, []string{"revoked"}},
		{"in the last", directory.KeyQuery{SpaceSeq: t.spaces[3].Seq}, nil},
		{"in the first, made by ann", directory.KeyQuery{SpaceSeq: t.spaces[0].Seq, CreatorSeq: ann}, []string{"ann's for b2"}},
		{"of nobody", directory.KeyQuery{OwnerSeq: 1 << 40}, nil},
	} {
		c.q.Now, c.q.Limit = noon, 100
		same(s, c.name, s.keysNamed(c.q), c.want)
		for limit := 1; limit <= 3; limit++ {
			same(s, c.name+", in pages", s.inPages(c.q, limit), c.want)
		}
	}
}

// inPages asks for the same page by page.
func (s subject) inPages(q directory.KeyQuery, limit int) (names []string) {
	s.Helper()
	for q.Limit = limit; ; {
		found, err := s.Read(s.Context()).Keys(q)
		if err != nil {
			s.Fatalf("Keys(%+v): %v", q, err)
		}
		names = append(names, s.keysNamed(q)...)
		if len(found) < limit {
			return names
		}
		q.After = found[len(found)-1].Seq
	}
}

func lockServiceKey(s subject) {
	users := s.add(active("ann@example.com", directory.RoleMember), bot("machine"))
	want := madeKey("its", users[1].Seq, users[0].Seq)
	s.addKeys(apiKey("ann's", users[0].Seq), want)
	s.write(func(tx directory.Tx) error {
		got, owner, ok, err := tx.LockKey(want.ID)
		if err != nil || !ok {
			s.Errorf("LockKey: ok %v, error %v", ok, err)
		}
		want.Owner, want.Service, want.CreatedBy, want.Seq = users[1].ID, true, users[0].ID, got.Seq
		if got != want || owner != users[1] {
			s.Errorf("LockKey: %+v of %+v, want %+v of %+v", got, owner, want, users[1])
		}
		return err
	})
	listed, err := s.Read(s.Context()).Keys(directory.KeyQuery{CreatorSeq: users[0].Seq, Now: noon, Limit: 2})
	if err != nil {
		s.Fatal(err)
	}
	same(s, "the same in a list", listed, []directory.APIKey{want})
}

func botByID(s subject) {
	o := s.addOrganizations(organization("Second in the alphabet"), organization("First"), organization("Without a space"))
	p := s.addSpaces(space("Z", o[1]), space("A", o[0]), space("B", o[0]), space("Not its own", o[0]))
	u := s.add(bot("machine"), bot("other"))
	r := s.addRole("Reader", directory.SpaceRead)
	for _, in := range []int{2, 1, 0} {
		s.join(o[in], u[0].Seq, directory.RoleReadOnly)
	}
	s.joinSpace(p[2], u[0].Seq, r.ID)
	s.joinSpace(p[0], u[0].Seq, directory.RoleMember)
	s.joinSpace(p[1], u[0].Seq, directory.RoleAdmin)
	s.join(o[0], u[1].Seq, directory.RoleMember)
	s.joinSpace(p[3], u[1].Seq, directory.RoleMember)
	got, ok, err := s.Read(s.Context()).BotByID(u[0].ID)
	if err != nil || !ok {
		s.Fatalf("BotByID: ok %v, error %v", ok, err)
	}
	same(s, "the bot", got, directory.Bot{User: u[0], Organizations: []directory.BotOrganization{
		{ID: o[0].ID, Role: directory.RoleReadOnly, Spaces: []directory.BotSpace{{ID: p[1].ID, Role: directory.RoleAdmin}, {ID: p[2].ID, Role: r.ID, RoleName: "Reader"}}},
		{ID: o[1].ID, Role: directory.RoleReadOnly, Spaces: []directory.BotSpace{{ID: p[0].ID, Role: directory.RoleMember}}},
		{ID: o[2].ID, Role: directory.RoleReadOnly},
	}})
}

func botIsNoPerson(s subject) {
	for _, id := range []directory.UserID{s.addOne().ID, "nobody"} {
		if b, ok, err := s.Read(s.Context()).BotByID(id); ok || err != nil {
			s.Errorf("%s: %+v, ok %v, error %v", id, b, ok, err)
		}
	}
}

func botGrants(s subject) {
	t := newTown(s)
	grants := func(bot, user directory.User) map[int64]directory.Grants {
		got, err := s.Read(s.Context()).BotGrants(bot.Seq, user.Seq)
		if err != nil {
			s.Fatalf("BotGrants: %v", err)
		}
		return got
	}
	in := func(organization, space, bound directory.Role) directory.Grants {
		return directory.Grants{Organization: directory.Grant{Role: organization}, Space: directory.Grant{Role: space}, Bound: directory.Grant{Role: bound}}
	}
	const mem, adm, look = directory.RoleMember, directory.RoleAdmin, directory.RoleReadOnly
	red, blue, far := t.spaces[0].Seq, t.spaces[1].Seq, t.spaces[2].Seq
	same(s, "ann where b1 is", grants(t.bots[1], t.users[0]), map[int64]directory.Grants{red: in(mem, mem, mem), blue: in(mem, look, "")})
	same(s, "ann where b2 is", grants(t.bots[2], t.users[0]), map[int64]directory.Grants{red: in(mem, mem, mem), far: in(adm, adm, mem)})
	same(s, "bob where b2 is", grants(t.bots[2], t.users[1]), map[int64]directory.Grants{red: in(mem, mem, mem), far: {}})
	same(s, "b2 itself", grants(t.bots[2], t.bots[2]), map[int64]directory.Grants{red: in(look, mem, ""), far: in(look, mem, "")})
	same(s, "ann where b3 is", grants(t.bots[3], t.users[0]), map[int64]directory.Grants{})
}
