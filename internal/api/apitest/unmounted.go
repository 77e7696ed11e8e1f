package apitest

import "slices"

// Unmounted are the operations of the document that have no route yet. Whoever mounts one takes it out.
func Unmounted() []string {
	return []string{
	}
}

// Mounted lists the operations of the document that are answered, as Operations does.
func Mounted() []Operation {
	return slices.DeleteFunc(Operations(), func(op Operation) bool { return slices.Contains(Unmounted(), op.ID) })
}
