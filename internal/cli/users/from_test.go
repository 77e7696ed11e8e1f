package users_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ax/internal/cli/clitest"
	"ax/internal/cli/term"
	"ax/internal/wire"
)

// listed runs a command on a list, with JSON for output.
func listed(t *testing.T, w *clitest.World, verb, list string, more ...string) clitest.Result {
	t.Helper()
	w.Write(t, "list.csv", list)
	return w.Run(append([]string{"users", verb, "--from", w.Path("list.csv"), "-o", "json"}, more...)...)
}

// rowsOf reads a JSON result into lines.
func rowsOf(t *testing.T, r clitest.Result) (lines []string) {
	t.Helper()
	var got struct {
		Results []struct {
			Line     int    `json:"line"`
			Email    string `json:"email"`
			UserID   string `json:"user_id"`
			Status   string `json:"status"`
			Password string `json:"temporary_password"`
			Error    string `json:"error"`
		} `json:"results"`
	}
	if err := json.Unmarshal([]byte(r.Out), &got); err != nil {
		t.Fatalf("%v\n%s", err, r)
	}
	for _, o := range got.Results {
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%d %s %s %s", o.Line, strings.TrimSpace(o.Email+" "+o.UserID), o.Status, strings.TrimSpace(o.Password+" "+o.Error))))
	}
	return lines
}

