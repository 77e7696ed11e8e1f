package wire

// The two kinds of role assignment, as RoleAssignment.Type has them.
const (
	RoleTypePredefined = "PREDEFINED"
	RoleTypeCustom     = "CUSTOM"
)

// A RoleAssignment is one of {type: PREDEFINED, name} and {type: CUSTOM, id, name?}, in requests and answers alike. One struct
// for both is easier on its users than a union, and an assignment of an unknown type passes through it unharmed. Which fields
// belong to which type is for ax.yaml and the server to say.
type RoleAssignment struct {
	Type string `json:"type"`
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}
