package wire_test

import (
	"encoding/json"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"ax/internal/wire"
	"ax/openapi"
)

// The structs are generated, and this is how one notices that it was forgotten: names, order, optional or not.
func TestStructsFollowTheDocument(t *testing.T) {
	t.Parallel()
	doc, err := openapi3.NewLoader().LoadFromData(openapi.Document)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]any{
		"CreateUserRequest": wire.CreateUserRequest{},
		"CreatedUser":       wire.CreatedUser{},
		"FieldError":        wire.FieldError{},
		"Pagination":        wire.Pagination{},
		"Problem":           wire.Problem{},
		"UpdateUserRequest": wire.UpdateUserRequest{},
		"User":              wire.User{},
		"UserList":          wire.UserList{},
	} {
		if diff := cmp.Diff(schemaTags(doc.Components.Schemas[name].Value), structTags(value)); diff != "" {
			t.Errorf("%s: run make generate:\n%s", name, diff)
		}
	}
}

// schemaTags are the JSON tags that the properties of a schema would have, in x-order.
func schemaTags(s *openapi3.Schema) []string {
	tags := make([]string, len(s.Properties))
	for name, property := range s.Properties {
		order, _ := property.Extensions["x-order"].(float64)
		if property.Ref == "" {
			order, _ = property.Value.Extensions["x-order"].(float64)
		}
		if !slices.Contains(s.Required, name) {
			name += ",omitempty"
		}
		tags[int(order)-1] = name
	}
	return tags
}

func structTags(value any) []string {
	var tags []string
	for _, field := range reflect.VisibleFields(reflect.TypeOf(value)) {
		tags = append(tags, field.Tag.Get("json"))
	}
	return tags
}

func TestCreatedUser(t *testing.T) {
	t.Parallel()
	got, err := json.Marshal(wire.CreatedUser{
		ID: "VXNlcjox", Name: "Ann", Email: "ann@example.test", CreatedAt: "2026-01-02T03:04:05Z",
		Status: wire.UserStatusInvited, IsDeveloper: true, InviteMode: wire.InviteModeEmailLink,
		Role: wire.RoleAssignment{Type: wire.RoleTypePredefined, Name: string(wire.UserRoleMemberUIOnly)},
	})
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"id":"VXNlcjox","name":"Ann","email":"ann@example.test","created_at":"2026-01-02T03:04:05Z","status":"INVITED",` +
		`"role":{"type":"PREDEFINED","name":"MEMBER_UI_ONLY"},"is_developer":true,"invite_mode":"EMAIL_LINK"}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestRequestsLeaveOutWhatIsNotSet(t *testing.T) {
	t.Parallel()
	no := false
	for want, value := range map[string]any{
		`{}`:                     wire.UpdateUserRequest{},
		`{"is_developer":false}`: wire.UpdateUserRequest{IsDeveloper: &no},
		`{"name":"Ann","email":"a@b","role":{"type":"CUSTOM","id":"Um9sZTox"},"invite_mode":"NONE"}`: wire.CreateUserRequest{
			Name: "Ann", Email: "a@b", InviteMode: wire.InviteModeNone, Role: wire.RoleAssignment{Type: wire.RoleTypeCustom, ID: "Um9sZTox"},
		},
	} {
		got, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// Another server may be newer than this program: what it says reaches the caller as it was said.
func TestUnknownValuesPass(t *testing.T) {
	t.Parallel()
	const sent = `{"id":"usr_1","name":"Ann","email":"not-an-address","created_at":"yesterday","status":"ON_LEAVE",` +
		`"role":{"type":"BORROWED","id":"r1","name":"GUEST"},"is_developer":false}`
	var user wire.User
	if err := json.Unmarshal([]byte(sent), &user); err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(user)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != sent {
		t.Errorf("got  %s\nwant %s", got, sent)
	}
}

// The client starts in a millisecond because of what it does not import.
func TestImportsNothing(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"doc.go", "roles.go", "wire.gen.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		var imports []string
		for _, i := range file.Imports {
			imports = append(imports, i.Path.Value)
		}
		if len(imports) > 0 {
			t.Errorf("%s imports %s", name, strings.Join(imports, ", "))
		}
	}
}
