package users_test

import (
	"strings"
	"testing"

	"ax/internal/cli/clitest"
)

func TestUpdateRequests(t *testing.T) {
	t.Parallel()
	for line, body := range map[string]string{
		"--full-name Jane":                       `{"name":"Jane"}`,
		"-n Jane":                                `{"name":"Jane"}`,
		"-n Röß<&>":                              `{"name":"Röß\u003c\u0026\u003e"}`,
		"--is-developer":                         `{"is_developer":true}`,
		"--is-not-developer":                     `{"is_developer":false}`,
		"--is-developer=false":                   `{"is_developer":false}`,
		"--is-not-developer=false":               `{"is_developer":true}`,
		"--full-name=Jane --is-not-developer":    `{"name":"Jane","is_developer":false}`,
		"--is-developer --full-name=Jane -ojson": `{"name":"Jane","is_developer":true}`,
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			s := clitest.NewServer(t).On("PATCH /v2/users/usr_1", clitest.JSON(200, clitest.Member("ann")))
			says(t, clitest.On(t, s).Run(append([]string{"users", "update", "usr_1"}, strings.Fields(line)...)...), 0, "✓ User updated successfully\n")
			asked(t, s, "PATCH /v2/users/usr_1 "+body)
		})
	}
}

func TestUpdateOutput(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t).On("PATCH /v2/users/1", clitest.JSON(200, people()[1]))
	golden(t, "update.txt", formats(t, s, "users update 1 -n Jane"))
}

func TestUpdateByEmail(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t).
		On("GET /v2/users?limit=100&email=ann%40example.com", clitest.Page("", clitest.Member("joann"), clitest.Member("ann"))).
		On("GET /v2/users?limit=100&email=x%40y", clitest.Page("", clitest.Member("x@y"))).
		On("PATCH /v2/users/id-ann", clitest.JSON(200, clitest.Member("ann")))
	w := clitest.On(t, s)
	says(t, w.Run("users", "update", "ann@example.com", "-n", "Ann"), 0)
	says(t, w.Run("users", "update", "x@y", "-n", "Ann"), 4, "✗ Error: User 'x@y' not found\n")
	asked(t, s, "GET /v2/users?limit=100&email=ann%40example.com", `PATCH /v2/users/id-ann {"name":"Ann"}`, "GET /v2/users?limit=100&email=x%40y")
}

func TestUpdateUsage(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t)
	w := clitest.On(t, s)
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "At least one of --full-name or --is-developer/--is-not-developer must be provided."},
		{[]string{"-o", "csv"}, "At least one of --full-name or --is-developer/--is-not-developer must be provided."},
		{[]string{"-n", ""}, "Invalid value for '--full-name': must not be empty"},
		{[]string{"-n", " \t", "--is-developer"}, "Invalid value for '--full-name': must not be empty"},
		{[]string{"-n", strings.Repeat("ü", 256)}, "Invalid value for '--full-name': must be at most 255 characters"},
		{[]string{"--is-developer", "--is-not-developer"}, "--is-developer and --is-not-developer exclude each other"},
		{[]string{"--is-dev"}, "No such option: --is-dev (Possible options: --is-developer)"},
	} {
		ran(t, w.Run(append([]string{"users", "update", "usr_1"}, c.args...)...), 2, "", "✗ Error: "+c.want+"\n  Try 'ax users update --help'.\n")
	}
	asked(t, s)
}

// What was changed is said to be changed, also when it cannot be shown.
func TestUpdateCannotBeShown(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t).On("PATCH /v2/users/1", clitest.JSON(200, clitest.Member("ann")))
	w := clitest.On(t, s)
	w.Out = broken{}
	ran(t, w.Run("users", "update", "1", "--is-developer"), 5, "",
		"ℹ Updating user\n✗ Error: The user was updated, but could not be shown: Cannot write standard output: disk full: short write\n")
	ran(t, w.Run("users", "update", "1", "--is-developer", "-o", "json"), 5, "", `{
  "error": {
    "title": "The user was updated, but could not be shown",
    "detail": "Cannot write standard output: disk full: short write",
    "exit_code": 5
  }
}
`)
}
