package users_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"ax/internal/cli/clitest"
	"ax/internal/cli/term"
)

func search(email string) string {
	return "GET /v2/users?limit=100&email=" + strings.ReplaceAll(email, "@", "%40")
}

func fetch(word string) string { return "GET /v2/users/id-" + word }

func erase(word string) string { return "DELETE /v2/users/id-" + word }

// town is a server with users who can be found and deleted.
func town(t *testing.T, words ...string) *clitest.Server {
	t.Helper()
	s := clitest.NewServer(t)
	for _, w := range words {
		s.On(search(w+"@example.com"), clitest.Page("", clitest.Member(w))).
			On(fetch(w), clitest.JSON(200, clitest.Member(w))).On(erase(w), clitest.Empty(204))
	}
	return s
}

func remove(more ...string) []string { return append([]string{"users", "delete"}, more...) }

// outcomes reads a JSON result.
func outcomes(t *testing.T, r clitest.Result) (lines []string) {
	t.Helper()
	var got struct {
		Results []struct {
			UserID string `json:"user_id"`
			Status string `json:"status"`
			Email  string `json:"email"`
			Error  string `json:"error"`
		} `json:"results"`
	}
	if err := json.Unmarshal([]byte(r.Out), &got); err != nil {
		t.Fatalf("%v\n%s", err, r)
	}
	for _, o := range got.Results {
		lines = append(lines, strings.TrimSpace(strings.Join([]string{o.UserID, o.Email, o.Status, o.Error}, " ")))
	}
	return lines
}

func TestDeleteRequests(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args  []string
		asked []string
		want  []string
	}{
		"by id": {[]string{"--id", "id-ann"}, []string{erase("ann")}, []string{"id-ann  deleted"}},
		"several ids": {
			[]string{"--id", "id-bob,id-ann", "--id", " id-cy , "},
			[]string{erase("bob"), erase("ann"), erase("cy")},
			[]string{"id-bob  deleted", "id-ann  deleted", "id-cy  deleted"},
		},
		"by e-mail": {
			[]string{"-e", "ann@example.com", "--email=bob@example.com,cy@example.com"},
			[]string{search("ann@example.com"), search("bob@example.com"), search("cy@example.com"), erase("ann"), erase("bob"), erase("cy")},
			[]string{"id-ann ann@example.com deleted", "id-bob bob@example.com deleted", "id-cy cy@example.com deleted"},
		},
		"mixed, in the order given, all found before the first goes": {
			[]string{"--email", "cy@example.com", "--id", "id-ann", "--email", "bob@example.com"},
			[]string{search("cy@example.com"), search("bob@example.com"), erase("cy"), erase("ann"), erase("bob")},
			[]string{"id-cy cy@example.com deleted", "id-ann  deleted", "id-bob bob@example.com deleted"},
		},
		"one id twice": {[]string{"--id", "id-ann,id-ann", "--id", "id-ann"}, []string{erase("ann")}, []string{"id-ann  deleted"}},
		"one e-mail twice": {
			[]string{"--email", "ann@example.com,ann@example.com"},
			[]string{search("ann@example.com"), erase("ann")},
			[]string{"id-ann ann@example.com deleted"},
		},
		"one user by id and e-mail": {
			[]string{"--id", "id-ann,id-bob", "--email", "ann@example.com"},
			[]string{search("ann@example.com"), erase("ann"), erase("bob")},
			[]string{"id-ann ann@example.com deleted", "id-bob  deleted"},
		},
		"one user by e-mail and id": {
			[]string{"--email", "ann@example.com", "--id", "id-bob,id-ann"},
			[]string{search("ann@example.com"), erase("ann"), erase("bob")},
			[]string{"id-ann ann@example.com deleted", "id-bob  deleted"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := town(t, "ann", "bob", "cy")
			got := clitest.On(t, s).Run(remove(append(c.args, "--force", "-o", "json")...)...)
			says(t, got, 0, fmt.Sprintf("✓ Delete complete: %d deleted, 0 failed, 0 not found\n", len(c.want)))
			same(t, outcomes(t, got), c.want)
			asked(t, s, c.asked...)
		})
	}
}

