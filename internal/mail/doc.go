// Package mail delivers the letters that operations leave in the outbox.
//
//	          claim              delivered
//	WAITING ────────► held ─────────────────► SENT
//	   ▲               │ │
//	   │ failed: later │ │ refused for good, or its time is over
//	   └───────────────┘ └──────────────────► DEAD
//
// A letter is delivered at least once: a sender that ends between delivery
// and its record leaves the letter to the next one. The copies are equal to
// the byte, so a transport can make them one (contract of [Transport]).
//
// [SMTP] hands letters to a relay, [Folder] leaves them as files.
//
// Writing a letter is directory's business; what it says is in letters/. A
// link is made of the configured public URL and the token, and of nothing
// that a request carried (security R-TK-07).
package mail
