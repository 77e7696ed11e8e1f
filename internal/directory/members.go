package directory

import (
	"context"
	"slices"
	"time"
)

// A Membership is that a user belongs to an organization or a space. In a
// space are only members of its organization; who leaves the one leaves the
// other too.
type Membership struct {
	ID        string
	UserID    UserID
	Role      Role
	RoleName  string // of a custom one, where it is shown
	CreatedAt time.Time
}

// MemberTx is what operations on members ask of a transaction. The roles that
// somebody has already are among their grants (AccessReads).
type MemberTx interface {
	// SetOrganizationMember keeps a membership; where there is one already, it
	// only gets the role, and m becomes what stands then.
	SetOrganizationMember(organizationSeq, userSeq int64, m *Membership) error
	// RemoveOrganizationMember ends a membership, and with it the user's
	// memberships and role bindings in the organization's spaces. ok is false,
	// and nothing changes, without one.
	RemoveOrganizationMember(organizationSeq, userSeq int64) (gone Cascade, ok bool, err error)
	// SetSpaceMember is SetOrganizationMember for a space.
	SetSpaceMember(spaceSeq, userSeq int64, m *Membership) error
	// RemoveSpaceMember ends a membership and the user's role binding on the
	// space. ok is false, and nothing changes, without a membership.
	RemoveSpaceMember(spaceSeq, userSeq int64) (gone Cascade, ok bool, err error)
	// EndAccess ends all memberships and role bindings of a user, each kind by
	// one statement.
	EndAccess(userSeq int64) (Cascade, error)
}

// An AddMember asks for a membership, or for another role in it.
type AddMember struct {
	UserID  UserID
	Role    Role
	Unsound []Fault // what the caller already found wrong
}

// sound says what is wrong with the request.
func (in AddMember) sound() error {
	faults := faultList(in.Unsound)
	switch {
	case in.UserID == "":
		faults.add("user_id", "must not be empty")
	case !WellFormedID(string(in.UserID)):
		return errUserIDMalformed()
	}
	if !in.Role.Custom() && !slices.Contains(MemberRoles(), in.Role) && !hasFault(faults, "role") {
		faults.add("role.name", "must be one of "+listed(MemberRoles()))
	}
	return faults.err()
}

// AddOrganizationMember makes a user a member of an organization, or gives a
// member another role. Whoever is listed can become one: ACTIVE, INVITED, or
// EXPIRED, whom a new invitation brings back under the same id.
func (d *Directory) AddOrganizationMember(ctx context.Context, a Actor, id OrganizationID, in AddMember) (m Membership, err error) {
	unsound := in.sound()
	err = d.Store.Write(ctx, func(tx Tx) error {
		o, g, err := organizationFor(tx, tx.LockOrganization, a, ManageOrganization, id)
		if err != nil {
			return err
		}
		if unsound != nil {
			return unsound
		}
		if m, err = d.newMembership(tx, a, g, "OrganizationMembership", in); err != nil {
			return err
		}
		u, err := lockFit(tx, in)
		if err != nil {
			return err
		}
		has, err := tx.OrganizationGrants(u.Seq, o.Seq)
		if err != nil {
			return err
		}
		if err := tx.SetOrganizationMember(o.Seq, u.Seq, &m); err != nil {
			return err
		}
		return d.recordMember(tx, a, "add_organization_user", string(id), m, has.Organization.Role)
	})
	return m, err
}

// newMembership is what the request comes to. Nobody gives a role that allows
// more than they may do there themselves.
func (d *Directory) newMembership(tx Tx, a Actor, g Grants, kind string, in AddMember) (m Membership, err error) {
	m = Membership{UserID: in.UserID, Role: in.Role, CreatedAt: d.now()}
	if in.Role.Custom() {
		definition, ok, err := tx.LockRole(in.Role)
		switch {
		case err != nil:
			return m, err
		case !ok:
			return m, errNoSuchRole("role.id")
		case a.Role != RoleAdmin && !definition.Permissions.Within(g.effective()):
			return m, errRoleAbove()
		}
		m.RoleName = definition.Name
	}
	m.ID, err = d.newID(kind)
	return m, err
}

// lockFit locks the user who is to be a member. Annotators of the account are
// annotators everywhere, and nobody else is one anywhere.
func lockFit(tx Tx, in AddMember) (User, error) {
	u, err := lockLive(tx, in.UserID)
	switch {
	case err != nil:
		return u, err
	case u.Role == RoleAnnotator && in.Role != RoleAnnotator:
		return u, errAnnotatorOnly()
	case u.Role != RoleAnnotator && in.Role == RoleAnnotator:
		return u, errNoAnnotator()
	}
	return u, nil
}

// endUnfit ends all access of a user who was invited anew as an annotator, or
// not as one any more: what they held does not fit.
func endUnfit(tx Tx, before, after User) (Cascade, error) {
	if (before.Role == RoleAnnotator) == (after.Role == RoleAnnotator) {
		return Cascade{}, nil
	}
	return tx.EndAccess(after.Seq)
}

