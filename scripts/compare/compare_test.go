//go:build linux

package main

import (
	"slices"
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
		"the directory":     {list, Result{Directory: "a"}, Result{Directory: "b"}},
		"a fate": {
			Case{Line: "users delete --id a -f -o json"},
			Result{Out: `{"results":[{"user_id":"a","status":"deleted"}]}`}, Result{Exit: 4, Out: `{"results":[{"user_id":"a","status":"failed","error":"500 x"}]}`},
		},
		"a flag less in the help": {Case{Line: "users list -h"}, Result{Out: "Usage: ax users list\n--email --limit"}, Result{Out: "Usage:\n --email"}},
		"a key of a profile": {
			Case{Line: "profiles update --region EU"},
			Result{Files: map[string]string{".arize/profiles/a.toml": "[routing]\nregion = \"eu\"\n"}}, Result{Files: map[string]string{".arize/profiles/a.toml": "[routing]\nregion = \"us\"\n"}},
		},
		"a description that ours loses": {
			Case{Line: "spaces update a -n b"}, Result{Directory: `{"name":"b","description":"x"}`}, Result{Directory: `{"name":"b","description":""}`},
		},
		"something that ours did unasked": {
			Case{Line: "spaces delete a"}, Result{Out: "Are you sure? [y/N]: ", Err: "Goodbye!\n"}, Result{Err: "✓ Space deleted successfully\n"},
		},
		"another name that is not found": {
			Case{Line: "roles get a"}, Result{Exit: 4, Err: "✗ Error: Failed to get role: role 'a' not found.\n"}, Result{Exit: 4, Err: "✗ Error: role \"b\" not found\n"},
		},
		"a key that is wrapped and another": {
			Case{Line: "api-keys list -o json"}, Result{Out: `{"api_keys":[{"actual_instance":{"id":"a"}}]}`}, Result{Out: `{"api_keys":[{"id":"b"}]}`},
		},
		"a secret that is shown beside its file": {
			Case{Line: "api-keys create -n a --env-file .env"}, Result{Err: "✓ API key written to .env\n"}, Result{Out: "│ key: {new key} │\n", Err: "✓ Wrote ARIZE_API_KEY to .env\n"},
		},
		"a role less": {
			Case{Line: "roles list"}, Result{Out: "id,name\n{auditor},A\n{idle},I\n"}, Result{Out: "id,name\n{auditor},A\n"},
		},
		"a column that is not empty": {
			Case{Line: "spaces get a -o csv"}, Result{Out: "id,color\na,red\n"}, Result{Out: "id\na\n"},
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
		confirming: {
			Case{Line: "spaces delete a", In: "y\n"}, Result{Out: "Are you sure? [y/N]: ", Err: "✓ Space 'a' deleted successfully\n", Directory: "none"},
			Result{Exit: 2, Err: "✗ Error: Nobody is there to confirm; use --force to delete without asking. Nothing was done.\n", Directory: "a"},
		},
		kept: {
			Case{Line: "spaces update a -n b"}, Result{Directory: `{"name":"b","description":""}`}, Result{Directory: `{"name":"b","description":"x"}`},
		},
		byName: {
			Case{Line: "roles get Aud"}, Result{Exit: 4, Err: "✗ Error: Failed to get role: role 'Aud' not found. Available\nroles: Auditor\n"},
			Result{Exit: 4, Err: "✗ Error: role \"Aud\" not found; there is \"Auditor\"\n"},
		},
		pythonJSON: {
			Case{Line: "api-keys list -o json"}, Result{Out: `{"api_keys":[{"actual_instance":{"id":"a"},"one_of_schemas":["x"]}]}`}, Result{Out: `{"api_keys":[{"id":"a"}]}`},
		},
		secrets: {
			Case{Line: "api-keys create -n a"}, Result{Out: "x", Err: theirReminder}, Result{Out: "x", Err: ourReminder},
		},
		success: {
			Case{Line: "spaces delete a -f"}, Result{Err: "✓ Space 'a' deleted successfully\n"}, Result{Err: "✓ Space deleted successfully\n"},
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
			words := c.Words()
			if len(words) < 2 || g.Name == "ax" || g.Name == "profiles" || c.Changes || c.Stub != nil {
				continue
			}
			reads := []string{"list", "get", "ls", "lst", "-h", "--help", "--nope"}
			if !slices.Contains(reads, words[1]) && !slices.Contains(reads, words[len(words)-1]) {
				t.Errorf("%s would change the shared directory", c.Title())
			}
		}
	}
	if diff := cmp.Diff([]string{"users", "create", "-n", "New Person", "-e", "", `["a"]`}, Case{Line: `users create -n "New Person" -e "" '["a"]'`}.Words()); diff != "" {
		t.Error(diff)
	}
}
