package mail

import (
	"fmt"

	"ax/internal/directory"
)

// A kind is what letters of one kind have in common.
type kind struct {
	name    string // of its templates and files
	subject string // %s is the product
	path    string // before the token of its link; empty: it carries no secret
}

func kindOf(k directory.LetterKind) (kind, error) {
	switch k {
	case directory.LetterInvitation:
		return kind{"invitation", "Your invitation to %s", "/invitations/"}, nil
	case directory.LetterReset:
		return kind{"reset", "Choose a new password for %s", "/reset/"}, nil
	case directory.LetterPasswordChanged:
		return kind{"password-changed", "Your password for %s was changed", ""}, nil
	}
	return kind{}, fmt.Errorf("no letter is written for the kind %q", k)
}
