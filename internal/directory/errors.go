package directory

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// A Kind says what sort of failure an Error is. The API maps it to a status.
type Kind int

// The kinds of failure.
const (
	Internal        Kind = iota // a fault of ours; its text is never shown
	Malformed                   // the request cannot be understood
	Invalid                     // a value breaks a rule
	Unauthenticated             // no credential, or none that is good
	Forbidden                   // the actor may not
	NotFound                    // nothing there, or nothing the actor may see
	Conflict                    // the present state forbids it
	Gone                        // it was there and has ended
	TooMany                     // too often; see RetryAfter
	Unavailable                 // not now
)

// An Error is a failure that the caller may read.
type Error struct {
	Kind   Kind
	Detail string  // a sentence that says what is wrong and what to do
	Fields []Fault // the offending fields, for Invalid

	RetryAfter time.Duration // for TooMany and Unavailable; 0: not known
}

// A Fault is what is wrong with one field of a request.
type Fault struct{ Field, Detail string }

func (e *Error) Error() string { return e.Detail }

// KindOf is the kind of err, Internal when it is not an Error.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// HasCause reports whether there is more behind an Unavailable err than its
// sentence: a full disk, say, of which those who run the server must hear.
func HasCause(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && error(e) != err && e.Kind == Unavailable //nolint:errorlint // is it the sentence itself, or around it
}

// Every sentence that a caller may read is below.

func errMalformed(detail string) *Error { return &Error{Kind: Malformed, Detail: detail} }

func errInvalid(faults []Fault) *Error {
	said := make([]string, len(faults))
	for i, f := range faults {
		said[i] = f.Field + ": " + f.Detail
	}
	return &Error{Kind: Invalid, Detail: strings.Join(said, "; "), Fields: faults}
}

// A faultList collects what is wrong with a request, so that its sender hears
// of all at once.
type faultList []Fault

func (l *faultList) add(field, detail string) {
	if detail != "" {
		*l = append(*l, Fault{field, detail})
	}
}

// text reads one line of text of a request.
func (l *faultList) text(field, value string, most int, needed bool) string {
	text, fault := parseText(value, most)
	if fault == "" && needed && text == "" {
		fault = "must not be empty"
	}
	l.add(field, fault)
	return text
}

// id looks at an id that a request needs.
func (l *faultList) id(field, value string) error {
	switch {
	case value == "":
		l.add(field, "must not be empty")
	case !WellFormedID(value):
		return errIDMalformed(field)
	}
	return nil
}

// name reads a name of a request.
func (l *faultList) name(value string) string {
	name, fault := parseName(value)
	l.add("name", fault)
	return name
}

// err is nil without a fault.
func (l faultList) err() error {
	if len(l) == 0 {
		return nil
	}
	return errInvalid(l)
}

// Unsound is the error for what a caller found wrong with a request.
func Unsound(faults []Fault) error { return faultList(faults).err() }

func errUserNotFound() *Error { return &Error{Kind: NotFound, Detail: "User not found."} }

func errUserIDMalformed() *Error {
	return errMalformed("user_id: this is not a user id; ids look like VXNlcjo… and are shown by the list.")
}

func errNotSignedIn() *Error {
	return &Error{Kind: Unauthenticated, Detail: "The API key is unknown, expired or revoked, or its owner is no longer active."}
}

func errNoRight(a Action) *Error {
	return &Error{Kind: Forbidden, Detail: fmt.Sprintf("Your role does not allow you to %s.", a)}
}

func errNotDeveloper() *Error {
	return &Error{Kind: Forbidden, Detail: "Developer access is off for the owner of this API key; an administrator can turn it on."}
}

func errRoleAboveOwn(role Role) *Error {
	return &Error{Kind: Forbidden, Detail: fmt.Sprintf("A MEMBER may invite a MEMBER or an ANNOTATOR, not a %s.", role)}
}

func errRoleAbove() *Error {
	return &Error{Kind: Forbidden, Detail: "The role allows more than you may do yourself; ask an administrator."}
}

func errUserAbove() *Error {
	return &Error{Kind: Forbidden, Detail: "This user may do more than you; ask an administrator."}
}

func errRoleNotFound() *Error { return &Error{Kind: NotFound, Detail: "Role not found."} }

func errRolePredefined() *Error {
	return &Error{Kind: Forbidden, Detail: "A predefined role cannot be changed or deleted; create a role of your own."}
}

func errRoleNameTaken() *Error {
	return &Error{Kind: Conflict, Detail: "A role with this name exists already."}
}

func errRoleInUse() *Error {
	return &Error{Kind: Conflict, Detail: "The role is held by somebody; remove its bindings and memberships, and the users who have it, first."}
}

func errNoSuchAction() *Error {
	return errMalformed("action: give a permission like SPACE_UPDATE, or the id of an operation like update_space.")
}

