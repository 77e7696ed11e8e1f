package audit_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ax/internal/cli/clitest"
)

// entry is an entry as our server writes it.
func entry(id, at, operation, variables string) string {
	text, err := json.Marshal(variables)
	if err != nil {
		panic(err) // a string always can be
	}
	return fmt.Sprintf(`{"id":%q,"user_id":"VXNlcjox","ip":"192.0.2.7","operation_type":"MUTATION","operation_name":%q,"operation_text":"","variables":%s,"created_at":%q}`, id, operation, text, at)
}

// change is an entry about a user who was changed.
func change(id, at string) string {
	return entry(id, at, "update_user", `{"subject":"VXNlcjoy","actor":"ann@example.com","changes":[{"field":"name","to":"Bo"},{"field":"role","to":"ADMIN"}]}`)
}

// page is a page of the log; next is its cursor, "" for the last.
func page(next string, entries ...string) http.HandlerFunc {
	more := `"has_more":false`
	if next != "" {
		more = `"next_cursor":"` + next + `","has_more":true`
	}
	return clitest.JSON(200, `{"logs":[`+strings.Join(entries, ",")+`],"pagination":{`+more+`}}`)
}

const first = "GET /v2/audit-logs?limit=50"

// Each option, and what it asks the server for.
func TestFilters(t *testing.T) {
	t.Parallel()
	const person = "GET /v2/users?limit=100&email=ann%40example.com"
	for args, want := range map[string][]string{
		"":                        {first},
		"-l 7 -c c1":              {"GET /v2/audit-logs?limit=7&cursor=c1"},
		"--start-time 2026-01-02": {first + "&start_time=2026-01-02T00%3A00%3A00Z"},
		"--end-time 2026-01-02T03:04:05.000006+01:00":         {first + "&end_time=2026-01-02T02%3A04%3A05.000006Z"},
		"--start-time 2026-01-02T03:04:05 --end-time 2026-02": nil,
		"--operation create_user --operation delete_user":     {first + "&operation_name=create_user&operation_name=delete_user"},
		"--user VXNlcjox":              {first + "&user_id=VXNlcjox"},
		"--user ann@example.com":       {person, first + "&user_id=VXNlcjox"},
		"--all --user ann@example.com": {person, "GET /v2/audit-logs?limit=100&user_id=VXNlcjox"},
	} {
		s := clitest.NewServer(t).On(person, clitest.Page("", strings.Replace(clitest.Member("ann"), "id-ann", "VXNlcjox", 1)))
		for _, line := range want {
			if line != person {
				s.On(line, page("", change("a1", "2026-03-01T09:00:00Z")))
			}
		}
		got := clitest.On(t, s).Run(append([]string{"audit", "list"}, strings.Fields(args)...)...)
		if code := map[bool]int{true: 0, false: 2}[want != nil]; got.Code != code {
			t.Errorf("%s: exit %d, want %d\n%s", args, got.Code, code, got)
		}
		if diff := cmp.Diff(want, s.Requests()); diff != "" {
			t.Errorf("%s asks (-want +got):\n%s", args, diff)
		}
	}
}