func results(t *testing.T, w *clitest.World, name string) string {
	t.Helper()
	text, err := os.ReadFile(w.Path(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const three = "email,full_name\nann@example.com,ANN\nbob@example.com,BOB\ncy@example.com,CY\n"

func creating(mode string, more ...string) []string {
	return append([]string{"--role", "member", "--invite-mode", mode}, more...)
}

func TestCreateFrom(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	w := o.world()
	got := listed(t, w, "create", three, creating("temporary_password")...)
	says(t, got, 0, "✓ All of the 3 row(s) are done.\n  created: 3\nThe results are in "+w.Path("list.create-results.csv")+", with the temporary passwords.\n")
	same(t, rowsOf(t, got), []string{
		"2 ann@example.com id-ann created secret-of-ann", "3 bob@example.com id-bob created secret-of-bob", "4 cy@example.com id-cy created secret-of-cy",
	})
	same(t, o.asked(), []string{"POST ann", "POST bob", "POST cy"})
	same(t, results(t, w, "list.create-results.csv"), "line,email,user_id,status,temporary_password,error\n"+
		"2,ann@example.com,id-ann,created,secret-of-ann,\n3,bob@example.com,id-bob,created,secret-of-bob,\n4,cy@example.com,id-cy,created,secret-of-cy,\n")
	info, err := os.Stat(w.Path("list.create-results.csv"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	for _, name := range w.Files(t) {
		if strings.Contains(name, ".lock") || strings.Contains(name, ".tmp") {
			t.Errorf("%s is left", name)
		}
	}
}

// Where a value is from: the row, --map, the options; and what becomes of it.
func TestCreateFromColumns(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		list string
		args []string
		want string // the user, as stored
		errs string
	}{
		"by name": {"E-Mail;Full Name;ROLE;invite mode\na@x.example;Ann;Admin;None\n", nil, "Ann a@x.example ACTIVE ADMIN true", ""},
		"our own columns": {
			"id,name,email,created_at,status,role,is_developer\nid-1,Ann,a@x.example,2026-01-01T00:00:00Z,ACTIVE,ANNOTATOR,true\n",
			creating("none"), "Ann a@x.example ACTIVE ANNOTATOR true", "ℹ Columns that are not used: id, created_at, status\n",
		},
		"mapped": {
			"Work Email,First,Last,\"Title, long\"\n a@x.example , Ann ,Example,x\n",
			creating("none", "--map", "email=Work Email,full_name={First} {Last}, {Title, long}"), "Ann Example, x a@x.example ACTIVE MEMBER true", "",
		},
		"mapped in any case":      {"WORK_EMAIL,n\na@x.example,Ann\n", creating("none", "--map", "email=Work Email", "--map", "name=N"), "Ann a@x.example ACTIVE MEMBER true", ""},
		"mapped over its name":    {"email,mail,name\nold@x.example,a@x.example,Ann\n", creating("none", "--map", "email=mail"), "Ann a@x.example ACTIVE MEMBER true", ""},
		"an empty part":           {"email,First,Last\na@x.example,Ann,\n", creating("none", "--map", "full_name={First} {Last}"), "Ann a@x.example ACTIVE MEMBER true", ""},
		"a field that is none":    {"email,name,role\na@x.example,Ann,Head of Sales\n", creating("none", "--map", "role="), "Ann a@x.example ACTIVE MEMBER true", ""},
		"an empty cell":           {"email,name,role\na@x.example,Ann,\n", creating("none"), "Ann a@x.example ACTIVE MEMBER true", ""},
		"a cell before an option": {"email,name,role\na@x.example,Ann,member ui-only\n", creating("none"), "Ann a@x.example ACTIVE MEMBER_UI_ONLY true", ""},
		"no developer":            {"email,name,is_developer\na@x.example,Ann,No\n", creating("none"), "Ann a@x.example ACTIVE MEMBER false", ""},
		"no developer by option":  {"email,name\na@x.example,Ann\n", creating("none", "--is-not-developer"), "Ann a@x.example ACTIVE MEMBER false", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			w := o.world()
			w.Write(t, "list.csv", c.list)
			got := w.Run(append([]string{"users", "create", "--from", w.Path("list.csv")}, c.args...)...)
			says(t, got, 0, c.errs)
			if strings.Contains(got.Err, "not used") != (c.errs != "" || strings.Contains(name, "none") || strings.Contains(name, "over")) {
				t.Errorf("%s", got)
			}
			u := o.users[0]
			same(t, fmt.Sprintf("%s %s %s %s %t", u.Name, u.Email, u.Status, u.Role.Name, u.IsDeveloper), c.want)
		})
	}
}

// Everything that is wrong with a list is told before anything is sent.
func TestFromFaults(t *testing.T) {
	t.Parallel()
	const usual = "email,full_name\n"
	for name, c := range map[string]struct {
		list string
		args []string
		want string // behind "✗ Error: ", LIST for the file
	}{
		"no columns": {"a,b\n1,2\n3,4\n", []string{"--role", "admin"}, `LIST has 3 fault(s); nothing was sent
  LIST:2: full_name: there is no such column; --map full_name='COLUMN' says where it is
  LIST:2: email: there is no such column; --map email='COLUMN' says where it is
  LIST:2: invite_mode: there is no such column; --invite-mode gives one to all`},
		"each field": {"email,full_name,role,invite_mode,is_developer\n" +
			"jane,Jane,boss,post,perhaps\n,,,,true\nx y@x.example,J\x01,,none,\n", creating(""), `LIST has 10 fault(s); nothing was sent
  LIST:2: email: "jane" is not an address like jane@example.com
  LIST:2: role: "boss" is not one of admin, member, member_ui_only, annotator
  LIST:2: invite_mode: "post" is not one of none, email_link, temporary_password
  LIST:2: is_developer: "perhaps" is neither true nor false
  LIST:3: full_name: is empty; --map full_name='COLUMN' says where it is
  LIST:3: email: is empty; --map email='COLUMN' says where it is
  LIST:3: role: is empty; --role gives one to all
  LIST:3: invite_mode: is empty; --invite-mode gives one to all
  LIST:4: email: "x y@x.example" is not an address like jane@example.com
  LIST:4: full_name: "J\x01" has a line break or another control character in it`},
		"addresses": {usual + "a@localhost,A\na@.x.example,A\na@x.example.,A\n@x.example,A\nJane <a@x.example>,A\na@" + strings.Repeat("b", 250) + ".example,A\n", creating("none"),
			`LIST has 6 fault(s); nothing was sent
  LIST:2: email: "a@localhost" does not end in a domain like example.com
  LIST:3: email: "a@.x.example" does not end in a domain like example.com
  LIST:4: email: "a@x.example." does not end in a domain like example.com
  LIST:5: email: "@x.example" is not an address like jane@example.com
  LIST:6: email: "Jane <a@x.example>" is not an address like jane@example.com
  LIST:7: email: must be at most 254 bytes`},
		"twice": {usual + "a@münchen.example,A\nb@x.example,B\nA@xn--mnchen-3ya.EXAMPLE,A\nB@X.example,B\n", creating("none"), `LIST has 2 fault(s); nothing was sent
  LIST:4: email: the same as on line 2
  LIST:5: email: the same as on line 3`},
		"rows and fields": {usual + "a@x.example,A,\nb,B\n\"c\"d,e\n", creating("none"), `LIST has 3 fault(s); nothing was sent
  LIST:2: the row has 3 cell(s) and the header 2; is a separator or a quote missing?
  LIST:3: email: "b" is not an address like jane@example.com
  LIST:4: a quoted cell does not end where it should`},
		"a long name":        {usual + "a@x.example," + strings.Repeat("ä", 256) + "\n", creating("none"), "LIST has 1 fault(s); nothing was sent\n  LIST:2: full_name: must be at most 255 characters"},
		"empty":              {"", creating("none"), "LIST holds no users"},
		"header only":        {usual, creating("none"), "LIST holds no users"},
		"UTF-16":             {"\xff\xfee\x00", creating("none"), `LIST: the text is UTF-16; save the list as "CSV UTF-8"`},
		"two columns":        {"email,name,full_name\na@x.example,A,B\n", creating("none"), `The columns "name" and "full_name" both mean full_name; choose one, like --map full_name=full_name`},
		"no such column":     {usual + "a@x.example,A\n", creating("none", "--map", "email=Work Email"), `Invalid value for '--map': LIST has no column "Work Email"; it has email, full_name`},
		"no such field":      {usual, creating("none", "--map", "phone=x"), `Invalid value for '--map': "phone=x" does not begin with one of email=, full_name=, role=, invite_mode=, is_developer=`},
		"braces":             {usual, creating("none", "--map", "full_name={First"), `Invalid value for '--map': the braces of "{First" do not match, or are empty`},
		"no braces":          {usual, creating("none", "--map", "full_name={}"), `Invalid value for '--map': the braces of "{}" do not match, or are empty`},
		"a role that is bad": {usual + "a@x.example,A\n", []string{"--role", "boss", "--invite-mode", "none"}, `Invalid value for '--role': "boss" is not one of admin, member, member_ui_only, annotator`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newOffice(t).world()
			w.Write(t, "list.csv", c.list)
			if c.args[len(c.args)-1] == "" {
				c.args = nil
			}
			before := w.Files(t)
			got := w.Run(append([]string{"users", "create", "--from", w.Path("list.csv")}, c.args...)...)
			want := "✗ Error: " + strings.ReplaceAll(c.want, "LIST", w.Path("list.csv")) + "\n  Try 'ax users create --help'.\n"
			ran(t, got, 2, "", want)
			same(t, w.Files(t), before)
		})
	}
}

// The faults of a long list do not fill the screen.
func TestFromManyFaults(t *testing.T) {
	t.Parallel()
	w := newOffice(t).world()
	got := listed(t, w, "create", "email,full_name\n"+strings.Repeat("jane,J\n", 500), creating("none")...)
	var report struct {
		Error struct {
			Title string `json:"title"`
			Code  int    `json:"exit_code"`
		} `json:"error"`
	}
	if err := json.Unmarshal([]byte(got.Err), &report); err != nil || report.Error.Code != 2 {
		t.Fatalf("%v\n%s", err, got)
	}
	if n := strings.Count(report.Error.Title, "\n"); n != 21 || !strings.HasSuffix(report.Error.Title, "and 979 more") {
		t.Errorf("%d lines:\n%s", n, report.Error.Title)
	}
}

// What makes no sense together is refused before anything is read.
func TestFromOptions(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"create --map email=x":                                  "--map needs --from",
		"create --dry-run":                                      "--dry-run needs --from",
		"delete --results x.csv --id a":                         "--results needs --from",
		"update id-ann --resume x.csv":                          "--resume needs --from",
		"delete --id a --max-delete 1":                          "--max-delete needs --from",
		"create --from a.csv --resume=":                         "Invalid value for '--resume': results are CSV, so the file's name has to end in .csv",
		"create --from a.csv --email a@x.example":               "--email and --from exclude each other: the list has one for each user",
		"create --from a.csv -n Ann":                            "--full-name and --from exclude each other: the list has one for each user",
		"update --from a.csv id-ann":                            `"id-ann" and --from exclude each other: the list has the users`,
		"update --from a.csv --full-name A":                     "--full-name and --from exclude each other: the list has one for each user",
		"update --from a.csv --is-developer --is-not-developer": "--is-developer and --is-not-developer exclude each other",
		"delete --from a.csv --id a":                            "--id and --from exclude each other: the list has one for each user",
		"create --from a.csv --dry-run --resume x.csv":          "--dry-run does nothing that could have results; leave --results and --resume out",
		"create --from a.csv --results y.csv --resume x.csv":    "--results and --resume exclude each other: results are added to the file that --resume names",
		"create --from a.csv --results y.json":                  "Invalid value for '--results': results are CSV, so the file's name has to end in .csv",
		"create --from=":                                        "Invalid value for '--from': must name a file, or - for standard input",
		"delete --from a.csv":                                   "Nobody is there to confirm; use --force to delete without asking. Nothing was deleted.",
		"resend-invitation id-ann --quiet":                      "--quiet needs --from: a single letter has no result to show",
	} {
		w := newOffice(t).world()
		verb, _, _ := strings.Cut(line, " ")
		ran(t, w.Run(append([]string{"users"}, strings.Fields(line)...)...), 2, "", "✗ Error: "+want+"\n  Try 'ax users "+verb+" --help'.\n")
	}
	w := newOffice(t).world()
	ran(t, w.Run("users", "create", "--from", w.Path("absent.csv")), 5, "", "✗ Error: cannot read "+w.Path("absent.csv")+": no such file or directory\n")
	ran(t, w.Run("users", "create", "--from", w.Home), 5, "", "✗ Error: cannot read "+w.Home+": it is a folder\n")
}

// The list comes from a pipe, or in another format; our own output is a list.
func TestFromFormats(t *testing.T) {
	t.Parallel()
	for name, list := range map[string]string{
		"csv":       three,
		"json":      `[{"email":"ann@example.com","name":"ANN"},{"email":"bob@example.com","full_name":"BOB"},{"email":"cy@example.com","full_name":"CY"}]`,
		"jsonl":     "{\"email\":\"ann@example.com\",\"name\":\"ANN\"}\n{\"email\":\"bob@example.com\",\"name\":\"BOB\"}\n{\"email\":\"cy@example.com\",\"name\":\"CY\"}\n",
		"our users": `{"users":[` + clitest.Member("ann") + "," + clitest.Member("bob") + "," + clitest.Member("cy") + `],"pagination":{"has_more":false}}`,
	} {
		o := newOffice(t)
		w := o.world()
		w.In = list
		got := w.Run("users", "create", "--from", "-", "--role", "member", "--invite-mode", "none", "--results", w.Path("r.csv"), "-q")
		ran(t, got, 0, "id-ann\nid-bob\nid-cy\n", "")
		if len(o.users) != 3 || o.users[0].Name != strings.ToUpper(strings.Split(o.users[0].Email, "@")[0]) {
			t.Errorf("%s: %v", name, o.users)
		}
	}
}

// What is there already is told, with how it differs.
func TestCreateFromOutcomes(t *testing.T) {
	t.Parallel()
	list := "email,full_name,role\nNEW@example.com,NEW,\ninvited@example.com,INVITED,\nactive@example.com,ACTIVE,\nexpired@example.com,EXPIRED,\n" +
		"other@example.com,Other,\nboss@example.com,BOSS,admin\ngone@example.com,GONE,\nbad@example.com,BAD,\nforbidden@example.com,F,admin\n"
	office := func() *office {
		o := newOffice(t).has("invited", wire.UserStatusInvited).has("active", wire.UserStatusActive).has("expired", wire.UserStatusExpired).
			has("other", wire.UserStatusInvited).has("boss", wire.UserStatusActive)
		o.gone = append(o.gone, "gone@example.com")
		return o.fails("POST bad", "422").fails("POST forbidden", "403")
	}
	o := office()
	got := listed(t, o.world(), "create", list, creating("email_link")...)
	same(t, rowsOf(t, got), []string{
		"2 NEW@example.com id-NEW created", "3 invited@example.com id-invited already_invited", "4 active@example.com id-active already_active",
		"5 expired@example.com id-expired created", `6 other@example.com id-other differs full_name is "OTHER", not "Other"`,
		"7 boss@example.com id-boss differs role is member, not admin",
		"8 gone@example.com failed 409 Resource conflict; A deleted address cannot be invited again.",
		"9 bad@example.com failed 422 Unprocessable Entity; as it was told", "10 forbidden@example.com failed 403 Forbidden; as it was told",
	})
	says(t, got, 4, `"title": "5 of 9 row(s) are not done.\n  created: 2\n  already invited: 1\n  already active: 1\n  differs: 2\n  failed: 3\nThe results are in `, `\nTo go on: ax users create --from `)

	o = office()
	w := o.world()
	before := w.Files(t)
	got = listed(t, w, "create", list, creating("email_link", "--dry-run")...)
	same(t, rowsOf(t, got), []string{
		"2 NEW@example.com new", "3 invited@example.com id-invited already_invited", "4 active@example.com id-active already_active",
		"5 expired@example.com id-expired new", `6 other@example.com id-other differs full_name is "OTHER", not "Other"`,
		"7 boss@example.com id-boss differs role is member, not admin", "8 gone@example.com new", "9 bad@example.com new", "10 forbidden@example.com new",
	})
	says(t, got, 4, "Nothing was done. 2 of 9 row(s) cannot be, as they are.")
	same(t, o.wrote(), []string{})
	same(t, w.Files(t), append(before, "list.csv"))
}

// A request without an answer is settled by a look at the address.
func TestCreateFromLostAnswers(t *testing.T) {
	t.Parallel()
	const lost = "password_lost a temporary password, if this run made one, was lost with its answer; 'ax users resend-invitation ann@example.com' sends a link instead"
	for name, c := range map[string]struct {
		mode   string
		faults []string // of POST
		code   int
		want   string
		posts  int
	}{
		"link, done":            {"email_link", []string{"lose"}, 0, "created", 1},
		"link, not done":        {"email_link", []string{"drop"}, 0, "created", 2},
		"password, done":        {"temporary_password", []string{"lose"}, 4, lost, 1},
		"password, not done":    {"temporary_password", []string{"drop"}, 0, "created secret-of-ann", 2},
		"none, done":            {"none", []string{"lose"}, 0, "created", 1},
		"a gateway":             {"temporary_password", []string{"502"}, 0, "created secret-of-ann", 2},
		"busy":                  {"temporary_password", []string{"503", "429", "429"}, 0, "created secret-of-ann", 4},
		"dropped for good":      {"email_link", []string{"drop", "drop", "drop", "drop"}, 4, "unknown it is not known whether it was done: the server closed the connection without an answer", 3},
		"a fault of the server": {"email_link", []string{"500", "500", "500"}, 4, "unknown it is not known whether it was done: 500 Internal Server Error; as it was told", 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t).fails("POST ann", c.faults...)
			got := listed(t, o.world(), "create", "email,full_name\nann@example.com,ANN\n", creating(c.mode)...)
			says(t, got, c.code)
			id := ""
			if !strings.HasPrefix(c.want, "unknown") {
				id = "id-ann "
			}
			same(t, rowsOf(t, got), []string{"2 ann@example.com " + id + c.want})
			same(t, o.count("POST ann"), c.posts)
			if len(o.users) > 1 {
				t.Errorf("%v", o.users)
			}
		})
	}
}

