package directory

import (
	"context"
	"slices"
	"strings"
)

// Here are the questions about access itself: who a key speaks for, whether
// they may do something and by which rule, and what a deletion would take.
// The answers come from the functions that decide the operations.

// An Identity is who asks.
type Identity struct {
	User        User
	Key         APIKey
	Permissions PermissionSet // that hold in the account
}

// WhoAmI answers every good key, whatever its owner may do.
func (d *Directory) WhoAmI(ctx context.Context, a Actor) (who Identity, err error) {
	r := d.Store.Read(ctx)
	if who.User, _, err = r.UserByID(a.UserID); err != nil {
		return who, err
	}
	if err := nameRole(r, &who.User); err != nil {
		return who, err
	}
	who.Key, _, err = r.KeyByID(a.Credential)
	who.Permissions = a.grants().effective()
	return who, err
}

// Holdings are how much would end with a user.
type Holdings struct {
	Organizations, Spaces, Bindings, Keys, Sessions int
}

// HoldingReads are the questions about what somebody has.
type HoldingReads interface {
	// Holdings counts a user's memberships, bindings, keys that are not
	// revoked, and sessions that are kept.
	Holdings(userSeq int64) (Holdings, error)
}

// PreviewUserDeletion counts what DeleteUser would take along, for who may do that.
func (d *Directory) PreviewUserDeletion(ctx context.Context, a Actor, id UserID) (h Holdings, err error) {
	if err := d.mayOnUser(ctx, a, DeleteUsers, id); err != nil {
		return h, err
	}
	r := d.Store.Read(ctx)
	u, ok, err := r.UserByID(id)
	switch {
	case err != nil:
		return h, err
	case !ok || u.gone():
		return h, errUserNotFound()
	}
	if err := a.mayTouch(r, u); err != nil {
		return h, err
	}
	return r.Holdings(u.Seq)
}

// A Question is whether somebody may do something.
type Question struct {
	Action   string // a permission, or the id of an operation, in any case
	Resource string // the id of what it is done to; empty for the account
}

// An Answer is the decision, and the action as it was understood.
type Answer struct {
	Decision
	Action string
}

func refused(rule string) Decision { return Decision{Rule: rule} }

// Rules that do not come from roles.
const (
	ruleHidden    = "there is nothing with this id that they may see"
	ruleDeveloper = "developer access is off for the owner of the key"
	ruleEveryKey  = "every good key may do it, for what its owner may see"
	ruleOwnKey    = "it is their own key"
)

// CanI answers for the actor. What is not there and what the actor may not see
// are alike.
func (d *Directory) CanI(ctx context.Context, a Actor, q Question) (out Answer, err error) {
	right, action, err := q.understood()
	if err != nil {
		return out, err
	}
	out.Action = action
	if q.Resource != "" && !WellFormedID(q.Resource) {
		return out, errIDMalformed("resource")
	}
	if out.Decision, err = d.answer(d.Store.Read(ctx), a, right, q.Resource); err != nil {
		return out, err
	}
	always := slices.Contains([]string{"whoami", "can_i"}, action)
	if out.Allowed && !always && a.developing() != nil {
		out.Decision = refused(ruleDeveloper)
	}
	return out, nil
}

// asked is a right that is asked about: that of an operation, or a permission.
type asked struct {
	operationRight
	permission Permission
}

func (q Question) understood() (right asked, action string, err error) {
	if p := Permission(strings.ToUpper(q.Action)); place(p) >= 0 {
		return asked{permission: p}, string(p), nil
	}
	action = strings.ToLower(q.Action)
	operation, ok := operationRights(action)
	if !ok {
		return right, "", errNoSuchAction()
	}
	if q.Resource != "" && WellFormedID(q.Resource) && !slices.Contains(operation.on, kindOfID(q.Resource)) {
		return right, "", errNotDoneTo(action, operation.on)
	}
	if q.Resource == "" && operation.own {
		operation.action = ""
	}
	return asked{operationRight: operation}, action, nil
}

// by decides with the grants, until a right refuses.
func (right asked) by(g Grants) Decision {
	switch {
	case right.permission != "":
		return g.decide(rightOf(right.permission))
	case right.action == "":
		return allowed(ruleEveryKey)
	}
	d := g.may(right.action)
	for _, also := range right.needs {
		if d.Allowed {
			d = g.may(also)
		}
	}
	return d
}