// Two spellings of an address are one user, an id is encoded, and a page that
// only holds similar addresses is not the end of the search.
func TestDeleteFindsExactly(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t).
		On(search("ann@example.com"), clitest.Page("c1", clitest.Member("joann"), clitest.Member("ann@example.com.evil"))).
		On("GET /v2/users?limit=100&cursor=c1&email=ann%40example.com", clitest.Page("", clitest.Member("leann"), clitest.User("id-7", "A", "ANN@Example.com", "ACTIVE", "MEMBER", true))).
		On(search("Ann@EXAMPLE.com"), clitest.Page("", clitest.User("id-7", "A", "ANN@Example.com", "ACTIVE", "MEMBER", true))).
		On("DELETE /v2/users/id-7", clitest.Empty(204)).
		On("DELETE /v2/users/a%2F..%2Fb%3Fx%3D1", clitest.Empty(204))
	w := clitest.On(t, s)
	got := w.Run(remove("--email", "ann@example.com", "--id", "a/../b?x=1", "--force", "-o", "json")...)
	same(t, outcomes(t, got), []string{"id-7 ann@example.com deleted", "a/../b?x=1  deleted"})
	got = w.Run(remove("--email", "Ann@EXAMPLE.com,ann@example.com", "-f", "-o", "json")...)
	same(t, outcomes(t, got), []string{"id-7 Ann@EXAMPLE.com deleted"})
	asked(t, s, search("ann@example.com"), "GET /v2/users?limit=100&cursor=c1&email=ann%40example.com",
		"DELETE /v2/users/id-7", "DELETE /v2/users/a%2F..%2Fb%3Fx%3D1", search("Ann@EXAMPLE.com"), "DELETE /v2/users/id-7")
}

// Whatever happens to one is no matter of the others.
func TestDeleteOutcomes(t *testing.T) {
	t.Parallel()
	const wellFormed = "VXNlcjphYmNkZWZnaDEyMzQ1Njc4"
	s := town(t, "ann", "cy", "gone", "no", "lost").
		On(search("nobody@example.com"), clitest.Page("", clitest.Member("not-nobody"))).
		On(search("broken@example.com"), status(500)).
		On(search("refused@example.com"), status(400)).
		On(search("absent@example.com"), status(404)).
		On("DELETE /v2/users/usr_abc", status(400)).
		On("DELETE /v2/users/"+wellFormed, status(400)).
		On(erase("gone"), status(404)).
		On(erase("no"), clitest.Problem(403, "Access forbidden", "Nobody deletes\nthemselves.")).
		On(erase("lost"), clitest.HTML(500))
	w := clitest.On(t, s)
	args := remove("--force", "--email", "nobody@example.com,ann@example.com,broken@example.com", "--id", "usr_abc,"+wellFormed+",id-gone,id-no,id-lost",
		"--email", "refused@example.com,absent@example.com", "--id", "id-cy")
	got := w.Run(append(args, "-o", "json")...)
	same(t, outcomes(t, got), []string{
		"nobody@example.com not_found",
		"id-ann ann@example.com deleted",
		"broken@example.com failed 500 A title; a detail of Internal Server Error",
		"usr_abc  not_found",
		wellFormed + "  failed 400 A title; a detail of Bad Request",
		"id-gone  not_found",
		"id-no  failed 403 Access forbidden; Nobody deletes themselves.",
		"id-lost  failed 500 Internal Server Error",
		"refused@example.com failed 400 A title; a detail of Bad Request",
		"absent@example.com failed 404 A title; a detail of Not Found",
		"id-cy  deleted",
	})
	ran(t, clitest.Result{Code: got.Code, Err: got.Err}, 4, "", `{
  "error": {
    "title": "Delete incomplete: 2 deleted, 6 failed, 3 not found",
    "exit_code": 4
  }
}
`)
	same(t, w.Run(append(args, "-o", w.Path("x.json"))...), clitest.Result{Code: 4, Err: got.Err})
	narrow := clitest.On(t, s)
	narrow.Columns = 80
	golden(t, "delete.txt", strings.ReplaceAll("piped\n\n"+w.Run(args...).String()+w.Run(append(args, "-o", "json")...).String()+
		w.Run(append(args, "-o", "csv")...).String()+"of 80 columns\n\n"+narrow.Run(args...).String(), w.Home, "HOME"))
}

