package directory

import (
	"context"
	"strings"
	"time"
)

// A SpaceID is the public id of a space.
type SpaceID string

// A Space is a part of an organization, with members of its own.
type Space struct {
	Seq             int64 // place in the listing; given by the store
	ID              SpaceID
	OrganizationSeq int64
	OrganizationID  OrganizationID
	Name            string // unique in the organization by its Fold
	Description     string
	Private         bool // shows itself to its members and to administrators only
	Settings        SpaceSettings
	CreatedAt       time.Time
}

// SpaceSettings are what a space keeps for those who work in it; nothing here
// turns on them. The zero value of each is: not set.
type SpaceSettings struct {
	LLM           LLMIntegration `json:"default_llm_integration,omitzero"`
	Models        *bool          `json:"ml_models_enabled,omitempty"`
	GradientStart string         `json:"gradient_start_color,omitempty"`
	GradientEnd   string         `json:"gradient_end_color,omitempty"`
	Runtime       AgentRuntime   `json:"default_agent_runtime,omitzero"`
}

// An LLMIntegration names an integration, which lives elsewhere, and a model.
type LLMIntegration struct {
	IntegrationID string `json:"integration_id"`
	Model         string `json:"model_name"`
}

// An AgentRuntime names an integration that runs agents.
type AgentRuntime struct {
	IntegrationID string `json:"integration_id"`
}

// A SpaceQuery asks for spaces, by seq.
type SpaceQuery struct {
	UserSeq         int64  // whose grants come with them
	All             bool   // not only those that the user can have something to do with
	OrganizationSeq int64  // 0 for any
	NameContains    string // folded; empty for any
	After           int64  // seq of the last one seen
	Limit           int
}

// SpaceReads are the questions about spaces.
type SpaceReads interface {
	// SpaceByID finds one.
	SpaceByID(id SpaceID) (s Space, ok bool, err error)
	// Spaces lists at most q.Limit with seq above q.After, by seq, each with
	// what the user is granted in it. Unless q.All, only those are in it whose
	// organization the user is a member of, or on which a role is bound for
	// them; of the private ones only what they are a member of, administer by
	// their organization, or have a role bound on.
	Spaces(q SpaceQuery) ([]Granted[Space], error)
}

// SpaceTx is what operations on spaces ask of a transaction.
type SpaceTx interface {
	// LockSpace is SpaceByID with the lock of LockOrganization on the
	// organization around it.
	LockSpace(id SpaceID) (s Space, ok bool, err error)
	// InsertSpace keeps a new one and sets its Seq. It reports false, and keeps
	// nothing, when another in the organization has the name.
	InsertSpace(s *Space) (inserted bool, err error)
	// UpdateSpace writes name, description, privacy and settings. It reports
	// false, and writes nothing, when another in the organization has the name;
	// LockSpace comes first.
	UpdateSpace(s Space) (updated bool, err error)
	// DeleteSpace takes along its members and the role bindings on it, and
	// revokes the keys of bots that are in no space then.
	DeleteSpace(seq int64, now time.Time) (Cascade, error)
}

// A ListSpaces asks for a page of spaces.
type ListSpaces struct {
	OrganizationID OrganizationID // empty for any
	Name           string         // literal substring, in any case
	Limit          int            // 0 for DefaultLimit
	Cursor         string
}

// ListSpaces returns those that the actor may see, in insertion order. An
// organization that the actor may not see is not there.
func (d *Directory) ListSpaces(ctx context.Context, a Actor, in ListSpaces) (Page[Space], error) {
	r := d.Store.Read(ctx)
	q := SpaceQuery{UserSeq: a.UserSeq, All: a.grants().may(ReadSpaces).Allowed, NameContains: Fold(in.Name)}
	if in.OrganizationID != "" {
		o, _, err := organizationFor(r, r.OrganizationByID, a, ReadOrganizations, in.OrganizationID)
		if err != nil {
			return Page[Space]{}, err
		}
		q.OrganizationSeq = o.Seq
	}
	return pageOfGranted(d.Key, a, ReadSpaces, "spaces", []string{string(in.OrganizationID), q.NameContains}, in.Limit, in.Cursor,
		func(after int64, limit int) ([]Granted[Space], error) {
			q.After, q.Limit = after, limit
			return r.Spaces(q)
		}, func(s Space) int64 { return s.Seq })
}