// A run goes on where another ended, whatever that one left behind.
func TestCreateFromResume(t *testing.T) {
	t.Parallel()
	const list = "email,full_name\nann@example.com,ANN\nbob@example.com,BOB\ncy@example.com,CY\ndee@example.com,DEE\neve@example.com,EVE\nfay@example.com,FAY\n"
	o := newOffice(t).has("ann", wire.UserStatusInvited).has("bob", wire.UserStatusInvited)
	w := o.world()
	// ann was created; bob and cy were sent when the process died, and bob arrived; dee had failed; eve's line was being written.
	w.Write(t, "r.csv", "line,email,user_id,status,temporary_password,error\n2,ann@example.com,,begun,,\n3,bob@example.com,,begun,,\n4,cy@example.com,,begun,,\n"+
		"5,dee@example.com,,begun,,\n2,ann@example.com,id-ann,created,secret-of-ann,\n5,dee@example.com,,failed,,422 No\n6,eve@exa")
	got := listed(t, w, "create", list, creating("temporary_password", "--resume", w.Path("r.csv"))...)
	const lost = "password_lost a temporary password, if this run made one, was lost with its answer; 'ax users resend-invitation bob@example.com' sends a link instead"
	want := []string{
		"2 ann@example.com id-ann created secret-of-ann", "3 bob@example.com id-bob " + lost, "4 cy@example.com id-cy created secret-of-cy",
		"5 dee@example.com id-dee created secret-of-dee", "6 eve@example.com id-eve created secret-of-eve", "7 fay@example.com id-fay created secret-of-fay",
	}
	same(t, rowsOf(t, got), want)
	says(t, got, 4, "1 of 6 row(s) are not done.")
	same(t, o.asked(), []string{"GET bob", "GET cy", "POST cy", "POST dee", "POST eve", "POST fay"})
	if text := results(t, w, "r.csv"); strings.Contains(text, "begun") || strings.Count(text, "\n") != 7 {
		t.Errorf("%s", text)
	}
	// Once more: nothing is sent, and the file stays as it is.
	text := results(t, w, "r.csv")
	same(t, rowsOf(t, listed(t, w, "create", list, creating("temporary_password", "--resume", w.Path("r.csv"))...)), want)
	same(t, results(t, w, "r.csv"), text)
	same(t, len(o.asked()), 6)
	// A row more is one more to do.
	got = listed(t, w, "create", list+"gil@example.com,GIL\n", creating("temporary_password", "--resume", w.Path("r.csv"))...)
	same(t, rowsOf(t, got), append(want, "8 gil@example.com id-gil created secret-of-gil"))
}

