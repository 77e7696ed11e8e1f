package directory

import (
	"context"
	"strings"
	"time"
)

// An OrganizationID is the public id of an organization.
type OrganizationID string

// An Organization holds spaces, and has members.
type Organization struct {
	Seq         int64 // place in the listing; given by the store
	ID          OrganizationID
	Name        string // unique in the account by its Fold
	Description string
	CreatedAt   time.Time
}

// An OrganizationQuery asks for organizations, by seq.
type OrganizationQuery struct {
	UserSeq      int64  // whose grants come with them
	All          bool   // not only those that the user is a member of
	NameContains string // folded; empty for any
	After        int64  // seq of the last one seen
	Limit        int
}

// OrganizationReads are the questions about organizations.
type OrganizationReads interface {
	// OrganizationByID finds one.
	OrganizationByID(id OrganizationID) (o Organization, ok bool, err error)
	// Organizations lists at most q.Limit with seq above q.After, by seq, each
	// with what the user is granted in it.
	Organizations(q OrganizationQuery) ([]Granted[Organization], error)
}

// OrganizationTx is what operations on organizations ask of a transaction.
type OrganizationTx interface {
	// LockOrganizations makes transactions wait for each other that give an
	// organization its name, or delete one or a space.
	LockOrganizations() error
	// LockOrganization is OrganizationByID, and nobody else changes that
	// organization, its spaces or who is a member of them until the
	// transaction ends, if they lock it too.
	LockOrganization(id OrganizationID) (o Organization, ok bool, err error)
	// InsertOrganization keeps a new one and sets its Seq. It reports false,
	// and keeps nothing, when another has the name.
	InsertOrganization(o *Organization) (inserted bool, err error)
	// UpdateOrganization writes name and description. It reports false, and
	// writes nothing, when another has the name; LockOrganizations comes first.
	UpdateOrganization(o Organization) (updated bool, err error)
	// DeleteOrganization takes along its members and its spaces with all that
	// DeleteSpace takes, and revokes the keys of bots that are in no space then.
	DeleteOrganization(seq int64, now time.Time) (Cascade, error)
}

// A Cascade counts what went with something that was deleted.
type Cascade struct {
	Spaces      int64
	Memberships int64 // in organizations and in spaces
	Bindings    int64
	ServiceKeys int64
}

// changes are the counts as the audit log has them.
func (c Cascade) changes() (all []Change) {
	for _, part := range []struct {
		field string
		n     int64
	}{{"spaces", c.Spaces}, {"memberships", c.Memberships}, {"role_bindings", c.Bindings}, {"service_keys", c.ServiceKeys}} {
		if part.n > 0 {
			all = append(all, Change{Field: part.field, From: part.n})
		}
	}
	return all
}

// A ListOrganizations asks for a page of organizations.
type ListOrganizations struct {
	Name   string // literal substring, in any case
	Limit  int    // 0 for DefaultLimit
	Cursor string
}

// ListOrganizations returns those that the actor may see, in insertion order.
func (d *Directory) ListOrganizations(ctx context.Context, a Actor, in ListOrganizations) (Page[Organization], error) {
	q := OrganizationQuery{UserSeq: a.UserSeq, All: a.grants().may(ReadOrganizations).Allowed, NameContains: Fold(in.Name)}
	return pageOfGranted(d.Key, a, ReadOrganizations, "organizations", []string{q.NameContains}, in.Limit, in.Cursor,
		func(after int64, limit int) ([]Granted[Organization], error) {
			q.After, q.Limit = after, limit
			return d.Store.Read(ctx).Organizations(q)
		}, func(o Organization) int64 { return o.Seq })
}

// Organization returns one. Missing and not to be seen answer alike.
func (d *Directory) Organization(ctx context.Context, a Actor, id OrganizationID) (Organization, error) {
	r := d.Store.Read(ctx)
	o, _, err := organizationFor(r, r.OrganizationByID, a, ReadOrganizations, id)
	return o, err
}

// organizationFor finds an organization for an action, and what the actor is
// granted in it. Who may not even see it gets the answer of a missing one.
func organizationFor(r AccessReads, find func(OrganizationID) (Organization, bool, error), a Actor, what Action, id OrganizationID) (Organization, Grants, error) {
	if !WellFormedID(string(id)) {
		return Organization{}, Grants{}, errIDMalformed("org_id")
	}
	o, ok, err := find(id)
	if err != nil {
		return Organization{}, Grants{}, err
	}
	g, err := r.OrganizationGrants(a.UserSeq, o.Seq) // also without one: the two take as long
	if err != nil {
		return Organization{}, Grants{}, err
	}
	g = g.with(a)
	if !ok || !g.may(ReadOrganizations).Allowed {
		return Organization{}, Grants{}, errOrganizationNotFound()
	}
	if err := a.mayWith(g, what); err != nil {
		return Organization{}, Grants{}, err
	}
	return o, g, nil
}