// Space returns one. Missing and not to be seen answer alike.
func (d *Directory) Space(ctx context.Context, a Actor, id SpaceID) (Space, error) {
	r := d.Store.Read(ctx)
	s, _, err := spaceFor(r, r.SpaceByID, a, ReadSpaces, id)
	return s, err
}

// spaceFor finds a space for an action, and what the actor is granted in it.
// Who may not even see it gets the answer of a missing one.
func spaceFor(r AccessReads, find func(SpaceID) (Space, bool, error), a Actor, what Action, id SpaceID) (Space, Grants, error) {
	if !WellFormedID(string(id)) {
		return Space{}, Grants{}, errIDMalformed("space_id")
	}
	s, ok, err := find(id)
	if err != nil {
		return Space{}, Grants{}, err
	}
	g, err := r.SpaceGrants(a.UserSeq, s.Seq) // also without one: the two take as long
	if err != nil {
		return Space{}, Grants{}, err
	}
	g = g.with(a)
	if !ok || !g.may(ReadSpaces).Allowed {
		return Space{}, Grants{}, errSpaceNotFound()
	}
	if err := a.mayWith(g, what); err != nil {
		return Space{}, Grants{}, err
	}
	return s, g, nil
}

// A CreateSpace asks for a new space.
type CreateSpace struct {
	OrganizationID OrganizationID
	Name           string
	Description    string
	Private        bool
}

// CreateSpace adds a space to an organization. Nobody is a member at first.
func (d *Directory) CreateSpace(ctx context.Context, a Actor, in CreateSpace) (s Space, err error) {
	unsound := in.sound()
	if !WellFormedID(string(in.OrganizationID)) { // nobody's: what else is wrong may be told
		return s, unsound
	}
	err = d.Store.Write(ctx, func(tx Tx) error {
		o, _, err := organizationFor(tx, tx.LockOrganization, a, CreateSpaces, in.OrganizationID)
		if err != nil {
			return err
		}
		if unsound != nil {
			return unsound
		}
		id, err := d.newID("Space")
		if err != nil {
			return err
		}
		s = Space{
			ID: SpaceID(id), OrganizationSeq: o.Seq, OrganizationID: o.ID,
			Name: in.Name, Description: in.Description, Private: in.Private, CreatedAt: d.now(),
		}
		ok, err := tx.InsertSpace(&s)
		switch {
		case err != nil:
			return err
		case !ok:
			return errSpaceNameTaken()
		}
		return d.recordOn(tx, a, "create_space", id, append([]Change{{Field: "organization_id", To: o.ID}}, spaceChanges(Space{}, s)...))
	})
	return s, err
}

// A Clearable is a change to what can be taken away again.
type Clearable[T any] struct {
	Set   bool // false leaves it as it is
	Value *T   // nil takes it away
}

// sound trims and checks the request.
func (in *CreateSpace) sound() error {
	var faults faultList
	faults.words(&in.Name, &in.Description)
	if err := faults.id("organization_id", string(in.OrganizationID)); err != nil {
		return err
	}
	return faults.err()
}

// An UpdateSpace changes what is set.
type UpdateSpace struct {
	Name          *string
	Description   Clearable[string] // taken away, never set to nothing
	Private       *bool
	LLM           Clearable[LLMIntegration]
	Models        *bool
	GradientStart *string
	GradientEnd   *string
	Runtime       Clearable[AgentRuntime]
}

// UpdateSpace changes a space. It stays in its organization.
func (d *Directory) UpdateSpace(ctx context.Context, a Actor, id SpaceID, in UpdateSpace) (s Space, err error) {
	unsound := in.sound()
	err = d.Store.Write(ctx, func(tx Tx) error {
		before, _, err := spaceFor(tx, tx.LockSpace, a, UpdateSpaces, id)
		if err != nil {
			return err
		}
		if unsound != nil {
			return unsound
		}
		s = in.apply(before)
		changes := spaceChanges(before, s)
		if len(changes) == 0 {
			return nil
		}
		ok, err := tx.UpdateSpace(s)
		switch {
		case err != nil:
			return err
		case !ok:
			return errSpaceNameTaken()
		}
		return d.recordOn(tx, a, "update_space", string(id), changes)
	})
	return s, err
}

