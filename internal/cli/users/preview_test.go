package users_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"ax/internal/cli/clitest"
)

// What a deletion would take is counted, and nothing is deleted.
func TestDeleteDryRun(t *testing.T) {
	t.Parallel()
	server := clitest.NewServer(t).
		On("GET /v2/users?limit=100&email=ann%40example.com", clitest.Page("", clitest.Member("ann"))).
		On("GET /v2/users?limit=100&email=nobody%40example.com", clitest.Page("")).
		On("GET /ax/v1/users/id-ann/deletion", clitest.JSON(200, `{"user_id":"id-ann","organization_memberships":2,"space_memberships":3,"api_keys":1,"role_bindings":4,"sessions":0}`))
	w := clitest.On(t, server)
	got := w.Run("users", "delete", "-e", "ann@example.com", "--dry-run", "-o", "json")
	const row = `      "status": "would_delete",
      "organization_memberships": 2,
      "space_memberships": 3,
      "api_keys": 1,
      "role_bindings": 4,
      "sessions": 0
`
	if got.Code != 0 || !strings.Contains(got.Out, row) {
		t.Errorf("one user: %s", got)
	}
	got = w.Run("users", "delete", "-e", "ann@example.com", "-e", "nobody@example.com", "--dry-run")
	if got.Code != 4 || !strings.Contains(got.Out, "would_delete") || !strings.Contains(got.Out, "not_found") {
		t.Errorf("one of two: %s", got)
	}
	w.Columns = 80
	got = w.Run("users", "delete", "-e", "ann@example.com", "--dry-run")
	for line := range strings.Lines(got.Out) {
		if n := utf8.RuneCountInString(strings.TrimSpace(line)); n > 80 {
			t.Errorf("%d columns of 80: %s", n, line)
		}
	}
	if !strings.Contains(got.Out, "id-ann") {
		t.Errorf("on a terminal of 80 columns: %s", got)
	}
	for _, r := range server.Requests() {
		if !strings.HasPrefix(r, "GET ") {
			t.Errorf("a dry run sent %s", r)
		}
	}
}
