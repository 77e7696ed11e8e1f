package wire

import "encoding/json"

// A Nullable is a field of a request that can be absent, null or a value. The zero one is absent; such a field is tagged
// omitzero. Only fields that the document marks nullable are of this type, and null is refused anywhere else.
type Nullable[T any] struct {
	Set   bool
	Value *T // nil for null
}

// Null is the field with null, which clears what is stored.
func Null[T any]() Nullable[T] { return Nullable[T]{Set: true} }

// Some is the field with a value.
func Some[T any](v T) Nullable[T] { return Nullable[T]{Set: true, Value: &v} }

// MarshalJSON implements json.Marshaler. An absent field outside a struct is null too.
func (n Nullable[T]) MarshalJSON() ([]byte, error) { return json.Marshal(n.Value) }

// UnmarshalJSON implements json.Unmarshaler. The server reads requests more strictly, by Target.
func (n *Nullable[T]) UnmarshalJSON(text []byte) error { return json.Unmarshal(text, n.Target()) }

// Target marks the field as set and returns where its value is to be read into: a pointer to Value, so that null is nil.
func (n *Nullable[T]) Target() any {
	n.Set = true
	return &n.Value
}