// A CreateOrganization asks for a new organization.
type CreateOrganization struct {
	Name        string
	Description string
}

// CreateOrganization adds an organization. Nobody is a member at first.
func (d *Directory) CreateOrganization(ctx context.Context, a Actor, in CreateOrganization) (o Organization, err error) {
	if err := a.may(CreateOrganizations); err != nil {
		return o, err
	}
	var faults faultList
	faults.words(&in.Name, &in.Description)
	if err := faults.err(); err != nil {
		return o, err
	}
	err = d.Store.Write(ctx, func(tx Tx) error {
		id, err := d.newID("Organization")
		if err != nil {
			return err
		}
		if err := tx.LockOrganizations(); err != nil {
			return err
		}
		o = Organization{ID: OrganizationID(id), Name: in.Name, Description: in.Description, CreatedAt: d.now()}
		ok, err := tx.InsertOrganization(&o)
		switch {
		case err != nil:
			return err
		case !ok:
			return errOrganizationNameTaken()
		}
		return d.recordOn(tx, a, "create_organization", id, organizationChanges(Organization{}, o))
	})
	return o, err
}

// words reads the name and the description of something new.
func (l *faultList) words(name, description *string) {
	*name = l.name(*name)
	*description = l.text("description", *description, maxDescription, false)
}

// An UpdateOrganization changes what is not nil.
type UpdateOrganization struct {
	Name        *string
	Description *string // the empty one takes it away
}

// UpdateOrganization changes an organization's name, description or both.
func (d *Directory) UpdateOrganization(ctx context.Context, a Actor, id OrganizationID, in UpdateOrganization) (o Organization, err error) {
	unsound := in.sound()
	err = d.Store.Write(ctx, func(tx Tx) error {
		if in.Name != nil {
			if err := tx.LockOrganizations(); err != nil {
				return err
			}
		}
		before, _, err := organizationFor(tx, tx.LockOrganization, a, UpdateOrganizations, id)
		if err != nil {
			return err
		}
		if unsound != nil {
			return unsound
		}
		o = before
		set(&o.Name, in.Name)
		set(&o.Description, in.Description)
		if o == before {
			return nil
		}
		ok, err := tx.UpdateOrganization(o)
		switch {
		case err != nil:
			return err
		case !ok:
			return errOrganizationNameTaken()
		}
		return d.recordOn(tx, a, "update_organization", string(id), organizationChanges(before, o))
	})
	return o, err
}

// sound trims and checks the request.
func (in *UpdateOrganization) sound() error {
	if *in == (UpdateOrganization{}) {
		return errNothingGiven("name or description")
	}
	var faults faultList
	if in.Name != nil {
		if strings.TrimSpace(*in.Name) == "" {
			return errBlankName()
		}
		name := faults.name(*in.Name)
		in.Name = &name
	}
	if in.Description != nil {
		text := faults.text("description", *in.Description, maxDescription, false)
		in.Description = &text
	}
	return faults.err()
}

// set changes a field to what is given, if anything is.
func set[T any](field, to *T) {
	if to != nil {
		*field = *to
	}
}

// DeleteOrganization deletes an organization, for good, with all that is
// below it, in one transaction.
func (d *Directory) DeleteOrganization(ctx context.Context, a Actor, id OrganizationID) error {
	return d.Store.Write(ctx, func(tx Tx) error {
		if err := tx.LockOrganizations(); err != nil {
			return err
		}
		o, _, err := organizationFor(tx, tx.LockOrganization, a, DeleteOrganizations, id)
		if err != nil {
			return err
		}
		gone, err := tx.DeleteOrganization(o.Seq, d.now())
		if err != nil {
			return err
		}
		return d.recordOn(tx, a, "delete_organization", string(id), append(organizationChanges(o, Organization{}), gone.changes()...))
	})
}

// organizationChanges lists the fields in which two organizations differ; the
// zero one stands for none.
func organizationChanges(before, after Organization) []Change {
	return differences([]field{
		{"name", orNil(before.Name), orNil(after.Name)},
		{"description", orNil(before.Description), orNil(after.Description)},
	})
}

// orNil is nothing for a value that says nothing.
func orNil[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}
