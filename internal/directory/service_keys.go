package directory

import (
	"context"
	"fmt"
	"slices"
)

// A service key acts as a bot, a user who is no person: with the roles that
// the bot has in the organizations and spaces that were named when the key was
// made, whatever becomes of who made it.

// A CreateServiceKey asks for a bot and its key.
type CreateServiceKey struct {
	CreateKey
	AccountRole   Role
	Organizations []BotOrganization
}

// A BotOrganization is an organization that a bot belongs to.
type BotOrganization struct {
	ID     OrganizationID
	Role   Role
	Spaces []BotSpace
}

// A BotSpace is a space that a bot belongs to.
type BotSpace struct {
	ID       SpaceID
	Role     Role
	RoleName string // of a custom one, where it is shown
}

// A Bot is whom a service key acts as.
type Bot struct {
	User
	Organizations []BotOrganization
}

// BotReads are the questions about bots.
type BotReads interface {
	// BotByID finds a bot with all that it belongs to, in listing order.
	BotByID(id UserID) (b Bot, ok bool, err error)
	// BotGrants are what a user, who may be the bot itself, is granted in each
	// space that a bot belongs to, by the seq of the space.
	BotGrants(botSeq, userSeq int64) (map[int64]Grants, error)
}

// CreateServiceKey makes a bot that belongs to the named spaces, and its key.
// The actor must be allowed to make service keys in each of them, and gives
// the bot nowhere a role that allows more than they may do there themselves.
func (d *Directory) CreateServiceKey(ctx context.Context, a Actor, in CreateServiceKey) (k IssuedKey, b Bot, err error) {
	if !a.Developer {
		return k, b, errNotDeveloper()
	}
	unsound := in.sound(d)
	err = d.Store.Write(ctx, func(tx Tx) error {
		if unsound != nil {
			return unsound
		}
		id, err := d.newID("User")
		if err != nil {
			return err
		}
		b = Bot{User: User{ID: UserID(id), Name: in.Name, Role: in.AccountRole, Developer: true, State: StateActive, Bot: true, CreatedAt: d.now()}}
		if _, err := tx.InsertUser(&b.User, ""); err != nil {
			return err
		}
		for i, o := range in.Organizations {
			joined, err := d.joinBot(tx, a, b.User, o, fmt.Sprintf("organizations[%d]", i))
			if err != nil {
				return err
			}
			b.Organizations = append(b.Organizations, joined)
		}
		if !a.coversInAccount(b.Role) { // said to those only who may make keys there
			return errInvalid([]Fault{{"account_role", aboveOwn}})
		}
		k, err = d.mintKey(tx, b.User, APIKey{Name: in.Name, Description: in.Description, ExpiresAt: in.ExpiresAt, CreatorSeq: a.UserSeq, CreatedBy: a.UserID})
		if err != nil {
			return err
		}
		return d.recordOn(tx, a, "create_api_key", k.ID, []Change{
			{Field: "owner", To: b.ID}, {Field: "name", To: k.Name}, {Field: "account_role", To: b.Role}, {Field: "organizations", To: in.names()},
		})
	})
	return k, b, err
}

// names are the ids of what the bot belongs to, for the audit log.
func (in CreateServiceKey) names() (ids []string) {
	for _, o := range in.Organizations {
		ids = append(ids, string(o.ID))
		for _, s := range o.Spaces {
			ids = append(ids, string(s.ID))
		}
	}
	return ids
}

// Bot returns whom a service key acts as.
func (d *Directory) Bot(ctx context.Context, id UserID) (Bot, error) {
	b, _, err := d.Store.Read(ctx).BotByID(id)
	return b, err
}

const (
	maxBotPlaces = 100 // organizations of a bot, and its spaces in each
	aboveOwn     = "is above your own"
)