func errNotDoneTo(operation string, kinds []string) *Error {
	if len(kinds) == 0 {
		return errMalformed("resource: " + operation + " is done in the account; leave the resource out.")
	}
	return errMalformed("resource: " + operation + " takes the id of one of " + strings.Join(kinds, ", ") + ".")
}

func errNothingGiven(choices string) *Error {
	return errMalformed("Nothing to update: give " + choices + ".")
}

func errIDMalformed(field string) *Error {
	return errMalformed(field + ": this is not an id; ids are base64 and are shown by the list.")
}

func errBindingNotFound() *Error { return &Error{Kind: NotFound, Detail: "Role binding not found."} }

func errBound() *Error {
	return &Error{Kind: Conflict, Detail: "This user has a role on this resource already; change that binding instead."}
}

func errNotRestricted() *Error {
	return &Error{Kind: NotFound, Detail: "This resource is not restricted."}
}

func errSpaceNotFound() *Error { return &Error{Kind: NotFound, Detail: "Space not found."} }

func errOrganizationNotFound() *Error {
	return &Error{Kind: NotFound, Detail: "Organization not found."}
}

func errOrganizationNameTaken() *Error {
	return &Error{Kind: Conflict, Detail: "An organization with this name exists already."}
}

func errSpaceNameTaken() *Error {
	return &Error{Kind: Conflict, Detail: "A space with this name exists in the organization already."}
}

func errNotMember(where string) *Error {
	return &Error{Kind: NotFound, Detail: "The user is not a member of the " + where + "."}
}

func errNotInOrganization() *Error {
	return errMalformed("user_id: the user is not a member of the space's organization; add them there first.")
}

func errAnnotatorOnly() *Error {
	return errMalformed("role: a user whose account role is ANNOTATOR can only be an ANNOTATOR.")
}

func errNoAnnotator() *Error {
	return errMalformed("role: only a user whose account role is ANNOTATOR can be an ANNOTATOR.")
}

func errMemberAbove() *Error {
	return &Error{Kind: Forbidden, Detail: "This member may do more in the space than you; ask an administrator of the space."}
}

func errNoSuchRole(field string) *Error {
	return errInvalid([]Fault{{field, "is not the id of a role that there is"}})
}

func errSelfDelete() *Error {
	return &Error{Kind: Forbidden, Detail: "You cannot delete yourself; ask another administrator."}
}

func errLastAdmin() *Error {
	return &Error{Kind: Forbidden, Detail: "This is the last active administrator; make another one first."}
}

func errLastDeveloperAdmin() *Error {
	return &Error{Kind: Forbidden, Detail: "This is the last active administrator with developer access; without it nobody could use the API."}
}

func errUserExists(status string) *Error {
	return &Error{Kind: Conflict, Detail: "A user with this email is already " + status + "."}
}

func errAddressTaken() *Error {
	return &Error{Kind: Conflict, Detail: "This email belonged to a user who was deleted; a deleted address cannot be invited again."}
}

func errNothingToUpdate() *Error {
	return errMalformed("Nothing to update: give name, is_developer or both.")
}

func errBlankName() *Error { return errMalformed("name: must not be blank.") }

func errNotInvited(s Status) *Error {
	if s == StatusExpired {
		return errMalformed("The invitation has expired; create the user again to invite them anew.")
	}
	return errMalformed("The user has already accepted the invitation; there is nothing to send again.")
}

func errNotActive(s Status) *Error {
	if s == StatusExpired {
		return errMalformed("The user's invitation has expired; create the user again to invite them anew.")
	}
	return errMalformed("The user has not accepted the invitation yet; resend the invitation instead.")
}

func errLetterNotFound() *Error { return &Error{Kind: NotFound, Detail: "Letter not found."} }

func errLetterSettled(state LetterState) *Error {
	return &Error{Kind: Conflict, Detail: "The letter cannot be sent again: it is " + strings.ToLower(string(state)) + "."}
}

func errBadCursor() *Error {
	return errMalformed("cursor: not one that this list gave out with these filters; start again without it.")
}

func errBadLimit() *Error { return errMalformed("limit: must be a whole number from 1 to 100.") }

// ErrInitialized says that a directory is there already.
func ErrInitialized(at time.Time) *Error {
	return &Error{Kind: Conflict, Detail: fmt.Sprintf("This directory exists since %s; nothing was changed. To replace a lost key, use `ax server key create`.", at.Format(time.DateTime+" MST"))}
}

func errNotInitialized() *Error {
	return &Error{Kind: Unavailable, Detail: "There is no directory here yet; make one with `ax server init --admin-email you@example.com`."}
}

func errForeignKey() *Error {
	return &Error{Kind: Unavailable, Detail: "The key is not the one this directory was made with; every server of a directory uses the same key file."}
}

