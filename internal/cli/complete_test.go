package cli_test

import (
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"ax/internal/cli/clitest"
)

// completed is what a shell is answered: the words, and the number below them.
func completed(t *testing.T, w *clitest.World, args ...string) (words []string, directive string) {
	t.Helper()
	got := w.Run(append([]string{"__complete"}, args...)...)
	if got.Code != 0 || got.Err != "" || strings.Contains(got.Out, clitest.Key) {
		t.Errorf("ax %q:\n%s", args, got)
	}
	lines := strings.Split(strings.TrimSuffix(got.Out, "\n"), "\n")
	for _, line := range lines[:len(lines)-1] {
		word, _, _ := strings.Cut(line, "\t")
		words = append(words, word)
	}
	return words, lines[len(lines)-1]
}

// Files are offered where a file is wanted, and nowhere else.
const (
	files   = ":0"
	noFiles = ":4"
	folders = ":16"
)

func TestCompletion(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	w.Write(t, ".arize/profiles/dev.toml", "")
	w.Write(t, ".arize/profiles/prod.toml", "")
	for line, want := range map[string]string{
		"us|":                              "users " + noFiles,
		"users re|":                        "resend-invitation reset-password " + noFiles,
		"users list --st|":                 "--status " + noFiles,
		"users list --status |":            "active invited expired " + noFiles,
		"users list --status=in|":          "invited " + noFiles,
		"users list -s active,ex|":         "active,expired " + noFiles,
		"users list -s IN|":                "INVITED " + noFiles,
		"users list --limit |":             noFiles,
		"users create --role m|":           "member member_ui_only " + noFiles,
		"users create --role admin,m|":     noFiles,
		"users create --invite-mode |":     "none email_link temporary_password " + noFiles,
		"users create |":                   noFiles,
		"users list |":                     noFiles,
		"--profile |":                      "dev prod local " + noFiles,
		"users list -p p|":                 "prod " + noFiles,
		"profiles use p|":                  "prod " + noFiles,
		"profiles use prod |":              noFiles,
		"profiles create |":                noFiles,
		"profiles create --region us-c|":   "us-central-1a " + noFiles,
		"profiles update --from-file |":    files,
		"--color a|":                       "auto always " + noFiles,
		"help u|":                          "users " + noFiles,
		"help users d|":                    "delete " + noFiles,
		"help e|":                          "environment exit-codes " + noFiles,
		"completion |":                     "bash zsh fish powershell " + noFiles,
		"server start --tls-cert |":        files,
		"server start --data-dir |":        folders,
		"server start --listen |":          noFiles,
		"server backup |":                  files,
		"server init --key-file |":         files,
		"users list --output |":            files,
		"users get x |":                    noFiles,
		"users delete --email a --forc|":   "--force " + noFiles,
		"users create --full-name 'x' --|": "",
	} {
		words := strings.Split(strings.TrimSuffix(line, "|"), " ")
		got, directive := completed(t, w, words...)
		if want == "" {
			continue
		}
		if line == "users list --output |" {
			got = nil // which formats there are is not this test's
		}
		same(t, strings.TrimSpace(strings.Join(append(got, directive), " ")), want)
	}
}

// eventually tries again what a busy machine did not do in time.
func eventually(t *testing.T, w *clitest.World, args []string, want ...string) {
	t.Helper()
	var got []string
	for range 20 {
		if got, _ = completed(t, w, args...); slices.Equal(got, want) {
			return
		}
	}
	t.Errorf("ax %q is completed by %q, want %q", args, got, want)
}

// town is a server with people, two of them harmful to a shell.
func town(t *testing.T) *clitest.World {
	t.Helper()
	person := func(id, email string) string {
		return strings.Replace(clitest.Member(id), id+"@example.com", email, 1)
	}
	all := `{"users":[` + strings.Join([]string{
		person("jane", "jane@example.com"), person("tick", "`touch${IFS}harm`@example.com"), person("dollar", "d$(touch${IFS}harm)@example.com"),
	}, ",") + `],"pagination":{"has_more":false}}`
	s := clitest.NewServer(t)
	for _, query := range []string{"", "&email=jane", "&email=ja", "&email=jane%40exa", "&email=d", "&email=%60", "&email=id-"} {
		s.On("GET /v2/users?limit=100"+query, clitest.JSON(200, all))
	}
	return clitest.On(t, s)
}

func TestCompletionOfUsers(t *testing.T) {
	t.Parallel()
	w := town(t)
	eventually(t, w, []string{"users", "get", "ja"}, "jane@example.com")
	eventually(t, w, []string{"users", "get", ""}, "jane@example.com")
	eventually(t, w, []string{"users", "get", "id-"}, "id-jane", "id-tick", "id-dollar")
	eventually(t, w, []string{"users", "delete", "--id", "x,id-j"}, "x,id-jane")
	eventually(t, w, []string{"users", "delete", "--email", "ja"}, "jane@example.com")
	eventually(t, w, []string{"users", "update", "ja"}, "jane@example.com")
	eventually(t, w, []string{"users", "reset-password", "ja"}, "jane@example.com")
	for _, begun := range []string{"d", "`"} {
		if got, _ := completed(t, w, "users", "get", begun); len(got) > 0 {
			t.Errorf("an address that a shell would run is offered: %q", got)
		}
	}
}

// Whatever is wrong, the person goes on typing: nothing is said, nothing is
// made, and nobody waits.
func TestCompletionFindsNothing(t *testing.T) {
	t.Parallel()
	all := "GET /v2/users?limit=100"
	for name, answer := range map[string]http.HandlerFunc{
		"refusal": clitest.Problem(401, "Authentication required", "The key is unknown."),
		"fault":   clitest.Problem(500, "Fault", "It broke."),
		"HTML":    clitest.HTML(200),
		"nothing": clitest.Drop,
		"silence": clitest.Hang(func() {}),
		"later":   func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Retry-After", "1"); w.WriteHeader(503) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := clitest.On(t, clitest.NewServer(t).On(all, answer))
			if err := os.RemoveAll(w.Path(".arize")); err != nil {
				t.Fatal(err)
			}
			got, directive := completed(t, w, "users", "get", "")
			same(t, strings.Join(got, " ")+directive, noFiles)
			same(t, w.Files(t), nil) // no BETA notice is counted as read
		})
	}
	for name, env := range map[string]map[string]string{
		"no profile":      {},
		"no such profile": {"AX_PROFILE": "absent"},
		"not a name":      {"AX_PROFILE": "../x"},
		"nobody there":    {"ARIZE_API_KEY": clitest.Key, "ARIZE_API_HOST": clitest.Nowhere, "ARIZE_API_SCHEME": "http"},
		"local, not made": {"AX_PROFILE": "local"},
	} {
		w := clitest.New(t)
		maps.Copy(w.Env, env)
		before := w.Files(t)
		got, directive := completed(t, w, "users", "get", "")
		if same(t, w.Files(t), before); len(got) > 0 || directive != noFiles {
			t.Errorf("%s: %q %s", name, got, directive)
		}
	}
}

func TestCompletionOfTheLocalDirectory(t *testing.T) {
	t.Parallel()
	w := clitest.Local(t)
	w.Run("users", "create", "-n", "Jane", "-e", "jane@example.com", "-r", "member", "--invite-mode", "none")
	eventually(t, w, []string{"users", "get", "jane"}, "jane@example.com")
}
