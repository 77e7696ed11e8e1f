package directory_test

import (
	"testing"
	"time"

	"ax/internal/directory"
)

// keysIn are the names of all keys that a list shows, page by page.
func keysIn(t *testing.T, e *estate, a directory.Actor, in directory.ListKeys) (names []string, err error) {
	t.Helper()
	for {
		page, err := e.ListKeys(t.Context(), a, in)
		if err != nil {
			return nil, err
		}
		for _, k := range page.Items {
			names = append(names, k.Name)
		}
		if in.Cursor = page.Next; in.Cursor == "" {
			return names, nil
		}
	}
}

func TestListKeys(t *testing.T) {
	t.Parallel()
	e := newYard(t)
	maker := e.actor(t, 0, holder{account: directory.RoleMember, organization: directory.RoleMember, space: "keys"})
	lead := e.actor(t, 1, holder{account: directory.RoleMember, organization: directory.RoleMember, space: directory.RoleAdmin})
	mate := e.actor(t, 2, holder{account: directory.RoleMember, organization: directory.RoleMember})
	hut := e.NewSpace(t, e.other, "Hut", false)
	for _, name := range []string{"one", "two", "three"} {
		ownKey(t, e.World, mate, directory.CreateKey{Name: name, ExpiresAt: e.Clock.Now().Add(time.Hour)})
	}
	must(t, e.RevokeKey(t.Context(), mate, ownKey(t, e.World, mate, directory.CreateKey{Name: "revoked"}).ID))
	var machine directory.Actor
	for _, by := range []directory.Actor{maker, lead} {
		in := e.botFor("", "", "see")
		in.Name = map[directory.UserID]string{maker.UserID: "maker's", lead.UserID: "lead's"}[by.UserID]
		k, _, err := e.CreateServiceKey(t.Context(), by, in)
		must(t, err)
		machine, err = e.Authenticate(t.Context(), k.Secret)
		must(t, err)
	}
	const test = "a test's key"
	for name, c := range map[string]struct {
		actor directory.Actor
		in    directory.ListKeys
		want  []string
		kind  directory.Kind
	}{
		"one's own":                {mate, directory.ListKeys{}, []string{test, "one", "two", "three"}, ok},
		"one's own, by name":       {mate, directory.ListKeys{UserID: mate.UserID}, []string{test, "one", "two", "three"}, ok},
		"one's own, ended":         {mate, directory.ListKeys{Ended: true}, []string{"revoked"}, ok},
		"one's own, of people":     {mate, directory.ListKeys{User: true}, []string{test, "one", "two", "three"}, ok},
		"another's":                {mate, directory.ListKeys{UserID: lead.UserID}, nil, directory.Forbidden},
		"another's, administrator": {e.Admin, directory.ListKeys{UserID: mate.UserID}, []string{test, "one", "two", "three"}, ok},
		"nobody's":                 {e.Admin, directory.ListKeys{UserID: directory.UserID(foreign("User:0"))}, nil, directory.NotFound},
		"no id":                    {e.Admin, directory.ListKeys{UserID: "mate"}, nil, directory.Malformed},
		"made by oneself":          {maker, directory.ListKeys{Service: true}, []string{"maker's"}, ok},
		"made by another":          {maker, directory.ListKeys{Service: true, UserID: lead.UserID}, nil, directory.Forbidden},
		"made by a person, seen by the administrator": {e.Admin, directory.ListKeys{Service: true, UserID: lead.UserID}, []string{"lead's"}, ok},
		"in the space":                    {maker, directory.ListKeys{SpaceID: e.space.ID}, []string{"maker's", "lead's"}, ok},
		"in the space, its administrator": {lead, directory.ListKeys{SpaceID: e.space.ID, Service: true}, []string{"maker's", "lead's"}, ok},
		"in the space, by creator":        {maker, directory.ListKeys{SpaceID: e.space.ID, UserID: lead.UserID}, []string{"lead's"}, ok},
		"in the space, of people":         {maker, directory.ListKeys{SpaceID: e.space.ID, User: true}, nil, ok},
		"in the space, ended":             {maker, directory.ListKeys{SpaceID: e.space.ID, Ended: true}, nil, ok},
		"in the space, without the right": {mate, directory.ListKeys{SpaceID: e.space.ID}, nil, directory.Forbidden},
		"in another space":                {maker, directory.ListKeys{SpaceID: hut.ID}, nil, directory.NotFound},
		"in an empty one":                 {e.Admin, directory.ListKeys{SpaceID: hut.ID}, nil, ok},
		"in no space":                     {e.Admin, directory.ListKeys{SpaceID: directory.SpaceID(foreign("Space:0"))}, nil, directory.NotFound},
		"a service key, its own":          {machine, directory.ListKeys{}, []string{"lead's"}, ok},
		"a service key, of services":      {machine, directory.ListKeys{Service: true}, []string{"lead's"}, ok},
		"a service key, of people":        {machine, directory.ListKeys{User: true}, nil, ok},
		"without developer access":        {e.Annotator, directory.ListKeys{}, nil, directory.Forbidden},
	} {
		for limit := range 3 {
			c.in.Limit = limit
			got, err := keysIn(t, e, c.actor, c.in)
			wantKind(t, name, err, c.kind)
			same(t, name, got, c.want)
		}
	}
	page, err := e.ListKeys(t.Context(), mate, directory.ListKeys{Limit: 1})
	must(t, err)
	_, err = e.ListKeys(t.Context(), lead, directory.ListKeys{Limit: 1, Cursor: page.Next})
	wantKind(t, "another's cursor", err, directory.Malformed)
	e.Clock.Advance(time.Hour)
	got, err := keysIn(t, e, mate, directory.ListKeys{})
	must(t, err)
	same(t, "after an hour", got, []string{test})
}
