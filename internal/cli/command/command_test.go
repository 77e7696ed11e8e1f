package command_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
	"ax/internal/client"
	"ax/internal/profile"

	"github.com/google/go-cmp/cmp"
)

func same[T any](t *testing.T, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func api(status int) error { return &client.Error{Status: status, Title: "Title", Detail: "Detail."} }

var (
	errNetwork = &client.NetworkError{}
	errOutput  = &term.OutputError{Path: "x.csv", Reason: "disk full"}
	errNoKey   = &profile.Error{Kind: profile.NoKey, Message: "No key.", Hint: "Get one."}
	errConfig  = &profile.Error{Kind: profile.Config, Message: "Two\nlines."}
	errOther   = errors.New("something else")
)

func TestExitCode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{errOther, 1},
		{errConfig, 1},
		{term.ErrNoAnswer, 1},
		{&command.DeclinedError{Text: "no"}, 1},
		{command.Usagef("wrong"), 2},
		{command.ErrNoCommand, 2},
		{errNoKey, 3},
		{api(401), 3},
		{api(400), 4},
		{api(404), 4},
		{api(500), 4},
		{api(0), 4},
		{client.ErrNotFound, 4},
		{&command.PartialError{Done: "half"}, 4},
		{errOutput, 5},
		{context.Canceled, 130},
		// What is wrapped decides, and the gravest of several.
		{command.Doing("list users", api(401)), 3},
		{fmt.Errorf("x: %w", command.Usagef("wrong")), 2},
		{&command.PartialError{Done: "half", Err: api(401)}, 3},
		{&command.PartialError{Done: "half", Err: errOutput}, 5},
		{&command.PartialError{Done: "half", Err: context.Canceled}, 130},
		{&command.PartialError{Done: "half", Err: errors.Join(errOutput, api(403))}, 5},
		{errors.Join(errOther, context.Canceled), 130},
	} {
		if got := command.ExitCode(c.err); got != c.want {
			t.Errorf("%v: %d, want %d", c.err, got, c.want)
		}
	}
	same(t, command.ExitCode(fmt.Errorf("x: %w", errNetwork)), 4)
}

// The table that people read is the table in the code.
func TestExitCodesAreDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../docs/cli.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "## Exit codes")
	table, _, _ = strings.Cut(table, "\n## ")
	var found []int
	for _, m := range regexp.MustCompile(`(?m)^\| (\d+) \|`).FindAllStringSubmatch(table, -1) {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, n)
	}
	same(t, found, []int{
		command.ExitOK, command.ExitRefused, command.ExitUsage, command.ExitAuth, command.ExitFailed, command.ExitOutput, command.ExitInterrupted,
	})
}

func env() (*command.Env, *bytes.Buffer, *bytes.Buffer) {
	s, _, out, errs := term.Test()
	return &command.Env{Streams: s, DefaultOutput: func() (string, error) { return "", nil }}, out, errs
}

func TestReport(t *testing.T) {
	t.Parallel()
	usage := &command.UsageError{Text: "Wrong.", Command: "ax users list"}
	broken := &term.OutputError{Path: "standard output", Err: syscall.EPIPE}
	for name, c := range map[string]struct {
		err        error
		text, json string
	}{
		"nothing":        {nil, "", ""},
		"a group alone":  {command.ErrNoCommand, "", ""},
		"reader left":    {broken, "", ""},
		"but after work": {&command.PartialError{Done: "One gone", Err: broken}, "✗ Error: One gone: Cannot write standard output: broken pipe\n", `{"title": "One gone","detail": "Cannot write standard output: broken pipe","exit_code": 5}`},
		"usage":          {usage, "✗ Error: Wrong.\n  Try 'ax users list --help'.\n", `{"title": "Wrong.","exit_code": 2,"hint": "Try 'ax users list --help'."}`},
		"declined":       {&command.DeclinedError{Text: "Users not deleted"}, "ℹ Users not deleted\n", `{"title": "Users not deleted","exit_code": 1}`},
		"interrupted":    {context.Canceled, "\n⚠ Operation cancelled by user\n", `{"title": "Operation cancelled by user","exit_code": 130}`},
		"interrupted late": {
			&command.PartialError{Done: "Half is done", Err: context.Canceled}, "\n✗ Half is done\n⚠ Operation cancelled by user\n",
			`{"title": "Operation cancelled by user","detail": "Half is done","exit_code": 130}`,
		},
		"no key":        {errNoKey, "✗ Error: No key.\n\n  Suggestion: Get one.\n", `{"title": "No key.","exit_code": 3,"hint": "Get one."}`},
		"configuration": {errConfig, "✗ Error: Two\nlines.\n", `{"title": "Two\nlines.","exit_code": 1}`},
		"partial":       {&command.PartialError{Done: "1 deleted, 1 failed"}, "✗ 1 deleted, 1 failed\n", `{"title": "1 deleted, 1 failed","exit_code": 4}`},
		"partial, with a reason": {
			&command.PartialError{Done: "Created", Err: command.Doing("x", api(0))}, "✗ Error: Created: Failed to x: Title; Detail.\n  Run with --verbose for technical details.\n",
			`{"title": "Created","detail": "Detail.","exit_code": 4}`,
		},
		"nobody": {command.Doing("get user", fmt.Errorf("x %w", client.ErrNotFound)), "✗ Error: x not found\n", `{"title": "x not found","exit_code": 4}`},
		"other":  {command.Doing("get user", errOther), "✗ Error: Failed to get user: something else\n", `{"title": "Failed to get user: something else","exit_code": 1}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, out, errs := env()
			e.Report(c.err)
			same(t, errs.String(), c.text)
			e, out2, errs := env()
			e.JSON = true
			e.Report(c.err)
			want := ""
			if c.json != "" {
				want = `{"error": ` + c.json + "}"
			}
			same(t, regexp.MustCompile(`\n *`).ReplaceAllString(errs.String(), ""), want)
			same(t, out.String()+out2.String(), "")
		})
	}
}

// Warnings come at once, except before a JSON object: then they are its hint,
// or come at the end.
func TestWarn(t *testing.T) {
	t.Parallel()
	e, _, errs := env()
	e.Warn("%s is %d", "x\x1b", 1)
	same(t, errs.String(), `⚠ x\x1b is 1`+"\n")
	e, _, errs = env()
	e.JSON = true
	e.Warn("one %d.", 1)
	e.Warn("two.")
	same(t, errs.String(), "")
	e.Report(nil)
	same(t, errs.String(), "⚠ one 1.\n⚠ two.\n")
	errs.Reset()
	e.Report(errNoKey)
	same(t, errs.String(), "{\n  \"error\": {\n    \"title\": \"No key.\",\n    \"exit_code\": 3,\n    \"hint\": \"Get one. one 1. two.\"\n  }\n}\n")
}

func TestRedact(t *testing.T) {
	t.Parallel()
	e, _, _ := env()
	same(t, e.Redact("a b"), "a b")
	e.Secret = "ak-12345"
	same(t, e.Redact("xak-12345y ak-12345"), "x[redacted]y [redacted]")
	e.Secret = "a"
	same(t, e.Redact("a banana"), "a banana")
}

func TestWantsJSON(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]bool{"json": true, "jsonl": true, "x.json": true, "x.ndjson": true, "x.JSON": true, "JSON": false, ".json": false, "csv": false, "": false, "json.csv": false} {
		same(t, command.WantsJSON(value), want)
	}
}