// answer looks at what the question is about. Whether it can be seen comes first.
func (d *Directory) answer(r Reads, a Actor, right asked, id string) (Decision, error) {
	if id == "" {
		return right.by(a.grants()), nil
	}
	switch kindOfID(id) {
	case kindUser:
		return aboutUser(r, a, right, UserID(id))
	case kindOrganization:
		o, ok, err := r.OrganizationByID(OrganizationID(id))
		return within(a, right, ok, err, ReadOrganizations, func() (Grants, error) { return r.OrganizationGrants(a.UserSeq, o.Seq) })
	case kindSpace:
		seq, ok, err := r.BindableSpace(id)
		return within(a, right, ok, err, ReadSpaces, func() (Grants, error) { return r.SpaceGrants(a.UserSeq, seq) })
	case kindRole:
		return aboutRole(r, a, right, Role(id))
	case kindBinding:
		b, ok, err := r.RoleBinding(id)
		return within(a, right, ok, err, ReadBindings, func() (Grants, error) { return bindable(r, a, &b) })
	case kindKey:
		return aboutKey(r, a, right, id)
	}
	g, err := r.ResourceGrants(a.UserSeq, id)
	if right.action == RestrictProjects {
		right.action, _ = resourceTypeOf(id).restricting()
		g.Restricted = false // as in mayRestrict
	}
	return right.by(g.with(a)), err
}

// within decides about something that the actor must be able to see.
func within(a Actor, right asked, found bool, err error, read Action, grants func() (Grants, error)) (Decision, error) {
	if err != nil || !found {
		return refused(ruleHidden), err
	}
	g, err := grants()
	g = g.with(a)
	if err != nil || !g.may(read).Allowed {
		return refused(ruleHidden), err
	}
	return right.by(g), nil
}

func aboutUser(r Reads, a Actor, right asked, id UserID) (Decision, error) {
	u, ok, err := r.UserByID(id)
	if err != nil || !ok || u.gone() || !a.grants().may(ReadUsers).Allowed {
		return refused(ruleHidden), err
	}
	d := right.by(a.grants())
	if !d.Allowed || right.action == ReadUsers || right.permission == UserRead {
		return d, nil
	}
	if right.action == DeleteUsers && u.ID == a.UserID {
		return refused("nobody deletes themselves"), nil
	}
	if err := a.mayTouch(r, u); KindOf(err) == Forbidden {
		return refused("the user may do more than they"), nil
	} else if err != nil {
		return d, err
	}
	return d, nil
}

func aboutRole(r Reads, a Actor, right asked, id Role) (Decision, error) {
	role, ok := PredefinedRole(id)
	var err error
	if !ok {
		role, ok, err = r.RoleByID(id)
	}
	if err != nil || !ok || !a.grants().may(ReadRoles).Allowed {
		return refused(ruleHidden), err
	}
	d := right.by(a.grants())
	changes := right.action == UpdateRoles || right.action == DeleteRoles || right.permission == RoleUpdate || right.permission == RoleDelete
	switch {
	case !d.Allowed || !changes:
	case role.Predefined:
		d = refused("a predefined role stays as it is")
	case !role.Permissions.Within(a.grants().effective()):
		d = refused("the role allows more than they may do")
	}
	return d, nil
}

func aboutKey(r Reads, a Actor, right asked, id string) (Decision, error) {
	k, ok, err := r.KeyByID(id)
	switch {
	case err != nil || !ok:
		return refused(ruleHidden), err
	case k.Service && right.action != "":
		return byError(right.action, mayOnServiceKey(r, a, k, right.action))
	case k.UserSeq == a.UserSeq:
		return allowed(ruleOwnKey), nil
	case !a.grants().may(ManageOthersKeys).Allowed:
		return refused(ruleHidden), nil
	}
	return a.grants().may(ManageOthersKeys), nil
}

// byError words what an operation's own check said.
func byError(what Action, err error) (Decision, error) {
	if kind := KindOf(err); kind == NotFound {
		return refused(ruleHidden), nil
	} else if kind == Forbidden {
		return refused("their roles in the spaces of the key do not allow them to " + string(what)), nil
	}
	return allowed("their roles in the spaces of the key allow it"), err
}