// Results that are not those of this list and command are left alone.
func TestFromResumeRefuses(t *testing.T) {
	t.Parallel()
	const header = "line,email,user_id,status,temporary_password,error\n"
	for name, c := range map[string]struct {
		file string
		want string
	}{
		"another list":    {header + "2,zoe@example.com,id-zoe,created,secret,\n", "FILE is about zoe@example.com id-zoe, whom LIST does not have; is it of another list?"},
		"another command": {header + "2,ann@example.com,id-ann,deleted,,\n", "FILE:2: this is no result of 'ax users create'"},
		"another file":    {"a,b\n1,2\n", "FILE:2: this is no result of 'ax users create'"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			w := o.world()
			w.Write(t, "r.csv", c.file)
			w.Write(t, "list.csv", three)
			got := w.Run(append([]string{"users", "create", "--from", w.Path("list.csv"), "--resume", w.Path("r.csv")}, creating("none")...)...)
			want := strings.NewReplacer("FILE", w.Path("r.csv"), "LIST", w.Path("list.csv")).Replace(c.want)
			ran(t, got, 2, "", "✗ Error: "+want+"\n  Try 'ax users create --help'.\n")
			same(t, results(t, w, "r.csv"), c.file)
			same(t, len(o.asked()), 0)
		})
	}
	o := newOffice(t)
	w := o.world()
	got := listed(t, w, "create", three, creating("none", "--resume", w.Path("absent.csv"))...)
	says(t, got, 5, "cannot resume "+w.Path("absent.csv")+": no such file or directory")
	// A row that failed and is no longer in the list is forgotten.
	w.Write(t, "r.csv", header+"2,typo@example,,failed,,422\n")
	says(t, listed(t, w, "create", three, creating("none", "--resume", w.Path("r.csv"))...), 0)
	same(t, strings.Contains(results(t, w, "r.csv"), "typo"), false)
	// Passwords of an earlier run are not written over.
	w.Write(t, "list.create-results.csv", "precious")
	says(t, listed(t, w, "create", three, creating("none")...), 2, "is there already and may hold passwords")
	same(t, results(t, w, "list.create-results.csv"), "precious")
	says(t, listed(t, w, "create", three, creating("none", "--results", w.Path("absent/r.csv"))...), 5, "no such file or directory")
	if err := os.Symlink(w.Path("elsewhere"), w.Path("link.csv")); err != nil {
		t.Fatal(err)
	}
	says(t, listed(t, w, "create", three, creating("none", "--results", w.Path("link.csv"))...), 2, "is there already")
	same(t, o.count("POST ann"), 1)
}