// sound says what is wrong with the request (contract, "API keys").
func (in *CreateServiceKey) sound(d *Directory) error {
	switch in.AccountRole { //nolint:exhaustive // the others are looked at below
	case "":
		in.AccountRole = RoleMember
	case RoleAnnotator, RoleMemberUIOnly:
		return errMalformed("account_role: a service key cannot be a " + string(in.AccountRole) + ".")
	}
	faults := faultList(in.Unsound)
	in.CreateKey.sound(d.now(), &faults)
	if in.AccountRole.Custom() || !slices.Contains(Roles(), in.AccountRole) {
		faults.add("account_role", "must be ADMIN or MEMBER")
	}
	if n := len(in.Organizations); n == 0 || n > maxBotPlaces {
		faults.add("organizations", fmt.Sprintf("must hold 1 to %d organizations", maxBotPlaces))
		return faults.err()
	}
	seen := map[string]bool{}
	for i := range in.Organizations {
		if err := in.Organizations[i].sound(fmt.Sprintf("organizations[%d]", i), seen, &faults); err != nil {
			return err
		}
	}
	return faults.err()
}

// newID reads the id of a place, of which none is named twice.
func (l *faultList) newID(field, id string, seen map[string]bool) error {
	if id != "" && seen[id] {
		l.add(field, "is there twice")
		return nil
	}
	seen[id] = true
	return l.id(field, id)
}

func (o *BotOrganization) sound(field string, seen map[string]bool, faults *faultList) error {
	if err := faults.newID(field+".org_id", string(o.ID), seen); err != nil {
		return err
	}
	if o.Role == "" {
		o.Role = RoleReadOnly
	}
	if !botRole(o.Role, false) {
		faults.add(field+".role", "must be ADMIN, MEMBER or READ_ONLY")
	}
	if n := len(o.Spaces); n == 0 || n > maxBotPlaces {
		faults.add(field+".spaces", fmt.Sprintf("must hold 1 to %d spaces", maxBotPlaces))
		return nil
	}
	for i := range o.Spaces {
		s, at := &o.Spaces[i], fmt.Sprintf("%s.spaces[%d]", field, i)
		if err := faults.newID(at+".space_id", string(s.ID), seen); err != nil {
			return err
		}
		if s.Role == "" {
			s.Role = RoleMember
		}
		if !botRole(s.Role, true) {
			faults.add(at+".role", "must be ADMIN, MEMBER, READ_ONLY or the id of a role")
		}
	}
	return nil
}

func botRole(r Role, custom bool) bool {
	return r != RoleAnnotator && (slices.Contains(MemberRoles(), r) || custom && r.Custom())
}

// joinBot makes the bot a member of an organization and of spaces in it.
func (d *Directory) joinBot(tx Tx, a Actor, bot User, in BotOrganization, field string) (BotOrganization, error) {
	o, g, err := organizationFor(tx, tx.LockOrganization, a, ReadOrganizations, in.ID)
	if err != nil {
		return in, err
	}
	if err := d.join("OrganizationMembership", in.Role, func(m *Membership) error { return tx.SetOrganizationMember(o.Seq, bot.Seq, m) }); err != nil {
		return in, err
	}
	in.Spaces = slices.Clone(in.Spaces)
	for i := range in.Spaces {
		if err := d.joinBotSpace(tx, a, bot, o, &in.Spaces[i], fmt.Sprintf("%s.spaces[%d]", field, i)); err != nil {
			return in, err
		}
	}
	if !g.covers(InOrganization, Grant{Role: in.Role}) { // as in CreateServiceKey
		return in, errInvalid([]Fault{{field + ".role", aboveOwn}})
	}
	return in, nil
}

func (d *Directory) joinBotSpace(tx Tx, a Actor, bot User, o Organization, in *BotSpace, field string) error {
	s, g, err := spaceFor(tx, tx.LockSpace, a, CreateServiceKeys, in.ID)
	if err != nil {
		return err
	}
	if s.OrganizationSeq != o.Seq {
		return errInvalid([]Fault{{field + ".space_id", "is not a space of this organization"}})
	}
	held := Grant{Role: in.Role}
	if in.Role.Custom() {
		r, ok, err := tx.LockRole(in.Role)
		if err != nil {
			return err
		}
		if !ok {
			return errNoSuchRole(field + ".role.id")
		}
		held.Permissions, in.RoleName = r.Permissions, r.Name
	}
	if !g.covers(InSpace, held) {
		return errInvalid([]Fault{{field + ".role", aboveOwn}})
	}
	return d.join("SpaceMembership", in.Role, func(m *Membership) error { return tx.SetSpaceMember(s.Seq, bot.Seq, m) })
}

