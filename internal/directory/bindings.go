package directory

import (
	"cmp"
	"context"
	"time"
)

// A ResourceType is a kind of thing that roles are bound to or that is
// restricted. Only spaces live here; of the others nothing but an id is known.
type ResourceType string

// The types.
const (
	ResourceSpace     ResourceType = "SPACE"
	ResourceProject   ResourceType = "PROJECT"
	ResourceDashboard ResourceType = "DASHBOARD"
	ResourcePrompt    ResourceType = "PROMPT"
)

// BindableTypes are what roles can be bound to.
func BindableTypes() []ResourceType { return []ResourceType{ResourceSpace, ResourceProject} }

// resourceTypeOf reads the type from an id (contract, "IDs").
func resourceTypeOf(id string) ResourceType {
	switch kindOfID(id) {
	case "Space":
		return ResourceSpace
	case "Model", "Project":
		return ResourceProject
	case "Dashboard":
		return ResourceDashboard
	case "Prompt":
		return ResourcePrompt
	}
	return ""
}

// A RoleBinding gives one user one role on one resource.
type RoleBinding struct {
	Seq        int64
	ID         string
	Role       Role
	UserSeq    int64
	UserID     UserID
	Type       ResourceType
	ResourceID string
	SpaceSeq   int64 // of a SPACE
	CreatedAt  time.Time
	UpdatedAt  time.Time
}

// A BindingQuery asks for bindings that a viewer may be able to see, by seq.
type BindingQuery struct {
	Type   ResourceType
	UserID UserID // empty for any
	Viewer int64  // seq of the user who asks: on spaces of their organizations, and on what they hold a role on; 0 for all
	After  int64
	Limit  int
}

// BindingReads are the questions about role bindings.
type BindingReads interface {
	// RoleBinding finds one by its id.
	RoleBinding(id string) (b RoleBinding, ok bool, err error)
	// RoleBindings lists at most q.Limit bindings with seq above q.After.
	RoleBindings(q BindingQuery) ([]RoleBinding, error)
	// BindableSpace is the seq of the space with the id.
	BindableSpace(id string) (seq int64, ok bool, err error)
}

// BindingTx is what operations on role bindings ask of a transaction.
type BindingTx interface {
	// InsertRoleBinding keeps a binding and sets its Seq. It reports false, and
	// keeps nothing, when the user has a role on the resource.
	InsertRoleBinding(b *RoleBinding) (inserted bool, err error)
	// LockRoleBinding is RoleBinding, and nobody else changes it until the
	// transaction ends.
	LockRoleBinding(id string) (b RoleBinding, ok bool, err error)
	// UpdateRoleBinding writes the role and UpdatedAt.
	UpdateRoleBinding(b RoleBinding) error
	// DeleteRoleBinding removes it.
	DeleteRoleBinding(seq int64) error
}

// A CreateBinding asks for a role binding.
type CreateBinding struct {
	Role       Role
	UserID     UserID
	Type       ResourceType
	ResourceID string
}

// CreateRoleBinding gives a user a role on a resource: at most what the actor
// holds there. A resource that is not there is refused like one on which the
// actor may not bind.
func (d *Directory) CreateRoleBinding(ctx context.Context, a Actor, in CreateBinding) (b RoleBinding, err error) {
	if err := in.sound(); err != nil {
		return b, err
	}
	id, err := d.newID("RoleBinding")
	if err != nil {
		return b, err
	}
	b = RoleBinding{ID: id, Role: in.Role, UserID: in.UserID, Type: in.Type, ResourceID: in.ResourceID, CreatedAt: d.now(), UpdatedAt: d.now()}
	err = d.Store.Write(ctx, func(tx Tx) error {
		g, err := bindable(tx, a, &b)
		if err != nil {
			return err
		}
		if err := a.mayWith(g, CreateBindings); err != nil {
			return err
		}
		if err := mayHandOn(tx, g, b.Role); err != nil {
			return err
		}
		u, ok, err := tx.LockUser(in.UserID)
		switch {
		case err != nil:
			return err
		case !ok || u.State == StateDeleted:
			return errUserNotFound()
		}
		b.UserSeq = u.Seq
		inserted, err := tx.InsertRoleBinding(&b)
		if err == nil && !inserted {
			err = errBound()
		}
		if err != nil {
			return err
		}
		return d.recordOn(tx, a, "create_role_binding", b.ID, bindingChanges(RoleBinding{}, b))
	})
	return b, err
}