// A run in which nobody answers, or the key is refused, ends before its list.
func TestFromGivesUp(t *testing.T) {
	t.Parallel()
	var list strings.Builder
	list.WriteString("email,full_name\n")
	for i := range 500 {
		fmt.Fprintf(&list, "u%d@example.com,U\n", i)
	}
	o := newOffice(t)
	for i := range 500 {
		o.fails(fmt.Sprintf("POST u%d", i), "401")
	}
	w := o.world()
	got := listed(t, w, "create", list.String(), creating("none")...)
	says(t, got, 3, "not begun: ", "To go on: ")
	if n := len(o.asked()); n > 100 {
		t.Errorf("%d requests with a key that is refused", n)
	}
	again := newOffice(t)
	w = again.world()
	w.Env["ARIZE_API_HOST"] = clitest.Nowhere
	got = listed(t, w, "create", list.String(), creating("none")...)
	says(t, got, 4, "not begun: ", "cannot connect")
	// Up again, the rest is done.
	w.Env["ARIZE_API_HOST"] = strings.TrimPrefix(again.URL, "http://")
	got = listed(t, w, "create", list.String(), creating("none", "--resume", w.Path("list.create-results.csv"))...)
	says(t, got, 0, "created: 500")
	same(t, len(again.asked()), 500)
}