// apply is the space after a sound change.
func (in UpdateSpace) apply(s Space) Space {
	set(&s.Name, in.Name)
	setOrClear(&s.Description, in.Description)
	set(&s.Private, in.Private)
	setOrClear(&s.Settings.LLM, in.LLM)
	if in.Models != nil {
		s.Settings.Models = in.Models
	}
	set(&s.Settings.GradientStart, in.GradientStart)
	set(&s.Settings.GradientEnd, in.GradientEnd)
	setOrClear(&s.Settings.Runtime, in.Runtime)
	return s
}

func setOrClear[T any](field *T, to Clearable[T]) {
	if to.Set {
		var zero T
		*field = zero
	}
	set(field, to.Value)
}

// sound trims and checks the request.
func (in *UpdateSpace) sound() error {
	if *in == (UpdateSpace{}) {
		return errNothingGiven("name, description, is_private or one of the settings")
	}
	var faults faultList
	if in.Name != nil {
		if strings.TrimSpace(*in.Name) == "" {
			return errBlankName()
		}
		name := faults.name(*in.Name)
		in.Name = &name
	}
	text := func(field string, value *string, most int) *string {
		if value == nil {
			return nil
		}
		out := faults.text(field, *value, most, true)
		return &out
	}
	in.Description.Value = text("description", in.Description.Value, maxDescription)
	in.GradientStart = text("gradient_start_color", in.GradientStart, maxColor)
	in.GradientEnd = text("gradient_end_color", in.GradientEnd, maxColor)
	if in.LLM.Value != nil {
		llm := *in.LLM.Value
		llm.Model = *text("default_llm_integration.model_name", &llm.Model, maxName)
		in.LLM.Value = &llm
		if err := faults.foreignID("default_llm_integration.integration_id", llm.IntegrationID); err != nil {
			return err
		}
	}
	if in.Runtime.Value != nil {
		if err := faults.foreignID("default_agent_runtime.integration_id", in.Runtime.Value.IntegrationID); err != nil {
			return err
		}
	}
	return faults.err()
}

const (
	maxColor   = 64  // characters
	maxForeign = 255 // bytes
)

// foreignID takes any id: what it names lives elsewhere.
func (l *faultList) foreignID(field, id string) error {
	switch {
	case id == "":
		l.add(field, "must not be empty")
	case len(id) > maxForeign || !WellFormedID(id):
		return errIDMalformed(field)
	}
	return nil
}

// DeleteSpace deletes a space, for good, with all that is in it, in one
// transaction.
func (d *Directory) DeleteSpace(ctx context.Context, a Actor, id SpaceID) error {
	return d.Store.Write(ctx, func(tx Tx) error {
		if err := tx.LockOrganizations(); err != nil {
			return err
		}
		s, _, err := spaceFor(tx, tx.LockSpace, a, DeleteSpaces, id)
		if err != nil {
			return err
		}
		gone, err := tx.DeleteSpace(s.Seq, d.now())
		if err != nil {
			return err
		}
		changes := append([]Change{{Field: "organization_id", From: s.OrganizationID}}, spaceChanges(s, Space{})...)
		return d.recordOn(tx, a, "delete_space", string(id), append(changes, gone.changes()...))
	})
}

// spaceChanges lists the fields in which two spaces differ; the zero one
// stands for none.
func spaceChanges(before, after Space) []Change {
	was, is := before.Settings, after.Settings
	return differences([]field{
		{"name", orNil(before.Name), orNil(after.Name)},
		{"description", orNil(before.Description), orNil(after.Description)},
		{"is_private", privacy(before), privacy(after)},
		{"default_llm_integration", orNil(was.LLM), orNil(is.LLM)},
		{"ml_models_enabled", pointed(was.Models), pointed(is.Models)},
		{"gradient_start_color", orNil(was.GradientStart), orNil(is.GradientStart)},
		{"gradient_end_color", orNil(was.GradientEnd), orNil(is.GradientEnd)},
		{"default_agent_runtime", orNil(was.Runtime), orNil(is.Runtime)},
	})
}

// privacy is nothing for a space that is not there.
func privacy(s Space) any {
	if s.ID == "" {
		return nil
	}
	return s.Private
}

func pointed[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}
