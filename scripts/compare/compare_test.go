//go:build linux

package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What no rule explains is reported, also beside something that one explains.
func TestDifferencesAreFound(t *testing.T) {
	t.Parallel()
	list := Case{Line: "users list"}
	for name, c := range map[string]struct {
		Case
		theirs, ours Result
	}{
		"exit code":         {list, Result{}, Result{Exit: 4}},
		"another exit code": {list, Result{Exit: 4, Err: "✗ Error: 403 Forbidden\n"}, Result{Exit: 3, Err: "✗ Error: 403 Forbidden\n"}},
		"a cell":            {Case{Line: "users list -o csv"}, Result{Out: "id,role\n1,ADMIN\n"}, Result{Out: "id,role\n1,MEMBER\n"}},
		"a word":            {list, Result{Exit: 4, Err: "✗ Error: 404 Not Found; No user\n"}, Result{Exit: 4, Err: "✗ Error: 404 Not Found; No users\n"}},
		"a file":            {list, Result{}, Result{Files: map[string]string{"work/a": "x"}}},
		"a mode":            {list, Result{Files: map[string]string{"a": "x"}, Modes: map[string]string{"a": "0600"}}, Result{Files: map[string]string{"a": "x"}, Modes: map[string]string{"a": "0644"}}},
		"the directory":     {list, Result{Users: "a"}, Result{Users: "b"}},
		"a fate": {
			Case{Line: "users delete --id a -f -o json"},
			Result{Out: `{"results":[{"user_id":"a","status":"deleted"}]}`}, Result{Exit: 4, Out: `{"results":[{"user_id":"a","status":"failed","error":"500 x"}]}`},
		},
		"a flag less in the help": {Case{Line: "users list -h"}, Result{Out: "Usage: ax users list\n--email --limit"}, Result{Out: "Usage:\n --email"}},
		"a key of a profile": {
			Case{Line: "profiles update --region EU"},
			Result{Files: map[string]string{".arize/profiles/a.toml": "[routing]\nregion = \"eu\"\n"}}, Result{Files: map[string]string{".arize/profiles/a.toml": "[routing]\nregion = \"us\"\n"}},
		},
	} {
		if got := compare(c.Case, c.theirs, c.ours); got.Difference == "" {
			t.Errorf("%s: explained by %q", name, got.Rules)
		}
	}
}

func TestDifferencesAreExplained(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]struct {
		Case
		theirs, ours Result
	}{
		exits: {Case{Line: "users list"}, Result{Exit: 4, Err: "✗ Error: 401 Unauthorized\n"}, Result{Exit: 3, Err: "✗ Error: 401 Unauthorized\n"}},
		csvCells: {
			Case{Line: "users list -o csv"}, Result{Out: "id,created_at,is_developer\n1,2026-01-02 03:04:05.1+00:00,True\n"},
			Result{Out: "id,created_at,is_developer\n1,2026-01-02T03:04:05.1Z,true\n"},
		},
		unwrapped: {Case{Line: "users list"}, Result{Exit: 4, Err: "✗ Error: a\nb\n"}, Result{Exit: 4, Err: "✗ Error: a b\n"}},
		deletion: {
			Case{Line: "users delete --id a --id a -f"},
			Result{Out: "┏━┓\n┃ user_id ┃ status ┃\n┡━┩\n│ a │ deleted │\n├─┤\n│ a │ failed │\n└─┘\n"},
			Result{Out: "┏━┓\n┃ user_id ┃ status ┃\n┡━┩\n│ a │ deleted │\n└─┘\n", Err: "✓ Delete complete: 1 deleted, 0 failed, 0 not found\n"},
		},
		keptFiles: {
			Case{Line: "profiles update --region EU"},
			Result{Files: map[string]string{".arize/profiles/a.toml": "[routing]\nregion = \"eu\"\napp_scheme = \"https\"\n"}},
			Result{Files: map[string]string{".arize/profiles/a.toml": "# mine\n[routing]\nregion = \"eu\"\n", lockFile: ""}},
		},
	} {
		got := compare(c.Case, c.theirs, c.ours)
		if diff := cmp.Diff([]string{want}, got.Rules); diff != "" || got.Difference != "" {
			t.Errorf("%s: %s\n%s", want, diff, got.Difference)
		}
	}
}

// No command line is there twice, and each that may write gets its own copy.
func TestCases(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, g := range groups() {
		for _, c := range g.Cases {
			key := c.Title() + strings.Join(c.Home, ",")
			if seen[key] {
				t.Errorf("twice: %s", key)
			}
			seen[key] = true
			for _, verb := range []string{"create", "update", "delete", "resend-invitation", "reset-password"} {
				if strings.HasPrefix(c.Line, "users "+verb) && !c.Changes && c.Stub == nil {
					t.Errorf("%s would change the shared directory", c.Title())
				}
			}
		}
	}
	if diff := cmp.Diff([]string{"users", "create", "-n", "New Person", "-e", ""}, Case{Line: `users create -n "New Person" -e ""`}.Words()); diff != "" {
		t.Error(diff)
	}
}