func TestUpdateFrom(t *testing.T) {
	t.Parallel()
	list := "id,email,full_name,is_developer,role\nid-ann,,Ann Smith,,admin\n,bob@example.com,BOB,true,\n,cy@example.com,,no,\nid-dee,dee@example.com,DEE,,\n" +
		",nobody@example.com,X,,\nid-no,,X,,\nid-ann2,other@example.com,X,,\n"
	office := func() *office {
		o := newOffice(t)
		for _, word := range []string{"ann", "bob", "cy", "dee", "ann2"} {
			o.has(word, wire.UserStatusActive)
		}
		return o.fails("PATCH cy", "lose").fails("PATCH ann", "drop", "502", "429")
	}
	o := office()
	w := o.world()
	got := listed(t, w, "update", list)
	same(t, rowsOf(t, got), []string{
		"2 ann@example.com id-ann updated", "3 bob@example.com id-bob unchanged", "4 cy@example.com id-cy updated", "5 dee@example.com id-dee unchanged",
		"6 nobody@example.com not_found", "7 id-no not_found", "8 other@example.com id-ann2 failed the id is that of ann2@example.com, not of other@example.com",
	})
	says(t, got, 4, "3 of 7 row(s) are not done.")
	same(t, o.wrote(), []string{"PATCH ann", "PATCH ann", "PATCH ann", "PATCH ann", "PATCH cy"})
	same(t, o.users[0].Name+fmt.Sprint(o.users[2].IsDeveloper), "Ann Smithfalse")

	o = office()
	got = listed(t, o.world(), "update", list, "--dry-run", "--is-not-developer")
	same(t, rowsOf(t, got)[:4], []string{
		`2 ann@example.com id-ann differs full_name is "ANN", not "Ann Smith"; is_developer is true`, "3 bob@example.com id-bob unchanged",
		"4 cy@example.com id-cy differs is_developer is true", "5 dee@example.com id-dee differs is_developer is true",
	})
	same(t, o.wrote(), []string{})
	ran(t, run(t, o, "update", "email\nann@example.com\n"), 2, "", "✗ Error: LIST has 1 fault(s); nothing was sent\n  LIST:2: there is nothing to change: no full_name and no is_developer\n  Try 'ax users update --help'.\n")
	ran(t, run(t, o, "update", "full_name\nAnn\n"), 2, "", "✗ Error: LIST has 1 fault(s); nothing was sent\n  LIST:2: there is neither an id nor an email; --map email='COLUMN' names one\n  Try 'ax users update --help'.\n")
}

