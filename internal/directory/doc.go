// Package directory is the user directory: who may use the account, how they
// are invited, and which credentials speak for them. It holds every rule; the
// packages around it only carry values in and out.
//
// What always holds, on every store:
//
//   - One user per e-mail address, whatever its spelling ([Fold]), deleted
//     users included: a deleted address stays taken.
//   - A user is ACTIVE, INVITED or deleted. EXPIRED is INVITED and a clock: it
//     is computed by [User.Status] wherever it is read, never stored.
//   - A change, the letter that announces it and the audit entry that records
//     it are one transaction. None of them exists without the others.
//   - A secret is stored as a digest. What must be read back, the link in a
//     letter that waits, is sealed with the directory's key.
//   - A token is spent at most once, by one conditional update.
//   - There is always an active administrator, and nobody deletes themselves.
//
// Operations are methods of [Directory]; each takes the [Actor] who asks.
// Every failure that a caller may read is an [Error] made in errors.go; any
// other error is a fault of ours and is not shown.
package directory
