package users_test

import (
	"testing"

	"ax/internal/cli/clitest"
)

func TestLetters(t *testing.T) {
	t.Parallel()
	for command, c := range map[string]struct{ progress, done string }{
		"resend-invitation": {"ℹ Resending invitation\n", "✓ Invitation resent successfully\n"},
		"reset-password":    {"ℹ Sending password reset email\n", "✓ Password reset email sent successfully\n"},
	} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			s := clitest.NewServer(t).
				On("POST /v2/users/a%2F..%2Fb%3Fx%3D1/"+command, clitest.Empty(204)).
				On("POST /v2/users/id-ann/"+command, clitest.Empty(204)).
				On("POST /v2/users/active/"+command, status(400)).
				On("GET /v2/users?limit=100&email=ann%40example.com", clitest.Page("", clitest.Member("ann"))).
				On("GET /v2/users?limit=100&email=no%40example.com", clitest.Page("", clitest.Member("ann")))
			w := clitest.On(t, s)
			ran(t, w.Run("users", command, "a/../b?x=1"), 0, "", c.progress+c.done)
			ran(t, w.Run("users", command, "ann@example.com"), 0, "", c.progress+c.done)
			ran(t, w.Run("users", command, "no@example.com"), 4, "", c.progress+"✗ Error: User 'no@example.com' not found\n")
			ran(t, w.Run("users", command, "active"), 4, "", c.progress+`✗ Error: 400 Bad Request; a detail of Bad Request

  Suggestion: Check your input parameters and try again.
  Run with --verbose for technical details.
`)
			refusal := "No such option: -o"
			if command == "resend-invitation" {
				refusal = "--output needs --from: a single letter has no result to show"
			}
			ran(t, w.Run("users", command, "active", "-o", "json"), 2, "",
				"{\n  \"error\": {\n    \"title\": \""+refusal+"\",\n    \"exit_code\": 2,\n    \"hint\": \"Try 'ax users "+command+" --help'.\"\n  }\n}\n")
			asked(t, s, "POST /v2/users/a%2F..%2Fb%3Fx%3D1/"+command,
				"GET /v2/users?limit=100&email=ann%40example.com", "POST /v2/users/id-ann/"+command,
				"GET /v2/users?limit=100&email=no%40example.com", "POST /v2/users/active/"+command)
		})
	}
}
