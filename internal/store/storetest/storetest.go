// Package storetest says what each sentence of the storage contract in package
// directory means. Every engine runs it; a fault found on one becomes a case
// for all. Each case is named after the sentence that it holds.
package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"ax/internal/directory"
)

// Run checks one store. open returns one that is empty and migrated, and
// closes it when its test ends.
func Run(t *testing.T, open func(t *testing.T) directory.Store) {
	t.Helper()
	for _, noun := range []group{
		{"Write", writeCases()}, {"Read", readCases()},
		{"Installation", installationCases()}, {"Users", userCases()}, {"Search", searchCases()},
		{"Roles", roleCases()}, {"Bindings", bindingCases()}, {"Restrictions", restrictionCases()}, {"Access", accessCases()},
		{"Organizations", organizationCases()}, {"Spaces", spaceCases()}, {"Members", memberCases()},
		{"Tokens", tokenCases()}, {"Keys", keyCases()}, {"Bots", botCases()}, {"Letters", letterCases()}, {"Audit", auditCases()}, {"AuditLog", auditLogCases()}, {"Erasure", erasureCases()},
		{"Passwords", passwordCases()}, {"Sessions", sessionCases()}, {"Attempts", attemptCases()},
	} {
		t.Run(noun.name, func(t *testing.T) {
			t.Parallel()
			for _, c := range noun.cases {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					c.check(subject{t, open(t)})
				})
			}
		})
	}
}

// RunShared checks what holds when several processes share a directory. open
// returns two handles on one store, empty and migrated, which share nothing
// else.
func RunShared(t *testing.T, open func(t *testing.T) (first, second directory.Store)) {
	t.Helper()
	for _, c := range slices.Concat(sharedCases(), organizationsAtOnce(), rolesAtOnce()) {
		t.Run(c.name, func(t *testing.T) {
			first, second := open(t)
			c.check(pair{t, first, second})
		})
	}
}

type group struct {
	name  string
	cases []testCase
}

type testCase struct {
	name  string
	check func(s subject)
}

// A subject is a store under test, with its test.
type subject struct {
	*testing.T
	directory.Store
}

// A sealer is a store that gives audit entries their places some time after
// the commit. Seal says how many it sealed.
type sealer interface {
	Seal(ctx context.Context) (n int, err error)
}

// noon is the moment at which these tests take place, to the microsecond.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)

var errOnPurpose = errors.New("fails on purpose")