// recordMember records a role that somebody has now, unless they had it.
func (d *Directory) recordMember(tx Tx, a Actor, operation, subject string, m Membership, had Role) error {
	if had == m.Role {
		return nil
	}
	return d.recordOn(tx, a, operation, subject, []Change{{Field: "user_id", To: m.UserID}, {Field: "role", From: orNil(had), To: m.Role}})
}

// RemoveOrganizationMember ends a membership, and all that the user has in
// the organization's spaces.
func (d *Directory) RemoveOrganizationMember(ctx context.Context, a Actor, id OrganizationID, user UserID) error {
	return d.Store.Write(ctx, func(tx Tx) error {
		o, _, err := organizationFor(tx, tx.LockOrganization, a, ManageOrganization, id)
		if err != nil {
			return err
		}
		u, err := member(tx, user, "organization")
		if err != nil {
			return err
		}
		has, err := tx.OrganizationGrants(u.Seq, o.Seq)
		if err != nil {
			return err
		}
		gone, ok, err := tx.RemoveOrganizationMember(o.Seq, u.Seq)
		switch {
		case err != nil:
			return err
		case !ok:
			return errNotMember("organization")
		}
		return d.recordRemoved(tx, a, "remove_organization_user", string(id), u, has.Organization.Role, gone)
	})
}

// member finds somebody who may be a member. A bot is one only through its
// key, so that nobody finds it here.
func member(tx Tx, id UserID, where string) (User, error) {
	if !WellFormedID(string(id)) {
		return User{}, errUserIDMalformed()
	}
	u, ok, err := tx.UserByID(id)
	if err == nil && (!ok || u.gone()) {
		err = errNotMember(where)
	}
	return u, err
}

func (d *Directory) recordRemoved(tx Tx, a Actor, operation, subject string, u User, had Role, gone Cascade) error {
	changes := []Change{{Field: "user_id", From: u.ID}, {Field: "role", From: had}}
	return d.recordOn(tx, a, operation, subject, append(changes, gone.changes()...))
}

// AddSpaceMember makes a member of the organization one of a space, or gives
// a member of the space another role. Administrators give predefined roles,
// whoever may bind roles gives custom ones.
func (d *Directory) AddSpaceMember(ctx context.Context, a Actor, id SpaceID, in AddMember) (m Membership, err error) {
	unsound, what := in.sound(), AddSpaceMembers
	if in.Role.Custom() {
		what = AddCustomMembers
	}
	err = d.Store.Write(ctx, func(tx Tx) error {
		s, g, err := spaceFor(tx, tx.LockSpace, a, what, id)
		if err != nil {
			return err
		}
		if unsound != nil {
			return unsound
		}
		if m, err = d.newMembership(tx, a, g, "SpaceMembership", in); err != nil {
			return err
		}
		u, err := lockFit(tx, in)
		if err != nil {
			return err
		}
		has, err := tx.SpaceGrants(u.Seq, s.Seq)
		switch {
		case err != nil:
			return err
		case has.Organization.Role == "":
			return errNotInOrganization()
		case has.Space.Role != "" && has.Space.Role != in.Role: // whose role is taken away
			err = a.mayReplace(g, has.Space)
		}
		if err != nil {
			return err
		}
		if err := tx.SetSpaceMember(s.Seq, u.Seq, &m); err != nil {
			return err
		}
		return d.recordMember(tx, a, "add_space_user", string(id), m, has.Space.Role)
	})
	return m, err
}

// mayReplace says whether the actor may take away the role that a member of a
// space has. Administrators may; anybody else does not touch those who are,
// or who may do more than they.
func (a Actor) mayReplace(g Grants, held Grant) error {
	if g.may(AddSpaceMembers).Allowed {
		return nil
	}
	if err := a.mayWith(g, RemoveSpaceMembers); err != nil {
		return err
	}
	if held.Role == RoleAdmin || held.Role.Custom() && !held.Permissions.Within(g.effective()) {
		return errMemberAbove()
	}
	return nil
}

// RemoveSpaceMember ends a membership, and the user's role binding on the
// space.
func (d *Directory) RemoveSpaceMember(ctx context.Context, a Actor, id SpaceID, user UserID) error {
	return d.Store.Write(ctx, func(tx Tx) error {
		s, g, err := spaceFor(tx, tx.LockSpace, a, RemoveSpaceMembers, id)
		if err != nil {
			return err
		}
		u, err := member(tx, user, "space")
		if err != nil {
			return err
		}
		has, err := tx.SpaceGrants(u.Seq, s.Seq)
		switch {
		case err != nil:
			return err
		case has.Space.Role == "":
			return errNotMember("space")
		}
		if err := a.mayReplace(g, has.Space); err != nil {
			return err
		}
		gone, _, err := tx.RemoveSpaceMember(s.Seq, u.Seq)
		if err != nil {
			return err
		}
		return d.recordRemoved(tx, a, "remove_space_user", string(id), u, has.Space.Role, gone)
	})
}
