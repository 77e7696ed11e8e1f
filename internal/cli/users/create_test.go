package users_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"ax/internal/cli/clitest"
)

const post = "POST /v2/users"

// created is a 201 for Jane.
func created(password string) http.HandlerFunc {
	body := strings.TrimSuffix(clitest.User("id-jane", "Jane Doe", "jane@example.com", "INVITED", "MEMBER", true), "}") + `,"invite_mode":"EMAIL_LINK"`
	if password != "" {
		body += `,"temporary_password":"` + password + `"`
	}
	return clitest.JSON(201, body+"}")
}

// line is a create with all that it needs, and more.
func line(more ...string) []string {
	return append([]string{"users", "create", "--full-name", "Jane Doe", "--email", "jane@example.com", "--role", "member", "--invite-mode", "email_link"}, more...)
}

func TestCreateRequests(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		body string
	}{
		"the page's example": {line(), `{"name":"Jane Doe","email":"jane@example.com","role":{"type":"PREDEFINED","name":"MEMBER"},"invite_mode":"EMAIL_LINK"}`},
		"short, any case": {
			[]string{"users", "create", "-n", " Röß ", "-e", " a@b.test ", "-r", "Admin", "--invite-mode=NONE", "-o", "json"},
			`{"name":"Röß","email":"a@b.test","role":{"type":"PREDEFINED","name":"ADMIN"},"invite_mode":"NONE"}`,
		},
		"annotator":        {line("--role", "ANNOTATOR"), `{"name":"Jane Doe","email":"jane@example.com","role":{"type":"PREDEFINED","name":"ANNOTATOR"},"invite_mode":"EMAIL_LINK"}`},
		"member_ui_only":   {line("-r", "member_ui_only"), `{"name":"Jane Doe","email":"jane@example.com","role":{"type":"PREDEFINED","name":"MEMBER_UI_ONLY"},"invite_mode":"EMAIL_LINK"}`},
		"with a password":  {line("--invite-mode", "Temporary_Password"), `{"name":"Jane Doe","email":"jane@example.com","role":{"type":"PREDEFINED","name":"MEMBER"},"invite_mode":"TEMPORARY_PASSWORD"}`},
		"meant after all":  {line("--is-not-developer=false"), `{"name":"Jane Doe","email":"jane@example.com","role":{"type":"PREDEFINED","name":"MEMBER"},"invite_mode":"EMAIL_LINK"}`},
		"an odd address":   {line("--email", "not-an-address"), `{"name":"Jane Doe","email":"not-an-address","role":{"type":"PREDEFINED","name":"MEMBER"},"invite_mode":"EMAIL_LINK"}`},
		"the longest name": {line("-n", strings.Repeat("ü", 255)), `{"name":"` + strings.Repeat("ü", 255) + `","email":"jane@example.com","role":{"type":"PREDEFINED","name":"MEMBER"},"invite_mode":"EMAIL_LINK"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := clitest.NewServer(t).On(post, created(""))
			says(t, clitest.On(t, s).Run(c.args...), 0, "✓ User created successfully\n")
			asked(t, s, post+" "+c.body)
			same(t, s.Headers()[0].Get("Content-Type"), "application/json")
		})
	}
}

// Servers that no longer read is_developer are asked once more; those that do, are not.
func TestCreateNotDeveloper(t *testing.T) {
	t.Parallel()
	const body = ` {"name":"Jane Doe","email":"jane@example.com","role":{"type":"PREDEFINED","name":"MEMBER"},"invite_mode":"EMAIL_LINK","is_developer":false}`
	const patch = "PATCH /v2/users/id-jane"
	no := clitest.User("id-jane", "Jane Doe", "jane@example.com", "INVITED", "MEMBER", false)
	obeys := clitest.JSON(201, strings.TrimSuffix(no, "}")+`,"invite_mode":"EMAIL_LINK"}`)
	t.Run("obeyed", func(t *testing.T) {
		t.Parallel()
		s := clitest.NewServer(t).On(post, obeys)
		if got := clitest.On(t, s).Run(line("--is-not-developer")...); !strings.Contains(got.Out, "is_developer: False") {
			t.Errorf("%s", got)
		}
		asked(t, s, post+body)
	})
	t.Run("not read", func(t *testing.T) {
		t.Parallel()
		s := clitest.NewServer(t).On(post, created("")).On(patch, clitest.JSON(200, no))
		got := clitest.On(t, s).Run(line("--is-not-developer")...)
		says(t, got, 0, "✓ User created successfully\n")
		if !strings.Contains(got.Out, "is_developer: False") {
			t.Errorf("%s", got)
		}
		asked(t, s, post+body, patch+` {"is_developer":false}`)
	})
	t.Run("refused afterwards", func(t *testing.T) {
		t.Parallel()
		s := clitest.NewServer(t).On(post, created("pass-word-1")).On(patch, status(403))
		w := clitest.On(t, s)
		got := w.Run(line("--is-not-developer")...)
		says(t, got, 4, "✗ Error: The user was created, but keeps developer permissions: 403 Forbidden; a detail of Forbidden\n", "Suggestion: You don't have permission.")
		if !strings.Contains(got.Out, "temporary_password: pass-word-1") || strings.Contains(got.Err, "✓") {
			t.Errorf("%s", got)
		}
		same(t, w.Run(line("--is-not-developer", "-o", "json")...).Err, `{
  "error": {
    "status": 403,
    "title": "The user was created, but keeps developer permissions",
    "detail": "a detail of Forbidden",
    "type": "https://ax.example.test/errors#x",
    "request_id": "req_1",
    "exit_code": 4,
    "hint": "You don't have permission. Check your API key or space access."
  }
}
`)
	})
	t.Run("invited already", func(t *testing.T) {
		t.Parallel()
		s := clitest.NewServer(t).On(post, clitest.JSON(200, clitest.Member("jane")))
		says(t, clitest.On(t, s).Run(line("--is-not-developer")...), 0, "nothing was changed")
		asked(t, s, post+body)
	})
}

func TestCreateOutput(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t).On(post, created(""))
	with := clitest.NewServer(t).On(post, created("jhfn-bhep-bm2p-qgmc"))
	const line = "users create -n Jane -e jane@example.com -r member --invite-mode none"
	golden(t, "create.txt", formats(t, s, line)+"with a temporary password\n\n"+clitest.On(t, with).Script(t, line, line+" -o json", line+" -o csv"))
}

func TestCreateInvitedAlready(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t).On(post, clitest.JSON(200, clitest.User("id-jane", "Jane Before", "jane@example.com", "INVITED", "ADMIN", true)))
	w := clitest.On(t, s)
	const line = "users create -n Jane -e jane@example.com -r member --invite-mode none"
	golden(t, "create_again.txt", w.Script(t, line, line+" -o json", line+" -o csv", line+" -o HOME/x.json"))
}

func TestCreateUsage(t *testing.T) {
	t.Parallel()
	const rolesWanted = " is not one of admin, member, member_ui_only, annotator"
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"nothing given":   {[]string{"users", "create"}, "Missing option: --full-name, --email, --role, --invite-mode"},
		"some missing":    {[]string{"users", "create", "-r", "admin", "-e", "a@b"}, "Missing option: --full-name, --invite-mode"},
		"one missing":     {line()[:8], "Missing option: --invite-mode"},
		"bad and missing": {[]string{"users", "create", "-r", "boss"}, `Invalid value for '--role': "boss"` + rolesWanted},
		"no name":         {line("--full-name", " "), "Invalid value for '--full-name': must not be empty"},
		"a long name":     {line("--full-name", strings.Repeat("x", 256)), "Invalid value for '--full-name': must be at most 255 characters"},
		"no address":      {line("-e", ""), "Invalid value for '--email': must not be empty"},
		"no role":         {line("-r", ""), `Invalid value for '--role': ""` + rolesWanted},
		"two roles":       {line("-r", "admin,member"), `Invalid value for '--role': "admin,member"` + rolesWanted},
		"a strange mode":  {line("--invite-mode", "mail"), `Invalid value for '--invite-mode': "mail" is not one of none, email_link, temporary_password`},
		"an argument":     {line("x"), `Got unexpected extra argument "x"`},
		"is-developer":    {line("--is-developer"), "No such option: --is-developer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := clitest.NewServer(t)
			ran(t, clitest.On(t, s).Run(c.args...), 2, "", "✗ Error: "+c.want+"\n  Try 'ax users create --help'.\n")
			asked(t, s)
		})
	}
}

// conversation answers prompts in their order, and fails on any other.
func conversation(t *testing.T, pairs ...string) func(string) string {
	return func(seen string) string {
		if len(pairs) == 0 {
			t.Errorf("one question too many:\n%s", seen)
			return ""
		}
		prompt, answer := pairs[0], pairs[1]
		pairs = pairs[2:]
		if !strings.HasSuffix(seen, prompt) {
			t.Errorf("asked:\n%s\nwant at its end %q", seen, prompt)
		}
		return answer
	}
}

const (
	askRole = "Role (ADMIN, MEMBER, MEMBER_UI_ONLY, ANNOTATOR): "
	askMode = "Invite mode (NONE, EMAIL_LINK, TEMPORARY_PASSWORD): "
)

func TestCreatePrompts(t *testing.T) {
	t.Parallel()
	jane := post + ` {"name":"Jane Doe","email":"jane@example.com","role":{"type":"PREDEFINED","name":"MEMBER"},"invite_mode":"EMAIL_LINK"}`
	for name, c := range map[string]struct {
		args []string
		asks []string
	}{
		"for everything": {[]string{"users", "create"}, []string{"Full name: ", "Jane Doe\n", "Email: ", " jane@example.com\r\n", askRole, "member\n", askMode, "Email_Link\n"}},
		"for what is missing": {
			slices.Delete(line(), 4, 8), // without e-mail and role
			[]string{"Email: ", "jane@example.com\n", askRole, "MEMBER\n"},
		},
		"again after a bad answer": {
			[]string{"users", "create", "-e", "jane@example.com"},
			[]string{
				"Full name: ", "\n", "Error: a value is required\nFull name: ", strings.Repeat("x", 256) + "\n",
				"must be at most 255 characters\nFull name: ", "Jane Doe\n",
				askRole, "boss\n", "Error: choose one of ADMIN, MEMBER, MEMBER_UI_ONLY, ANNOTATOR\n" + askRole, "member\n", askMode, "email_link\n",
			},
		},
		"for nothing": {line(), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := clitest.NewServer(t).On(post, created(""))
			w := clitest.On(t, s)
			w.Columns = 80
			w.Answer = conversation(t, c.asks...)
			got := w.Run(c.args...)
			says(t, got, 0, "✓ User created successfully\n")
			if strings.Contains(got.Out, ": \n") || strings.Contains(got.Out, "Role (") {
				t.Errorf("a prompt is on standard output:\n%s", got)
			}
			asked(t, s, jane)
		})
	}
}

// Nobody answers four questions to learn that the fifth thing was wrong.
func TestCreateChecksBeforeItAsks(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t)
	for _, c := range []struct {
		world *clitest.World
		args  []string
		code  int
		want  string
	}{
		{clitest.On(t, s), []string{"--role", "boss"}, 2, "Invalid value for '--role'"},
		{clitest.On(t, s), []string{"-o", "xml"}, 5, "Invalid output option: xml"},
		{clitest.On(t, s), []string{"-o", "/absent/x.csv"}, 5, "the folder does not exist"},
		{clitest.New(t), nil, 1, "No active profile configured."},
	} {
		c.world.Columns = 80
		c.world.Answer = conversation(t)
		says(t, c.world.Run(append([]string{"users", "create"}, c.args...)...), c.code, c.want)
	}
	asked(t, s)
}

func TestCreatePromptIsAborted(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t)
	w := clitest.On(t, s)
	w.Columns = 80
	w.Answer = conversation(t, "Full name: ", "Jane\n", "Email: ", "")
	says(t, w.Run("users", "create", "-r", "admin"), 1, "✗ Error: no answer: the input has ended\n")
	ctx, cancel := context.WithCancel(context.Background())
	w.Context = ctx
	w.Answer = func(string) string {
		cancel()
		<-t.Context().Done() // the prompt ends first
		return ""
	}
	says(t, w.Run("users", "create", "-r", "admin"), 130, "⚠ Operation cancelled by user\n")
	asked(t, s)
}

// A prompt that nobody can see is not asked: the flags are named instead.
func TestCreateWithoutTerminal(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t)
	w := clitest.On(t, s)
	w.In = "Jane\njane@example.com\nmember\nnone\n"
	says(t, w.Run("users", "create"), 2, "Missing option: --full-name, --email, --role, --invite-mode")
	same(t, w.Run("users", "create", "-o", "json").Err, `{
  "error": {
    "title": "Missing option: --full-name, --email, --role, --invite-mode",
    "exit_code": 2,
    "hint": "Try 'ax users create --help'."
  }
}
`)
	asked(t, s)
}

func TestCreateChecksTheOutputFirst(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t)
	w := clitest.On(t, s)
	for _, output := range []string{"xml", w.Path("absent/x.parquet"), w.Path("absent/x.jsonl"), w.Path("absent/x.json"), w.Path("absent/x.csv")} {
		says(t, w.Run(line("-o", output)...), 5)
	}
	asked(t, s)
}

// A temporary password that cannot be written where it should is shown on
// standard error, in whatever form errors have there.
func TestCreatePasswordIsNeverLost(t *testing.T) {
	t.Parallel()
	const password = "jhfn-bhep-bm2p-qgmc"
	const text = "✗ Error: The user was created. The temporary password is: " + password + "\nIt could not be written where it should: "
	closed := func(t *testing.T, w *clitest.World) {
		r, pipe, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Close()
		t.Cleanup(func() { _ = pipe.Close() })
		w.Out = pipe
	}
	full := func(_ *testing.T, w *clitest.World) { w.Out = broken{} }
	for name, c := range map[string]struct {
		output string
		before func(*testing.T, *clitest.World)
		want   string
	}{
		"disk full":             {"table", full, "ℹ Creating user\n" + text + "Cannot write standard output: disk full: short write\n"},
		"CSV, disk full":        {"csv", full, "ℹ Creating user\n" + text + "Cannot write standard output: disk full: short write\n"},
		"nobody reads":          {"table", closed, "ℹ Creating user\n" + text + "Cannot write standard output: broken pipe\n"},
		"CSV, nobody reads":     {"csv", closed, "ℹ Creating user\n" + text + "Cannot write standard output: broken pipe\n"},
		"JSON, nobody reads":    {"json", closed, jsonPassword(password, "Cannot write standard output: broken pipe")},
		"the folder goes":       {"HOME/out/x.csv", nil, "ℹ Creating user\n" + text + "Cannot write HOME/out/x.csv: the folder does not exist\n"},
		"JSON, the folder goes": {"HOME/out/x.json", nil, jsonPassword(password, "Cannot write HOME/out/x.json: the folder does not exist")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := clitest.NewServer(t)
			w := clitest.On(t, s)
			w.Write(t, "out/old", "")
			s.On(post, clitest.Then(func() { _ = os.RemoveAll(w.Path("out")) }, created(password)))
			if c.before != nil {
				c.before(t, w)
			}
			got := w.Run(line("-o", strings.ReplaceAll(c.output, "HOME", w.Home))...)
			ran(t, got, 5, "", strings.ReplaceAll(c.want, "HOME", w.Home))
		})
	}
}

func jsonPassword(password, detail string) string {
	return fmt.Sprintf(`{
  "error": {
    "title": "The user was created. The temporary password is: %s\nIt could not be written where it should",
    "detail": "%s",
    "exit_code": 5
  }
}
`, password, detail)
}

// Whoever interrupts a creation, or loses its answer, learns that it may have been made.
func TestCreateWithoutAnswer(t *testing.T) {
	t.Parallel()
	const unknown, lost = "It is not known whether the user was created: 'ax users get jane@example.com' tells.", " A temporary password was lost with the answer;"
	for _, mode := range []string{"email_link", "temporary_password"} {
		for _, output := range []string{"table", "json"} {
			ctx, cancel := context.WithCancel(context.Background())
			s := clitest.NewServer(t).On(post, clitest.Hang(cancel), clitest.Drop, status(403))
			w := clitest.On(t, s)
			w.Context = ctx
			interrupted := w.Run(line("--invite-mode", mode, "-o", output)...)
			says(t, interrupted, 130, unknown, "Operation cancelled by user")
			w.Context = context.Background()
			dropped := w.Run(line("--invite-mode", mode, "-o", output)...)
			says(t, dropped, 4, unknown, "Failed to create user")
			for _, got := range []clitest.Result{interrupted, dropped} {
				same(t, strings.Contains(got.Err, unknown+lost), mode == "temporary_password")
			}
			if got := w.Run(line("-o", output)...); strings.Contains(got.Err, "not known") {
				t.Errorf("a refusal leaves no doubt:\n%s", got)
			}
		}
	}
}

// Without a password there is nothing to save, but that the user is there now
// is said all the same.
func TestCreateCannotBeShown(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t).On(post, created(""))
	w := clitest.On(t, s)
	w.Out = broken{}
	ran(t, w.Run(line()...), 5, "", "ℹ Creating user\n✗ Error: The user was created, but could not be shown: Cannot write standard output: disk full: short write\n")
}

// A request that may have arrived is not repeated.
func TestCreateIsSentOnce(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{"dropped": clitest.Drop, "429": status(429), "502": status(502), "503": status(503), "504": status(504)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := clitest.NewServer(t).On(post, answer)
			says(t, clitest.On(t, s).Run(line()...), 4, "✗ Error: ")
			if n := len(s.Requests()); n != 1 {
				t.Errorf("sent %d times", n)
			}
		})
	}
}