func TestDeleteOutput(t *testing.T) {
	t.Parallel()
	golden(t, "delete_all_gone.txt", formats(t, town(t, "ann", "bob"), "users delete --force --id id-ann --email bob@example.com"))
}

// An answer that was lost is no failure: the second DELETE finds nobody.
func TestDeleteRepeated(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]http.HandlerFunc{"dropped": clitest.Drop, "503": status(503), "429": status(429)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := clitest.NewServer(t).On(erase("ann"), first, status(404))
			got := clitest.On(t, s).Run(remove("--id", "id-ann", "--force", "-o", "json")...)
			says(t, got, 0)
			same(t, outcomes(t, got), []string{"id-ann  deleted"})
			asked(t, s, erase("ann"), erase("ann"))
		})
	}
}

// A server that accepts nothing is tried for each user, and 401 is told from
// other failures.
func TestDeleteUnauthorized(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t).On(erase("ann"), status(401)).On(erase("bob"), status(401))
	w := clitest.On(t, s)
	got := w.Run(remove("--id", "id-ann,id-bob", "--force", "-o", "csv")...)
	says(t, got, 3, "✗ Error: Delete incomplete: 0 deleted, 2 failed, 0 not found: 401 Unauthorized; a detail of Unauthorized\n", "Suggestion: Authentication failed.")
	same(t, got.Out, "user_id,status,email,error\nid-ann,failed,,401 A title; a detail of Unauthorized\nid-bob,failed,,401 A title; a detail of Unauthorized\n")
}

func TestDeleteUsage(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t)
	const nothing, nobody = "At least one --id or --email must be provided", "Nobody is there to confirm; use --force to delete without asking. Nothing was deleted."
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"nothing":            {nil, nothing},
		"nothing, forced":    {[]string{"--force"}, nothing},
		"empty values":       {[]string{"--id", "", "--email", " , ,", "-f"}, nothing},
		"an argument":        {[]string{"id-ann"}, `Got unexpected extra argument "id-ann"`},
		"no terminal":        {[]string{"--id", "id-ann"}, nobody},
		"no terminal, email": {[]string{"--email", "ann@example.com"}, nobody},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := clitest.On(t, s)
			w.In = "y\nyes\n"
			ran(t, w.Run(remove(c.args...)...), 2, "", "✗ Error: "+c.want+"\n  Try 'ax users delete --help'.\n")
			same(t, w.Run(remove(append(c.args, "-o", "json")...)...).Err,
				"{\n  \"error\": {\n    \"title\": "+quote(t, c.want)+",\n    \"exit_code\": 2,\n    \"hint\": \"Try 'ax users delete --help'.\"\n  }\n}\n")
		})
	}
	asked(t, s)
}