func (d *Directory) join(kind string, role Role, set func(*Membership) error) error {
	id, err := d.newID(kind)
	if err != nil {
		return err
	}
	return set(&Membership{ID: id, Role: role, CreatedAt: d.now()})
}

// coversInAccount reports whether the actor may at least what a predefined
// role allows in the account.
func (a Actor) coversInAccount(role Role) bool {
	return a.Role == RoleAdmin || role != RoleAdmin && predefinedPermissions()[role].Within(a.grants().effective())
}

// covers reports whether the grants come to at least a role at a level. An
// empty role is none.
func (g Grants) covers(at Level, role Grant) bool {
	switch {
	case g.Account.Role == RoleAdmin:
		return true
	case role.Role == RoleAdmin:
		return g.Organization.Role == RoleAdmin || at <= InSpace && g.Space.Role == RoleAdmin
	}
	mine := g.effective()
	for _, p := range permissions {
		if role.allows(at, p) && !mine.Has(p) {
			return false
		}
	}
	return true
}

// mayOnServiceKey says whether the actor may change a service key: an
// administrator of all its spaces, or who may do what in each of them and made
// it. To those who can see it in none, it is not there.
func mayOnServiceKey(r Reads, a Actor, k APIKey, what Action) error {
	if a.Role == RoleAdmin {
		return a.developing()
	}
	spaces, err := r.BotGrants(k.UserSeq, a.UserSeq)
	if err != nil {
		return err
	}
	sees, inAll := false, len(spaces) > 0
	administers, may := inAll, inAll && k.CreatorSeq == a.UserSeq
	for _, g := range spaces {
		g = g.with(a)
		sees = sees || g.may(ReadServiceKeys).Allowed
		administers = administers && g.may(AddSpaceMembers).Allowed // what only administrators may
		may = may && g.may(what).Allowed
	}
	switch {
	case administers || may:
		return a.developing()
	case !sees:
		return errKeyNotFound()
	}
	return errNoRight(what)
}

// mayActAs refuses another secret of a bot to those who may do less than it:
// with that in hand they would do what it may. Of a person's key nothing is
// asked: who refreshes it is the person or an administrator.
func mayActAs(tx Tx, a Actor, owner User) error {
	if a.Role == RoleAdmin || !owner.Bot {
		return nil
	}
	bot, _, err := tx.BotByID(owner.ID)
	switch {
	case err != nil:
		return err
	case !a.coversInAccount(owner.Role):
		return errBotAbove()
	}
	for _, in := range bot.Organizations {
		o, _, err := tx.OrganizationByID(in.ID)
		if err != nil {
			return err
		}
		g, err := tx.OrganizationGrants(a.UserSeq, o.Seq)
		if err != nil {
			return err
		}
		if !g.with(a).covers(InOrganization, Grant{Role: in.Role}) {
			return errBotAbove()
		}
	}
	return mayActInSpaces(tx, a, owner)
}

func mayActInSpaces(tx Tx, a Actor, bot User) error {
	theirs, err := tx.BotGrants(bot.Seq, bot.Seq)
	if err != nil {
		return err
	}
	mine, err := tx.BotGrants(bot.Seq, a.UserSeq)
	if err != nil {
		return err
	}
	for seq, held := range theirs {
		if g := mine[seq].with(a); !g.covers(InSpace, held.Space) || !g.covers(InSpace, held.Bound) {
			return errBotAbove()
		}
	}
	return mayActElsewhere(tx, a, bot)
}

// mayActElsewhere weighs what is bound to the bot on what lives elsewhere.
func mayActElsewhere(tx Tx, a Actor, bot User) error {
	q := BindingQuery{Type: ResourceProject, UserID: bot.ID, Limit: MaxLimit}
	for {
		bound, err := tx.RoleBindings(q)
		if err != nil {
			return err
		}
		for _, b := range bound {
			q.After = b.Seq
			g, err := tx.ResourceGrants(a.UserSeq, b.ResourceID)
			if err != nil {
				return err
			}
			switch err := mayHandOn(tx, g.with(a), b.Role); {
			case KindOf(err) == Forbidden:
				return errBotAbove()
			case err != nil:
				return err
			}
		}
		if len(bound) < q.Limit {
			return nil
		}
	}
}