// run is listed for people.
func run(t *testing.T, o *office, verb, list string, more ...string) clitest.Result {
	t.Helper()
	w := o.world()
	w.Write(t, "list.csv", list)
	got := w.Run(append([]string{"users", verb, "--from", w.Path("list.csv")}, more...)...)
	got.Err = strings.ReplaceAll(got.Err, w.Path("list.csv"), "LIST")
	got.Err = strings.ReplaceAll(got.Err, filepath.Dir(w.Path("list.csv")), "HOME")
	return got
}

func TestDeleteFrom(t *testing.T) {
	t.Parallel()
	office := func() *office {
		return newOffice(t).has("ann", wire.UserStatusActive).has("bob", wire.UserStatusInvited).has("cy", wire.UserStatusActive).has("dee", wire.UserStatusActive)
	}
	list := "email,id\nann@example.com,\nbob@example.com,id-bob\ncy@example.com,id-dee\nnobody@example.com,\n,id-no\n,id-ann\n"
	want := []string{
		"3 bob@example.com id-bob deleted", "4 cy@example.com id-dee failed the id is that of dee@example.com, not of cy@example.com",
		"5 nobody@example.com not_found", "6 id-no not_found",
	}
	o := office()
	got := listed(t, o.world(), "delete", list, "--force")
	rows := rowsOf(t, got)
	same(t, rows[1:5], want)
	// One user cannot be the business of two rows. Which of them is the first to find her is a matter of chance.
	if rows[0]+rows[5] != "2 ann@example.com id-ann deleted7 id-ann failed the same user as on line 2" &&
		rows[0]+rows[5] != "2 ann@example.com id-ann failed the same user as on line 77 id-ann deleted" {
		t.Errorf("%s and %s", rows[0], rows[5])
	}
	says(t, got, 4)
	same(t, o.wrote(), []string{"DELETE ann", "DELETE bob", "DELETE no"})
	same(t, len(o.users), 2)

	o = office()
	got = listed(t, o.world(), "delete", list, "--dry-run")
	same(t, rowsOf(t, got)[1:5], []string{"3 bob@example.com id-bob found", want[1], want[2], want[3]})
	same(t, o.wrote(), []string{})
}

// The question names the list, and what is refused or declined does nothing.
func TestDeleteFromAsks(t *testing.T) {
	t.Parallel()
	list := "email\nann@example.com\nbob@example.com\nnobody@example.com\n"
	for answer, c := range map[string]struct {
		code  int
		wrote []string
	}{"y\n": {4, []string{"DELETE ann", "DELETE bob"}}, "n\n": {1, []string{}}, "": {1, []string{}}} {
		o := newOffice(t).has("ann", wire.UserStatusActive).has("bob", wire.UserStatusInvited)
		w := o.world()
		w.Columns, w.In = 80, answer
		w.Streams = func(s *term.Streams) { s.ErrColor, s.OutColor = false, false }
		w.Write(t, "l.csv", list)
		got := w.Run("users", "delete", "--from", w.Path("l.csv"))
		says(t, got, c.code, "⚠ This will permanently delete 2 user(s) of "+w.Path("l.csv")+" and cascade to all memberships, API keys, and role bindings\n"+
			"    ANN <ann@example.com>\n    BOB <bob@example.com>\n  A deleted address cannot be invited again.\nAre you sure? [y/N]: ")
		same(t, o.wrote(), c.wrote)
		if _, err := os.Stat(w.Path("l.delete-results.csv")); (err == nil) != (c.code == 4) {
			t.Errorf("%q: the file of results: %v", answer, err)
		}
	}
}

