package directory

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A Role is a role that somebody holds: the name of a predefined one, or the
// id of a RoleDefinition.
type Role string

// The predefined roles. Which of them exist depends on where they are held.
const (
	RoleAdmin         Role = "ADMIN"
	RoleMember        Role = "MEMBER"
	RoleMemberUIOnly  Role = "MEMBER_UI_ONLY"
	RoleAnnotator     Role = "ANNOTATOR"
	RoleReadOnly      Role = "READ_ONLY"
	roleProjectAdmin  Role = "PROJECT_ADMIN"
	roleProjectEditor Role = "PROJECT_EDITOR"
	roleProjectViewer Role = "PROJECT_VIEWER"
)

// Roles are those that can be held in the account, strongest first.
func Roles() []Role { return []Role{RoleAdmin, RoleMember, RoleMemberUIOnly, RoleAnnotator} }

// MemberRoles are those that can be held in an organization or a space,
// strongest first.
func MemberRoles() []Role { return []Role{RoleAdmin, RoleMember, RoleReadOnly, RoleAnnotator} }

// developsByDefault says whether a new user of the role may use the API.
func (r Role) developsByDefault() bool { return r == RoleAdmin || r == RoleMember }

// roleIDPrefix begins every id of a role: base64 of "Role:", as far as that
// does not depend on what follows. No predefined role's name begins so.
const roleIDPrefix = "Um9sZT"

// Custom reports whether the role is held by a definition's id, and means what
// its permissions say.
func (r Role) Custom() bool { return strings.HasPrefix(string(r), roleIDPrefix) }