// sound says what is wrong with the request.
func (in CreateBinding) sound() error {
	var faults faultList
	for _, f := range []struct{ name, id string }{{"role_id", string(in.Role)}, {"user_id", string(in.UserID)}, {"resource_id", in.ResourceID}} {
		if err := faults.id(f.name, f.id); err != nil {
			return err
		}
	}
	if in.Type != ResourceSpace && in.Type != ResourceProject {
		faults.add("resource_type", "must be one of "+listed(BindableTypes()))
	} else if in.ResourceID != "" && resourceTypeOf(in.ResourceID) != in.Type {
		faults.add("resource_id", "is not the id of a "+string(in.Type))
	}
	return faults.err()
}

// bindable is what the actor holds on the resource of a binding. Of a space
// that is not there, nobody holds anything.
func bindable(tx Reads, a Actor, b *RoleBinding) (g Grants, err error) {
	if b.Type != ResourceSpace {
		g, err = tx.ResourceGrants(a.UserSeq, b.ResourceID)
		return g.with(a), err
	}
	if b.SpaceSeq == 0 { // not bound yet
		var ok bool
		if b.SpaceSeq, ok, err = tx.BindableSpace(b.ResourceID); err != nil || !ok {
			if err == nil && a.may(CreateBindings) == nil {
				err = errSpaceNotFound()
			}
			return g, err
		}
	}
	g, err = tx.SpaceGrants(a.UserSeq, b.SpaceSeq)
	return g.with(a), err
}

// mayHandOn refuses a role that is not there, or that allows more than the
// grants come to. It stays there until the transaction ends.
func mayHandOn(tx Tx, g Grants, role Role) error {
	r, ok := PredefinedRole(role)
	if !ok {
		var err error
		if r, ok, err = tx.LockRole(role); err != nil {
			return err
		}
	}
	switch {
	case !ok:
		return errRoleNotFound()
	case g.Account.Role != RoleAdmin && !r.Permissions.Within(g.effective()):
		return errRoleAbove()
	}
	return nil
}

// RoleBinding returns one. To those who may not see it, it is not there.
func (d *Directory) RoleBinding(ctx context.Context, a Actor, id string) (RoleBinding, error) {
	r := d.Store.Read(ctx)
	if !WellFormedID(id) {
		return RoleBinding{}, errIDMalformed("binding_id")
	}
	b, ok, err := r.RoleBinding(id)
	if err != nil {
		return b, err
	}
	return b, mayOnBinding(r, a, b, ok, ReadBindings)
}

// mayOnBinding answers a refusal as if nothing were there, and asks about what
// is not there as it would have about a binding: the two take as long.
func mayOnBinding(r Reads, a Actor, b RoleBinding, found bool, what ...Action) error {
	g, err := bindable(r, a, &b)
	switch {
	case err != nil:
		return err
	case !found:
		return errBindingNotFound()
	}
	for _, one := range what {
		if !g.may(one).Allowed {
			return errBindingNotFound()
		}
		if err := a.mayWith(g, one); err != nil {
			return err
		}
	}
	return nil
}

// UpdateRoleBinding puts another role in the place of the one bound.
func (d *Directory) UpdateRoleBinding(ctx context.Context, a Actor, id string, role Role) (b RoleBinding, err error) {
	err = d.changeBinding(ctx, a, id, []Action{CreateBindings, DeleteBindings}, func(tx Tx, before RoleBinding) error {
		var faults faultList
		if err := cmp.Or(faults.id("role_id", string(role)), faults.err()); err != nil {
			return err
		}
		g, err := bindable(tx, a, &before)
		if err != nil {
			return err
		}
		if err := mayHandOn(tx, g, role); err != nil {
			return err
		}
		b = before
		if role == before.Role {
			return nil
		}
		b.Role, b.UpdatedAt = role, d.now()
		if err := tx.UpdateRoleBinding(b); err != nil {
			return err
		}
		return d.recordOn(tx, a, "update_role_binding", id, bindingChanges(before, b))
	})
	return b, err
}

// DeleteRoleBinding takes the role away again.
func (d *Directory) DeleteRoleBinding(ctx context.Context, a Actor, id string) error {
	return d.changeBinding(ctx, a, id, []Action{DeleteBindings}, func(tx Tx, b RoleBinding) error {
		if err := tx.DeleteRoleBinding(b.Seq); err != nil {
			return err
		}
		return d.recordOn(tx, a, "delete_role_binding", id, bindingChanges(b, RoleBinding{}))
	})
}