// A bad option is refused before anything is asked, and the message says which
// and what to give.
func TestBadOptions(t *testing.T) {
	t.Parallel()
	w := clitest.On(t, clitest.NewServer(t)) // fails the test when it is asked
	for args, says := range map[string]string{
		"--start-time|soon":                    "Invalid value for '--start-time': \"soon\" is not a time like 2026-01-02T03:04:05Z or 2026-01-02",
		"--end-time|2026-02-30":                "Invalid value for '--end-time'",
		"--since|yesterday":                    "Invalid value for '--since': \"yesterday\" is not a time like 90m, 24h or 7d",
		"--since|0h":                           "Invalid value for '--since'",
		"--since|999999999999d":                "Invalid value for '--since'",
		"--since|1h|--start-time|2026-01-02":   "--since and --start-time exclude each other",
		"--operation|":                         "Invalid value for '--operation': must not be empty",
		"--operation|create_user|--operation|": "Invalid value for '--operation': must not be empty",
		"--user|":                              "Invalid value for '--user': must not be empty",
		"--since|":                             "Invalid value for '--since': must not be empty",
		"--start-time|":                        "Invalid value for '--start-time': must not be empty",
		"--end-time|":                          "Invalid value for '--end-time': must not be empty",
		"--limit|0":                            "not in the range 1 to 100",
		"--follow|--end-time|2026-01-02":       "--follow goes on without an end",
		"--follow|--all":                       "--follow goes on without an end",
		"--follow|-c|c1":                       "--follow goes on without an end",
		"--follow|-o|json":                     "with --follow it is table or jsonl",
		"--follow|-o|out.csv":                  "with --follow it is table or jsonl",
		"all":                                  "\"all\"",
	} {
		got := w.Run(append([]string{"audit", "list"}, strings.Split(args, "|")...)...)
		if got.Code != 2 || got.Out != "" || !strings.Contains(got.Err, says) || !strings.Contains(got.Err, "Try 'ax audit list --help'.") {
			t.Errorf("%s: want exit 2 and %q\n%s", args, says, got)
		}
	}
}

// People see who it was and what is different now; programs get what came.
func TestOutputs(t *testing.T) {
	t.Parallel()
	const denied = `{"subject":"VXNlcjoz","changes":[{"field":"denied","to":"not allowed"}]}`
	s := clitest.NewServer(t).On(first, page("c1", change("a2", "2026-03-01T09:00:01.000002Z"), entry("a1", "2026-03-01T09:00:00Z", "delete_user", denied), entry("a0", "2026-03-01T08:00:00Z", "Query", "of another server")))
	w := clitest.On(t, s)
	for _, c := range []struct {
		options string
		out     []string
		not     string
	}{
		{"", []string{"ann@example.com", "VXNlcjoy name, role", "denied: not allowed", "of another server", "2026-03-01 09:00:01"}, "subject"},
		{"-o json", []string{`"logs": [`, `"id": "a2"`, `"next_cursor": "c1"`, `"created_at": "2026-03-01T09:00:01.000002Z"`, `\"subject\":\"VXNlcjoy\"`}, "denied: "},
		{"-o jsonl", []string{`"id":"a2"`, "\n{"}, "pagination"},
		{"-o csv", []string{"id,user_id,ip,operation_type,operation_name,operation_text,variables,created_at\na2,VXNlcjox,192.0.2.7,MUTATION,update_user,,"}, "denied: "},
		{"--columns operation_name,created_at -o csv", []string{"operation_name,created_at\nupdate_user,2026-03-01T09:00:01.000002Z\ndelete_user,"}, "a2"},
		{"-q", []string{"a2\na1\na0\n"}, "update"},
		{"--jq .logs[0].operation_name", []string{"update_user"}, "a1"},
	} {
		got := w.Run(append([]string{"audit", "list"}, strings.Fields(c.options)...)...)
		for _, text := range c.out {
			if got.Code != 0 || !strings.Contains(got.Out, text) || strings.Contains(got.Out, c.not) {
				t.Errorf("%q: want %q and no %q\n%s", c.options, text, c.not, got)
			}
		}
	}
	if got := clitest.On(t, clitest.NewServer(t).On(first, page(""))).Run("audit", "list"); got.Code != 0 || got.Out != "" || !strings.Contains(got.Err, "No items to display") {
		t.Errorf("an empty log: %s", got)
	}
	refused := clitest.NewServer(t).On(first, clitest.Problem(403, "Forbidden", "Your role does not allow you to see the log."))
	if got := clitest.On(t, refused).Run("audit", "list"); got.Code != 4 || !strings.Contains(got.Err, "403 Forbidden; Your role does not allow you to see the log.") {
		t.Errorf("not allowed: %s", got)
	}
}