// A RoleDefinition is a named set of permissions.
type RoleDefinition struct {
	Seq         int64
	ID          Role
	Name        string
	Description string
	Permissions PermissionSet
	Predefined  bool
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// RoleReads are the questions about roles that were defined here.
type RoleReads interface {
	// RoleByID finds a custom role that was not deleted.
	RoleByID(id Role) (r RoleDefinition, ok bool, err error)
	// RoleDefinitions lists at most limit custom roles that were not deleted,
	// with seq above after, by seq.
	RoleDefinitions(after int64, limit int) ([]RoleDefinition, error)
}

// RoleTx is what operations on roles ask of a transaction.
type RoleTx interface {
	// InsertRole keeps a new role and sets its Seq. It reports false, and
	// keeps nothing, when the name is taken.
	InsertRole(r *RoleDefinition) (inserted bool, err error)
	// LockRole is RoleByID, and nobody else changes or deletes that role, or
	// gives it to anybody, until the transaction ends.
	LockRole(id Role) (r RoleDefinition, ok bool, err error)
	// UpdateRole writes name, description, permissions and UpdatedAt. It
	// reports false, and changes nothing, when another role has the name.
	UpdateRole(r RoleDefinition) (updated bool, err error)
	// DeleteRole marks a role deleted, which frees its name.
	DeleteRole(seq int64, now time.Time) error
	// RoleInUse tells whether anybody holds the role anywhere.
	RoleInUse(id Role) (bool, error)
}

// rolePermissions are what a custom role allows; none for any other, and for
// one that is not there.
func rolePermissions(r RoleReads, role Role) (PermissionSet, error) {
	if !role.Custom() {
		return PermissionSet{}, nil
	}
	definition, _, err := r.RoleByID(role)
	return definition.Permissions, err
}

// lockAccountRole is what holding a role in the account comes to. The role
// stays there until the transaction ends.
func lockAccountRole(tx Tx, role Role) (s PermissionSet, ok bool, err error) {
	if !role.Custom() {
		return predefinedPermissions()[role], true, nil
	}
	r, ok, err := tx.LockRole(role)
	return r.Permissions, ok, err
}

// predefinedPermissions are what the predefined roles come to in the account.
var predefinedPermissions = sync.OnceValue(func() map[Role]PermissionSet {
	all := map[Role]PermissionSet{}
	for _, role := range Roles() {
		all[role] = Actor{Role: role}.grants().effective()
	}
	return all
})

// nameRole adds the name of a custom role to a user who is shown.
func nameRole(r RoleReads, u *User) error {
	if !u.Role.Custom() {
		return nil
	}
	definition, _, err := r.RoleByID(u.Role)
	u.RoleName = definition.Name
	return err
}

// nameRoles is nameRole for a page, one question a role.
func nameRoles(r RoleReads, users []User) error {
	var known map[Role]string
	for i := range users {
		u := &users[i]
		if !u.Role.Custom() {
			continue
		}
		if name, ok := known[u.Role]; ok {
			u.RoleName = name
			continue
		}
		if err := nameRole(r, u); err != nil {
			return err
		}
		if known == nil {
			known = map[Role]string{}
		}
		known[u.Role] = u.RoleName
	}
	return nil
}

// customRoles begin here in the list, behind the predefined ones.
const customRoles = 1000

// A ListRoles asks for a page of roles.
type ListRoles struct {
	Predefined *bool // nil: both kinds
	Limit      int   // 0 for DefaultLimit
	Cursor     string
}

// ListRoles returns a page, predefined roles first, then in insertion order.
func (d *Directory) ListRoles(ctx context.Context, a Actor, in ListRoles) (Page[RoleDefinition], error) {
	if err := a.may(ReadRoles); err != nil {
		return Page[RoleDefinition]{}, err
	}
	var filter []string
	if in.Predefined != nil {
		filter = append(filter, strconv.FormatBool(*in.Predefined))
	}
	return page(d.Key, "roles", filter, in.Limit, in.Cursor, func(after int64, limit int) ([]RoleDefinition, error) {
		var found []RoleDefinition
		if in.Predefined == nil || *in.Predefined {
			all, err := d.predefinedRoles(ctx)
			if err != nil {
				return nil, err
			}
			found = slices.DeleteFunc(all, func(r RoleDefinition) bool { return r.Seq <= after })
		}
		if len(found) >= limit || in.Predefined != nil && *in.Predefined {
			return found[:min(len(found), limit)], nil
		}
		custom, err := d.Store.Read(ctx).RoleDefinitions(max(0, after-customRoles), limit-len(found))
		for i := range custom {
			custom[i].Seq += customRoles
		}
		return append(found, custom...), err
	}, func(r RoleDefinition) int64 { return r.Seq })
}

// RoleDefinition returns one role.
func (d *Directory) RoleDefinition(ctx context.Context, a Actor, id Role) (RoleDefinition, error) {
	if err := a.may(ReadRoles); err != nil {
		return RoleDefinition{}, err
	}
	if !WellFormedID(string(id)) {
		return RoleDefinition{}, errIDMalformed("role_id")
	}
	all, err := d.predefinedRoles(ctx)
	if err != nil {
		return RoleDefinition{}, err
	}
	if i := slices.IndexFunc(all, func(r RoleDefinition) bool { return r.ID == id }); i >= 0 {
		return all[i], nil
	}
	r, ok, err := d.Store.Read(ctx).RoleByID(id)
	if err == nil && !ok {
		err = errRoleNotFound()
	}
	return r, err
}

// predefinedRoles are as old as the directory.
func (d *Directory) predefinedRoles(ctx context.Context) ([]RoleDefinition, error) {
	i, _, err := d.Store.Read(ctx).Installation()
	all := PredefinedRoles()
	for n := range all {
		all[n].CreatedAt, all[n].UpdatedAt = i.CreatedAt, i.CreatedAt
	}
	return all, err
}

// A CreateRole asks for a new role.
type CreateRole struct {
	Name        string
	Description string
	Permissions []Permission
}

// CreateRole defines a role, which allows no more than the actor may do.
func (d *Directory) CreateRole(ctx context.Context, a Actor, in CreateRole) (r RoleDefinition, err error) {
	if err := a.may(CreateRoles); err != nil {
		return r, err
	}
	r = RoleDefinition{CreatedAt: d.now(), UpdatedAt: d.now()}
	var faults faultList
	r.Name = faults.roleName(in.Name)
	r.Description = faults.text("description", in.Description, maxDescription, false)
	r.Permissions = faults.permissions(in.Permissions)
	if err := faults.err(); err != nil {
		return r, err
	}
	if !r.Permissions.Within(a.grants().effective()) {
		return r, errRoleAbove()
	}
	id, err := d.newID("Role")
	if err != nil {
		return r, err
	}
	r.ID = Role(id)
	err = d.Store.Write(ctx, func(tx Tx) error {
		inserted, err := tx.InsertRole(&r)
		if err == nil && (!inserted || predefinedName(r.Name)) {
			err = errRoleNameTaken()
		}
		if err != nil {
			return err
		}
		return d.recordOn(tx, a, "create_role", id, roleChanges(RoleDefinition{}, r))
	})
	return r, err
}

// An UpdateRole changes what is not nil.
type UpdateRole struct {
	Name        *string
	Description *string
	Permissions *[]Permission
}

// UpdateRole changes a custom role, for all who hold it, at once. Neither
// before nor after may it allow more than the actor may do: else who may
// change roles could change their own.
func (d *Directory) UpdateRole(ctx context.Context, a Actor, id Role, in UpdateRole) (r RoleDefinition, err error) {
	if err := d.mayOnRole(ctx, a, UpdateRoles, id); err != nil {
		return r, err
	}
	if in == (UpdateRole{}) {
		return r, errNothingGiven("name, description or permissions")
	}
	err = d.Store.Write(ctx, func(tx Tx) error {
		before, err := lockRoleBelow(tx, a, id)
		if err != nil {
			return err
		}
		if r, err = in.apply(before); err != nil || r == before {
			return err
		}
		if !r.Permissions.Within(a.grants().effective()) {
			return errRoleAbove()
		}
		r.UpdatedAt = d.now()
		updated, err := tx.UpdateRole(r)
		if err == nil && (!updated || predefinedName(r.Name)) {
			err = errRoleNameTaken()
		}
		if err != nil {
			return err
		}
		return d.recordOn(tx, a, "update_role", string(id), roleChanges(before, r))
	})
	return r, err
}

// apply is the role after the change.
func (in UpdateRole) apply(r RoleDefinition) (RoleDefinition, error) {
	var faults faultList
	if in.Name != nil {
		if strings.TrimSpace(*in.Name) == "" {
			return r, errBlankName()
		}
		r.Name = faults.roleName(*in.Name)
	}
	if in.Description != nil {
		r.Description = faults.text("description", *in.Description, maxDescription, false)
	}
	if in.Permissions != nil {
		r.Permissions = faults.permissions(*in.Permissions)
	}
	return r, faults.err()
}

// DeleteRole deletes a custom role that nobody holds.
func (d *Directory) DeleteRole(ctx context.Context, a Actor, id Role) error {
	if err := d.mayOnRole(ctx, a, DeleteRoles, id); err != nil {
		return err
	}
	return d.Store.Write(ctx, func(tx Tx) error {
		r, err := lockRoleBelow(tx, a, id)
		if err != nil {
			return err
		}
		if used, err := tx.RoleInUse(id); err != nil || used {
			return cmp.Or(err, error(errRoleInUse()))
		}
		if err := tx.DeleteRole(r.Seq, d.now()); err != nil {
			return err
		}
		return d.recordOn(tx, a, "delete_role", string(id), roleChanges(r, RoleDefinition{}))
	})
}

// mayOnRole says whether the actor may do what to the role id names, which
// must be a custom one.
func (d *Directory) mayOnRole(ctx context.Context, a Actor, what Action, id Role) error {
	if err := a.may(what); err != nil {
		return err
	}
	if !WellFormedID(string(id)) {
		return errIDMalformed("role_id")
	}
	if _, ok := PredefinedRole(id); ok {
		return errRolePredefined()
	}
	_, ok, err := d.Store.Read(ctx).RoleByID(id)
	if err == nil && !ok {
		err = errRoleNotFound()
	}
	return err
}

// lockRoleBelow locks a role that allows no more than the actor may do.
func lockRoleBelow(tx Tx, a Actor, id Role) (RoleDefinition, error) {
	r, ok, err := tx.LockRole(id)
	switch {
	case err != nil:
	case !ok:
		err = errRoleNotFound()
	case !r.Permissions.Within(a.grants().effective()):
		err = errRoleAbove()
	}
	return r, err
}

// roleName reads a role's name: ASCII, so that no two can look alike
// (contract, "Roles").
func (l *faultList) roleName(value string) string {
	name := l.text("name", value, maxName, true)
	const punctuation = "- _ . , ( ) [ ] ' \" / : \\ & @ # $ % ! ? + ="
	if strings.ContainsFunc(name, func(r rune) bool {
		return !strings.ContainsRune(base62+punctuation, r)
	}) {
		l.add("name", "may hold letters and digits of ASCII, spaces and "+punctuation)
	}
	return name
}

func (l *faultList) permissions(given []Permission) (s PermissionSet) {
	const most = 1000 // of a list that may name one twice
	switch {
	case len(given) == 0:
		l.add("permissions", "must hold at least one")
	case len(given) > most:
		l.add("permissions", "may hold at most "+strconv.Itoa(most))
		return s
	}
	for _, p := range given {
		if !s.Add(p) {
			const shown = 64
			l.add("permissions", strconv.QuoteToASCII(string(p[:min(len(p), shown)]))+" is not a permission")
			break
		}
	}
	return s
}

func predefinedName(name string) bool {
	return slices.ContainsFunc(predefined(), func(p predefinedEntry) bool { return Fold(p.name) == Fold(name) })
}

func roleChanges(before, after RoleDefinition) []Change {
	return differences([]field{
		{"name", before.Name, after.Name}, {"description", before.Description, after.Description},
		{"permissions", before.Permissions.String(), after.Permissions.String()},
	})
}