func TestDeleteFromAtMost(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	var list strings.Builder
	list.WriteString("id\n")
	for i := range 51 {
		o.has(fmt.Sprintf("u%d", i), wire.UserStatusActive)
		fmt.Fprintf(&list, "id-u%d\n", i)
	}
	ran(t, run(t, o, "delete", list.String(), "--force"), 2, "", "✗ Error: LIST has 51 rows, and --max-delete allows 50. Nothing was deleted. If all of them are meant, add --max-delete 51\n  Try 'ax users delete --help'.\n")
	same(t, len(o.asked()), 0)
	says(t, run(t, o, "delete", list.String(), "--dry-run"), 0, "found: 51")
	says(t, run(t, o, "delete", list.String(), "--force", "--max-delete", "51"), 0, "deleted: 51")
	same(t, len(o.users), 0)
}

// A deletion without an answer is settled too, in the same run or the next.
func TestDeleteFromLostAnswers(t *testing.T) {
	t.Parallel()
	o := newOffice(t).has("ann", wire.UserStatusActive).has("bob", wire.UserStatusActive).has("cy", wire.UserStatusActive).has("dee", wire.UserStatusActive).
		fails("DELETE ann", "lose").fails("DELETE bob", "drop", "503", "429")
	w := o.world()
	says(t, listed(t, w, "delete", "id\nid-ann\nid-bob\n", "--force"), 0)
	// cy and dee had been sent; cy's deletion had been done.
	o.users = o.users[1:]
	w.Write(t, "r.csv", "line,email,user_id,status,temporary_password,error\n2,cy@example.com,id-cy,begun,,\n3,dee@example.com,id-dee,begun,,\n")
	got := listed(t, w, "delete", "email\ncy@example.com\ndee@example.com\n", "--force", "--resume", w.Path("r.csv"))
	same(t, rowsOf(t, got), []string{"2 cy@example.com id-cy deleted", "3 dee@example.com id-dee deleted"})
	same(t, len(o.users), 0)
}

func TestResendFrom(t *testing.T) {
	t.Parallel()
	office := func() *office {
		return newOffice(t).has("ann", wire.UserStatusInvited).has("bob", wire.UserStatusActive).has("cy", wire.UserStatusExpired).has("dee", wire.UserStatusInvited).
			has("eve", wire.UserStatusInvited).fails("POST dee resend-invitation", "lose").fails("POST eve resend-invitation", "429", "429")
	}
	list := "email\nann@example.com\nbob@example.com\ncy@example.com\ndee@example.com\neve@example.com\nnobody@example.com\n"
	o := office()
	w := o.world()
	got := listed(t, w, "resend-invitation", list)
	want := []string{
		"2 ann@example.com id-ann sent", "3 bob@example.com id-bob already_active", "4 cy@example.com id-cy expired the invitation ended; 'ax users create' invites anew",
		"5 dee@example.com id-dee unknown it is not known whether it was done: the server closed the connection without an answer",
		"6 eve@example.com id-eve sent", "7 nobody@example.com not_found",
	}
	same(t, rowsOf(t, got), want)
	says(t, got, 4)
	// No letter leaves twice, whatever became of its request.
	before := o.wrote()
	got = listed(t, w, "resend-invitation", list, "--resume", w.Path("list.resend-invitation-results.csv"))
	same(t, rowsOf(t, got), want)
	same(t, o.wrote(), before)
	// A row that was begun when the process died may have left.
	w.Write(t, "r.csv", "line,email,user_id,status,temporary_password,error\n2,ann@example.com,,begun,,\n")
	got = listed(t, w, "resend-invitation", "email\nann@example.com\n", "--resume", w.Path("r.csv"))
	same(t, rowsOf(t, got), []string{"2 ann@example.com unknown no answer; a letter may have left, so none was sent again"})
	same(t, o.wrote(), before)

	o = office()
	got = listed(t, o.world(), "resend-invitation", list, "--dry-run")
	same(t, rowsOf(t, got), []string{"2 ann@example.com id-ann found", want[1], want[2], "5 dee@example.com id-dee found", "6 eve@example.com id-eve found", want[5]})
	same(t, o.wrote(), []string{})
}

// A server that repeats the key it was sent does not get it into any file.
func TestFromKeepsNoKey(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t).On("POST /v2/users", clitest.Problem(422, "No", "not with "+clitest.Key))
	w := clitest.On(t, s)
	got := listed(t, w, "create", three, creating("none")...)
	says(t, got, 4)
	for _, text := range []string{got.Out, got.Err, results(t, w, "list.create-results.csv")} {
		if strings.Contains(text, clitest.Key) {
			t.Errorf("the key is in\n%s", text)
		}
	}
	same(t, strings.Contains(got.Out, "not with [redacted]"), true)
}