func quote(t *testing.T, s string) string {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestDeletePrompt(t *testing.T) {
	t.Parallel()
	const sure = "  A deleted address cannot be invited again.\nAre you sure? [y/N]: "
	about := func(n int) string {
		return fmt.Sprintf("⚠ This will permanently delete %d user(s) and cascade to all memberships, API keys, and role bindings\n", n)
	}
	for name, c := range map[string]struct {
		args    []string
		answers []string
		code    int
		errs    string
		deleted []string
	}{
		"yes": {
			[]string{"--id", "id-ann", "--email", "bob@example.com"}, []string{sure, "y\n"}, 0,
			about(2) + "    ANN <ann@example.com>\n    BOB <bob@example.com>\n" + sure + "✓ Delete complete: 2 deleted, 0 failed, 0 not found\n",
			[]string{erase("ann"), erase("bob")},
		},
		"yes, after a slip": {
			[]string{"--id", "id-ann"}, []string{sure, "yeah\n", "Error: invalid input\nAre you sure? [y/N]: ", " YES \r\n"}, 0,
			about(1) + "    ANN <ann@example.com>\n" + sure + "Error: invalid input\nAre you sure? [y/N]: ✓ Delete complete: 1 deleted, 0 failed, 0 not found\n",
			[]string{erase("ann")},
		},
		"no":          {[]string{"--id", "id-ann"}, []string{sure, "n\n"}, 1, about(1) + "    ANN <ann@example.com>\n" + sure + "ℹ Users not deleted\n", nil},
		"just Enter":  {[]string{"--id", "id-ann"}, []string{sure, "\n"}, 1, about(1) + "    ANN <ann@example.com>\n" + sure + "ℹ Users not deleted\n", nil},
		"end of file": {[]string{"--id", "id-ann"}, []string{sure, ""}, 1, about(1) + "    ANN <ann@example.com>\n" + sure + "\nℹ Users not deleted\n", nil},
		"the same one thrice": {
			[]string{"--id", "id-ann,id-ann", "--email", "ann@example.com"}, []string{sure, "y\n"}, 0,
			about(1) + "    ANN <ann@example.com>\n" + sure + "✓ Delete complete: 1 deleted, 0 failed, 0 not found\n",
			[]string{erase("ann")},
		},
		"nobody was found": {[]string{"--email", "nobody@example.com"}, nil, 4, "✗ Delete incomplete: 0 deleted, 0 failed, 1 not found\n", nil},
		"not all were": {
			[]string{"--email", "nobody@example.com", "--id", "id-ann"}, []string{sure, "y\n"}, 4,
			about(1) + "    ANN <ann@example.com>\n" + sure + "✗ Delete incomplete: 1 deleted, 0 failed, 1 not found\n",
			[]string{erase("ann")},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := town(t, "ann", "bob").On(search("nobody@example.com"), clitest.Page(""))
			w := clitest.On(t, s)
			w.Columns = 80
			w.Answer = conversation(t, c.answers...)
			got := w.Run(remove(c.args...)...)
			ran(t, clitest.Result{Code: got.Code, Err: got.Err}, c.code, "", c.errs)
			if strings.Contains(got.Out, "sure") || c.code == 1 && got.Out != "" {
				t.Errorf("%s", got)
			}
			var deleted []string
			for _, r := range s.Requests() {
				if strings.HasPrefix(r, "DELETE") {
					deleted = append(deleted, r)
				}
			}
			same(t, deleted, c.deleted)
		})
	}
}

func TestDeletePromptNamesTen(t *testing.T) {
	t.Parallel()
	for n, more := range map[int]string{10: "", 11: "    and 1 more\n", 25: "    and 15 more\n"} {
		var words, named []string
		for i := range n {
			words = append(words, fmt.Sprint("u", i))
			if i < 10 {
				named = append(named, fmt.Sprintf("    U%d <u%d@example.com>\n", i, i))
			}
		}
		w := clitest.On(t, town(t, words...))
		w.Columns = 80
		w.Answer = conversation(t, "", "n\n")
		got := w.Run(remove("--id", "id-"+strings.Join(words, ",id-"))...)
		same(t, got.Err, fmt.Sprintf("⚠ This will permanently delete %d user(s) and cascade to all memberships, API keys, and role bindings\n", n)+
			strings.Join(named, "")+more+"  A deleted address cannot be invited again.\nAre you sure? [y/N]: ℹ Users not deleted\n")
	}
}

// A name cannot forge a line of the prompt, or hide one.
func TestDeletePromptIsLiteral(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t).On(fetch("x"), clitest.JSON(200, clitest.User("id-x", "Bob\x1b[2K\r\nAre you sure? [y/N]: \u202e", "x@y", "ACTIVE", "MEMBER", true)))
	w := clitest.On(t, s)
	w.Columns = 80
	w.Answer = conversation(t, "", "n\n")
	says(t, w.Run(remove("--id", "id-x")...), 1, `    Bob\x1b[2K\r\nAre you sure? [y/N]: \u202e <x@y>`+"\n")
}

// A question that goes to a file is one that nobody sees, and so is a terminal
// without a keyboard one that nobody answers.
func TestPromptsNeedBothEnds(t *testing.T) {
	t.Parallel()
	for _, hide := range []func(*term.Streams){
		func(s *term.Streams) { s.InTTY = false },
		func(s *term.Streams) { s.ErrTTY = false },
	} {
		s := clitest.NewServer(t)
		w := clitest.On(t, s)
		w.Columns, w.Streams = 80, hide
		w.Answer = conversation(t)
		says(t, w.Run(remove("--id", "id-ann")...), 2, "Nobody is there to confirm")
		says(t, w.Run("users", "create", "-n", "Jane"), 2, "Missing option: --email, --role, --invite-mode")
		asked(t, s)
	}
}

