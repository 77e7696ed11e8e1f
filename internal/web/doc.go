// Package web serves the pages that a person with an account sees.
//
//	letter ──► /invitations/TOKEN ──────────────► /welcome ──► /account
//	temporary password ──► /sign-in ──► /new-password ──┘         │ keys, name,
//	/sign-in ─────────────────────────────────────────────────────┤ password,
//	/forgot-password ──► letter ──► /reset/TOKEN ─────────────────┘ sign out
//
// pages.go is the table of all of them and says who may open which. A page is
// a function from a [call] to an answer; only the table, the headers and the
// rendering know about http.ResponseWriter.
//
// Every page works without a script and with a keyboard alone. GET and HEAD
// change nothing. What a person may do, and every sentence about it that the
// API has too, is the directory's.
package web