func errNoSuchEmail(email string) *Error {
	return &Error{Kind: NotFound, Detail: fmt.Sprintf("No user has the email %q.", email)}
}

func errNotDeleted(s Status) *Error {
	return &Error{Kind: Conflict, Detail: fmt.Sprintf("The user is %s; only a deleted user can be erased. Delete the user first with `ax users delete`.", s)}
}

func errOwnerInactive(s Status) *Error {
	return &Error{Kind: Conflict, Detail: fmt.Sprintf("The user is %s; only an ACTIVE user can have an API key.", s)}
}

func errTooMany(wait time.Duration) *Error {
	seconds := int((wait + time.Second - 1) / time.Second)
	return &Error{Kind: TooMany, RetryAfter: time.Duration(seconds) * time.Second, Detail: "Too many attempts. Wait " + spelled(seconds) + " and try again."}
}

func spelled(seconds int) string {
	switch {
	case seconds == 1:
		return "a second"
	case seconds < 120:
		return fmt.Sprintf("%d seconds", seconds)
	}
	return fmt.Sprintf("%d minutes", (seconds+59)/60)
}

// ErrBusy says that too many passwords are being checked at once.
func ErrBusy() *Error {
	return &Error{Kind: Unavailable, RetryAfter: 2 * time.Second, Detail: "The server is busy. Wait a moment and try again."}
}

// ErrFull says that a store had no room for a change.
func ErrFull() *Error {
	return &Error{Kind: Unavailable, Detail: "There is no room left on the disk of the directory; nothing was changed. Make room there, or tell whoever runs the server."}
}

// ErrUnreachable says that a store did not answer.
func ErrUnreachable() *Error {
	return &Error{Kind: Unavailable, RetryAfter: 2 * time.Second, Detail: "The server cannot reach its database. Wait a moment and try again."}
}

// ErrUnknown says that a store failed at the end of a change, so that only a
// look at the directory can tell whether it was made.
func ErrUnknown() *Error {
	return &Error{Kind: Unavailable, RetryAfter: 5 * time.Second, Detail: "The directory's storage failed at the end of the change. It is not known whether the change was made: look before you repeat it."}
}

// ErrWrongPassword is the one answer to every sign-in that fails, whatever
// the reason.
func ErrWrongPassword() *Error {
	return &Error{Kind: Unauthenticated, Detail: "The email or the password is not right."}
}

// ErrNotYourPassword refuses a change for which the present password was wrong.
func ErrNotYourPassword() *Error {
	return errInvalid([]Fault{{"current_password", "is not your present password"}})
}

// ErrWeakPassword refuses a password, saying why.
func ErrWeakPassword(fault string) *Error { return errInvalid([]Fault{{"password", fault}}) }

func errSessionEnded() *Error {
	return &Error{Kind: Unauthenticated, Detail: "You are not signed in any more. Sign in again."}
}

func errNoSuchLink() *Error {
	return &Error{Kind: Gone, Detail: "This link does not work. Open it as it stands in the letter; if it still fails, ask for a new one."}
}

func errLinkUsed(p Purpose) *Error {
	if p == TokenReset {
		return &Error{Kind: Gone, Detail: "This link has been used: you have already chosen a new password. Sign in with it, or ask for another link."}
	}
	return &Error{Kind: Gone, Detail: "This link has been used: you have already chosen a password. Sign in with it."}
}

func errLinkReplaced(p Purpose) *Error {
	if p == TokenReset {
		return &Error{Kind: Gone, Detail: "This link is no longer good: a newer letter has replaced it, or the password was changed since. Look for the newest letter, or ask for another link."}
	}
	return &Error{Kind: Gone, Detail: "This link is no longer good: a newer letter has replaced it. Look for the newest letter, or ask whoever invited you."}
}

func errLinkExpired(p Purpose, at time.Time) *Error {
	since := at.UTC().Format("Monday, 2 January 2006 at 15:04 MST")
	if p == TokenReset {
		return &Error{Kind: Gone, Detail: "This link was good until " + since + ". Ask for another one."}
	}
	return &Error{Kind: Gone, Detail: "This invitation was good until " + since + ". Ask whoever invited you, or an administrator, to invite you again."}
}

func errKeyEnded() *Error {
	return &Error{Kind: Invalid, Detail: "The key is revoked or expired; create a new one."}
}

func errKeyNotFound() *Error { return &Error{Kind: NotFound, Detail: "API key not found."} }

const expiryPast = "must be in the future"

func errNoPerson() *Error {
	return &Error{Kind: Forbidden, Detail: "A service key belongs to no person, so it cannot create a USER key; sign in with a key of your own."}
}

func errBotAbove() *Error {
	return &Error{Kind: Forbidden, Detail: "This service key may do more than you; ask an administrator of the account."}
}