func TestDeleteJSONDeclined(t *testing.T) {
	t.Parallel()
	w := clitest.On(t, town(t, "ann"))
	w.Columns = 80
	w.Answer = conversation(t, "", "n\n")
	got := w.Run(remove("--id", "id-ann", "-o", "json")...)
	says(t, got, 1, "Are you sure? [y/N]: {\n  \"error\": {\n    \"title\": \"Users not deleted\",\n    \"exit_code\": 1\n  }\n}\n")
	same(t, got.Out, "")
}

// An interruption in the middle: what was done is shown, what was not begun is
// not, and of the one in between nobody knows.
func TestDeleteInterrupted(t *testing.T) {
	t.Parallel()
	for _, output := range []string{"table", "json", "csv"} {
		t.Run(output, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(context.Background())
			s := town(t, "ann", "bob", "cy").On(erase("bob"), clitest.Hang(cancel))
			w := clitest.On(t, s)
			w.Context = ctx
			got := w.Run(remove("--id", "id-ann,id-bob,id-cy", "--force", "-o", output)...)
			if got.Code != 130 {
				t.Errorf("%s", got)
			}
			asked(t, s, erase("ann"), erase("bob"))
			switch output {
			case "json":
				same(t, outcomes(t, got), []string{"id-ann  deleted", "id-bob  failed interrupted; whether it was deleted is not known"})
				same(t, got.Err, "{\n  \"error\": {\n    \"title\": \"Operation cancelled by user\",\n    \"exit_code\": 130\n  }\n}\n")
			case "csv":
				same(t, got.Out, "user_id,status,email,error\nid-ann,deleted,,\nid-bob,failed,,interrupted; whether it was deleted is not known\n")
			default:
				says(t, got, 130, "\n⚠ Operation cancelled by user\n")
				if !strings.Contains(got.Out, "│ id-ann  │ deleted │ — ") || !strings.Contains(got.Out, "│ id-bob  │ failed  │ interrupted;") || strings.Contains(got.Out, "id-cy") {
					t.Errorf("%s", got)
				}
			}
		})
	}
}

// An interruption while users are still looked for deletes nobody.
func TestDeleteInterruptedEarly(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	s := town(t, "ann").On(search("bob@example.com"), clitest.Hang(cancel))
	w := clitest.On(t, s)
	w.Context = ctx
	ran(t, w.Run(remove("--email", "ann@example.com,bob@example.com", "--force")...), 130, "", "ℹ Finding users\n\n⚠ Operation cancelled by user\n")
	asked(t, s, search("ann@example.com"), search("bob@example.com"))
}

// An answer without an id must not become a DELETE of something else.
func TestDeleteNeedsAnID(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t).On(fetch("x"), clitest.JSON(200, "{}"))
	w := clitest.On(t, s)
	w.Columns = 80
	got := w.Run(remove("--id", "id-x", "-o", "json")...)
	same(t, outcomes(t, got), []string{"id-x  failed the server's answer holds no user; is this the address of the API?"})
	asked(t, s, fetch("x"))
}

func TestDeleteOutputIsCheckedFirst(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t)
	w := clitest.On(t, s)
	for _, output := range []string{"xml", w.Path("absent/x.parquet"), w.Path("absent/x.json")} {
		says(t, w.Run(remove("--id", "id-x", "--email", "x@y", "--force", "-o", output)...), 5)
	}
	asked(t, s)
}

// What was deleted is told also when the results cannot be written.
func TestDeleteResultsCannotBeShown(t *testing.T) {
	t.Parallel()
	s := town(t, "ann").On(erase("bob"), status(404))
	w := clitest.On(t, s)
	w.Write(t, "out/old", "")
	s.On(erase("ann"), clitest.Then(func() { _ = os.RemoveAll(w.Path("out")) }, clitest.Empty(204)))
	says(t, w.Run(remove("--id", "id-ann,id-bob", "--force", "-o", w.Path("out/x.csv"))...), 5,
		"✗ Error: 1 deleted, 0 failed, 1 not found; this could not be shown in full: Cannot write "+w.Path("out/x.csv")+": the folder does not exist\n")
}