func (d *Directory) changeBinding(ctx context.Context, a Actor, id string, what []Action, change func(Tx, RoleBinding) error) error {
	if !WellFormedID(id) {
		return errIDMalformed("binding_id")
	}
	return d.Store.Write(ctx, func(tx Tx) error {
		b, ok, err := tx.LockRoleBinding(id)
		if err != nil {
			return err
		}
		if err := mayOnBinding(tx, a, b, ok, what...); err != nil {
			return err
		}
		return change(tx, b)
	})
}

// A ListBindings asks for a page of role bindings.
type ListBindings struct {
	Type   ResourceType
	UserID UserID // empty for any
	Limit  int    // 0 for DefaultLimit
	Cursor string
}

// RoleBindings lists, in insertion order, the bindings that the actor may see.
func (d *Directory) RoleBindings(ctx context.Context, a Actor, in ListBindings) (Page[RoleBinding], error) {
	if err := a.developing(); err != nil {
		return Page[RoleBinding]{}, err
	}
	r := d.Store.Read(ctx)
	if err := findListed(r, in.UserID); err != nil {
		return Page[RoleBinding]{}, err
	}
	q := BindingQuery{Type: in.Type, UserID: in.UserID, Viewer: a.UserSeq}
	if a.grants().may(ReadBindings).Allowed {
		q.Viewer = 0
	}
	filter := []string{string(in.Type), string(in.UserID)}
	seq := func(b RoleBinding) int64 { return b.Seq }
	return page(d.Key, "role_bindings", filter, in.Limit, in.Cursor, func(after int64, limit int) ([]RoleBinding, error) {
		return visibleOf(after, limit, func(after int64, limit int) ([]RoleBinding, error) {
			q.After, q.Limit = after, limit
			return r.RoleBindings(q)
		}, seq, func(b RoleBinding) (bool, error) {
			g, err := bindable(r, a, &b)
			return g.may(ReadBindings).Allowed, err
		})
	}, seq)
}

// findListed says whether a user that a list is narrowed to is there.
func findListed(r Reads, id UserID) error {
	if id == "" {
		return nil
	}
	if !WellFormedID(string(id)) {
		return errUserIDMalformed()
	}
	u, ok, err := r.UserByID(id)
	if err == nil && (!ok || u.State == StateDeleted) {
		err = errUserNotFound()
	}
	return err
}

// visibleOf reads on until it has limit rows that may be seen, or the end.
func visibleOf[T any](after int64, limit int, read func(after int64, limit int) ([]T, error), seq func(T) int64, visible func(T) (bool, error)) (found []T, err error) {
	for {
		rows, err := read(after, limit)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			after = seq(row)
			switch ok, err := visible(row); {
			case err != nil:
				return nil, err
			case ok:
				found = append(found, row)
			}
			if len(found) == limit {
				return found, nil
			}
		}
		if len(rows) < limit {
			return found, nil
		}
	}
}

// A Granted is a thing, and what somebody is granted on it. Grants.Account is
// empty: that is the actor's own.
type Granted[T any] struct {
	Item   T
	Grants Grants
}

// pageOfGranted is a page of what the actor may read among candidates.
func pageOfGranted[T any](
	k Key, a Actor, what Action, list string, filter []string, limit int, cursor string,
	read func(after int64, limit int) ([]Granted[T], error), seq func(T) int64,
) (out Page[T], err error) {
	if err := a.developing(); err != nil {
		return out, err
	}
	place := func(g Granted[T]) int64 { return seq(g.Item) }
	p, err := page(k, list, filter, limit, cursor, func(after int64, limit int) ([]Granted[T], error) {
		return visibleOf(after, limit, read, place, func(g Granted[T]) (bool, error) {
			return g.Grants.with(a).may(what).Allowed, nil
		})
	}, place)
	for _, g := range p.Items {
		out.Items = append(out.Items, g.Item)
	}
	out.Next = p.Next
	return out, err
}

func bindingChanges(before, after RoleBinding) []Change {
	return differences([]field{
		{"role_id", before.Role, after.Role}, {"user_id", before.UserID, after.UserID}, {"resource_id", before.ResourceID, after.ResourceID},
	})
}
