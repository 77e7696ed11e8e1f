package directory

import (
	"cmp"
	"context"
	"time"
)

// A Restriction cuts what a resource inherits: only roles bound to it count,
// and administrators.
type Restriction struct {
	Seq        int64
	Type       ResourceType
	ResourceID string
	CreatedAt  time.Time
}

// RestrictableTypes are what can be restricted.
func RestrictableTypes() []ResourceType {
	return []ResourceType{ResourceProject, ResourceDashboard, ResourcePrompt}
}

// restricting is the action for a type, and reading the permission to see.
func (t ResourceType) restricting() (restrict Action, reading Permission) {
	switch t {
	case ResourceDashboard:
		return RestrictDashboards, "DASHBOARD_READ"
	case ResourcePrompt:
		return RestrictPrompts, "PROMPT_READ"
	case ResourceProject, ResourceSpace:
	}
	return RestrictProjects, "PROJECT_READ"
}

// RestrictionReads are the questions about restrictions.
type RestrictionReads interface {
	// Restrictions lists at most q.Limit restrictions with seq above q.After.
	Restrictions(q RestrictionQuery) ([]Restriction, error)
}

// A RestrictionQuery asks for restrictions that a viewer may be able to see.
type RestrictionQuery struct {
	Type   ResourceType // empty for any
	Viewer int64        // seq of the user who asks: of what they hold a role on; 0 for all
	After  int64
	Limit  int
}

// RestrictionTx is what operations on restrictions ask of a transaction.
type RestrictionTx interface {
	// Restrict keeps a restriction, or returns the one that is there.
	Restrict(r *Restriction) (inserted bool, err error)
	// Unrestrict reports false when there was none.
	Unrestrict(resourceID string) (removed bool, err error)
}

// Restrict restricts a resource; a second time changes nothing.
func (d *Directory) Restrict(ctx context.Context, a Actor, resourceID string) (r Restriction, err error) {
	t, err := restrictable(resourceID)
	if err != nil {
		return r, err
	}
	err = d.Store.Write(ctx, func(tx Tx) error {
		if err := mayRestrict(tx, a, t, resourceID); err != nil {
			return err
		}
		r = Restriction{Type: t, ResourceID: resourceID, CreatedAt: d.now()}
		inserted, err := tx.Restrict(&r)
		if err != nil || !inserted {
			return err
		}
		return d.recordOn(tx, a, "create_resource_restriction", resourceID, nil)
	})
	return r, err
}

// Unrestrict lets a resource inherit again.
func (d *Directory) Unrestrict(ctx context.Context, a Actor, resourceID string) error {
	t, err := restrictable(resourceID)
	if err != nil {
		return err
	}
	return d.Store.Write(ctx, func(tx Tx) error {
		if err := mayRestrict(tx, a, t, resourceID); err != nil {
			return err
		}
		removed, err := tx.Unrestrict(resourceID)
		if err == nil && !removed {
			err = errNotRestricted()
		}
		if err != nil {
			return err
		}
		return d.recordOn(tx, a, "delete_resource_restriction", resourceID, nil)
	})
}

func restrictable(id string) (ResourceType, error) {
	var faults faultList
	if err := cmp.Or(faults.id("resource_id", id), faults.err()); err != nil {
		return "", err
	}
	t := resourceTypeOf(id)
	if t == "" || t == ResourceSpace {
		return "", errMalformed("resource_id: must be the id of a project, a dashboard or a prompt.")
	}
	return t, nil
}

func mayRestrict(r Reads, a Actor, t ResourceType, id string) error {
	what, _ := t.restricting()
	g, err := r.ResourceGrants(a.UserSeq, id)
	if err != nil {
		return err
	}
	g.Restricted = false // who could restrict it can let it go again
	return a.mayWith(g.with(a), what)
}

// A ListRestrictions asks for a page of restrictions.
type ListRestrictions struct {
	Type   ResourceType // empty for all
	Limit  int
	Cursor string
}

// Restrictions lists, in insertion order, those of resources that the actor
// may see or restrict.
func (d *Directory) Restrictions(ctx context.Context, a Actor, in ListRestrictions) (Page[Restriction], error) {
	if err := a.developing(); err != nil {
		return Page[Restriction]{}, err
	}
	r := d.Store.Read(ctx)
	q := RestrictionQuery{Type: in.Type, Viewer: a.UserSeq}
	for _, t := range RestrictableTypes() {
		if what, _ := t.restricting(); a.may(what) == nil {
			q.Viewer = 0
		}
	}
	seq := func(x Restriction) int64 { return x.Seq }
	return page(d.Key, "resource_restrictions", []string{string(in.Type)}, in.Limit, in.Cursor, func(after int64, limit int) ([]Restriction, error) {
		return visibleOf(after, limit, func(after int64, limit int) ([]Restriction, error) {
			q.After, q.Limit = after, limit
			return r.Restrictions(q)
		}, seq, func(x Restriction) (bool, error) {
			_, reading := x.Type.restricting()
			g, err := r.ResourceGrants(a.UserSeq, x.ResourceID)
			if err != nil || g.with(a).decide(rightOf(reading)).Allowed {
				return err == nil, err
			}
			err = mayRestrict(r, a, x.Type, x.ResourceID)
			if KindOf(err) == Forbidden {
				return false, nil
			}
			return err == nil, err
		})
	}, seq)
}
