package e2e_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/rogpeppe/go-internal/testscript"
)

// siteKey is where a script's site is kept.
type siteKey struct{}

func siteOf(ts *testscript.TestScript) *site { return ts.Value(siteKey{}).(*site) }

// setup gives a script a site with a directory that nobody used yet, and a server unless it is local.
//
// The variables are those of the site; DATA is the data folder, MAILDIR the folder of letters, ORIGIN what links begin with.
func (v variant) setup(env *testscript.Env) error {
	t, ok := env.T().(testing.TB)
	if !ok {
		return errors.New("scripts run under go test only")
	}
	s := newSite(t, v, env.WorkDir+"/.site")
	s.setenv("ORIGIN", "http://127.0.0.1:8080")
	if v != local {
		s.init()
		s.setenv("ORIGIN", "https://ax.example")
		s.start("--public-url", s.getenv("ORIGIN"))
	}
	// Before the script's folder is removed, and not after.
	env.Defer(func() {
		if s.server != nil {
			s.server.kill()
		}
	})
	env.Values[siteKey{}] = s
	env.Vars = append(env.Vars, s.env...)
	env.Vars = append(env.Vars, "DATA="+s.data, "MAILDIR="+s.mail)
	return nil
}

// condition knows the variants, and http for those with a server.
func (v variant) condition(name string) (bool, error) {
	switch name {
	case string(local), string(sqlite), string(postgres):
		return name == string(v), nil
	case "http":
		return v != local, nil
	}
	return false, fmt.Errorf("unknown condition %q", name)
}

// commands are the words of the scripts besides testscript's own.
func commands() map[string]func(*testscript.TestScript, bool, []string) {
	plain := func(usage string, most int, do func(*testscript.TestScript, []string)) func(*testscript.TestScript, bool, []string) {
		least := strings.Count(usage, " ")
		return func(ts *testscript.TestScript, neg bool, args []string) {
			if neg || len(args) < least || len(args) > most {
				ts.Fatalf("usage: %s", usage)
			}
			do(ts, args)
		}
	}
	return map[string]func(*testscript.TestScript, bool, []string){
		"answers":     plain("answers ANSWER CODE PROGRAM", 1000, answers),
		"exits":       plain("exits CODE PROGRAM", 1000, exits),
		"until":       plain("until PATTERN PROGRAM", 1000, until),
		"clock":       plain("clock +25h", 1, moveClock),
		"id":          plain("id EMAIL VAR", 2, setID),
		"admin":       plain("admin EMAILVAR IDVAR", 2, setAdmin),
		"wait-letter": plain("wait-letter EMAIL FILE", 3, waitLetter), // and, if not 1, which
		"letters":     plain("letters EMAIL COUNT", 2, countLetters),
		"link":        plain("link FILE VAR", 2, setLink),
		"field":       plain("field NAME FILE VAR", 3, setField),
		"one-object":  plain("one-object FILE", 1, oneObject),
		"mode":        plain("mode 600 FILE", 2, checkMode),
		"crowd":       plain("crowd COUNT PATTERN", 2, crowd),
		"server-down": plain("server-down", 0, func(ts *testscript.TestScript, _ []string) { serverDown(ts) }),
		"server-up":   plain("server-up", 1000, serverUp),
	}
}

// exits runs a program that has to end with exactly this code.
func exits(ts *testscript.TestScript, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if ended, ok := errors.AsType[*exec.ExitError](err); ok {
		got = ended.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// answers is exits for a person at a terminal, who types one line, or leaves with ^D. What the terminal shows is stderr.
func answers(ts *testscript.TestScript, args []string) {
	line := args[0] + "\n"
	if args[0] == "^D" {
		line = "\x04"
	}
	cmd := typed(ts, args[2:]...)
	cmd.Stdout = ts.Stdout()
	terminal, err := pty.Start(cmd) // the streams that are not set are the terminal
	ts.Check(err)
	defer terminal.Close()
	_, err = terminal.WriteString(line)
	ts.Check(err)
	_, _ = io.Copy(ts.Stderr(), terminal) // ends with an error when the program does
	_ = cmd.Wait()                        // its code is looked at
	if got := strconv.Itoa(cmd.ProcessState.ExitCode()); got != args[1] {
		ts.Fatalf("exit code %s, want %s", got, args[1])
	}
}

// until runs a program again and again until its stdout matches, for what a server does in its own time.
func until(ts *testscript.TestScript, args []string) {
	wanted, err := regexp.Compile(args[0])
	ts.Check(err)
	eventually(siteOf(ts).t, "match of "+args[0], func() bool {
		ts.Check(ts.Exec(args[1], args[2:]...))
		return wanted.MatchString(ts.ReadFile("stdout"))
	})
}

func moveClock(ts *testscript.TestScript, args []string) {
	d, err := time.ParseDuration(args[0])
	ts.Check(err)
	siteOf(ts).move(d)
}

// typed is a command of the site with the script's own variables.
func typed(ts *testscript.TestScript, program ...string) *exec.Cmd {
	cmd := siteOf(ts).command(program[1:]...)
	for i, e := range cmd.Env {
		name, _, _ := strings.Cut(e, "=")
		cmd.Env[i] = name + "=" + ts.Getenv(name)
	}
	return cmd
}

// asTyped runs ax as the script would, and leaves the script's stdout and stderr alone.
func asTyped(ts *testscript.TestScript, args ...string) result {
	return run(siteOf(ts).t, typed(ts, append([]string{"ax"}, args...)...))
}

func setID(ts *testscript.TestScript, args []string) {
	r := asTyped(ts, "users", "get", args[0], "-o", "json")
	if r.code != 0 {
		ts.Fatalf("%v", r)
	}
	var u user
	siteOf(ts).decode(r.stdout, &u)
	ts.Setenv(args[1], u.ID)
}

// setAdmin names the first administrator, whom nobody but the directory knows on the local profile.
func setAdmin(ts *testscript.TestScript, args []string) {
	r := asTyped(ts, "users", "list", "--limit", "1", "-o", "json")
	if r.code != 0 {
		ts.Fatalf("%v", r)
	}
	var list struct {
		Users []user `json:"users"`
	}
	siteOf(ts).decode(r.stdout, &list)
	ts.Setenv(args[0], list.Users[0].Email)
	ts.Setenv(args[1], list.Users[0].ID)
}

func waitLetter(ts *testscript.TestScript, args []string) {
	n := 1
	if len(args) == 3 {
		var err error
		n, err = strconv.Atoi(args[2])
		ts.Check(err)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), siteOf(ts).letter(args[0], n), 0o600))
}

func countLetters(ts *testscript.TestScript, args []string) {
	if got := strconv.Itoa(len(siteOf(ts).letters(args[0]))); got != args[1] {
		ts.Fatalf("%s letters to %s, want %s", got, args[0], args[1])
	}
}

func setLink(ts *testscript.TestScript, args []string) {
	ts.Setenv(args[1], linkIn(siteOf(ts).t, []byte(ts.ReadFile(args[0]))))
}

// setField sets a variable to the JSON string under a key.
func setField(ts *testscript.TestScript, args []string) {
	_, after, ok := strings.Cut(ts.ReadFile(args[1]), strconv.Quote(args[0])+`: "`)
	value, _, closed := strings.Cut(after, `"`)
	if !ok || !closed {
		ts.Fatalf("no %s in %s", args[0], args[1])
	}
	ts.Setenv(args[2], value)
}

// oneObject wants a stream that is one JSON object and a newline.
func oneObject(ts *testscript.TestScript, args []string) {
	text := ts.ReadFile(args[0])
	var object map[string]any
	ts.Check(json.Unmarshal([]byte(text), &object))
	if !strings.HasSuffix(text, "}\n") {
		ts.Fatalf("%s does not end with a line of its own", args[0])
	}
}

func checkMode(ts *testscript.TestScript, args []string) {
	info, err := os.Lstat(ts.MkAbs(args[1]))
	ts.Check(err)
	if got := fmt.Sprintf("%o", info.Mode().Perm()); got != args[0] {
		ts.Fatalf("the mode of %s is %s, want %s", args[1], got, args[0])
	}
}

// crowd makes many users, several at a time; the pattern has a verb for the number.
func crowd(ts *testscript.TestScript, args []string) {
	count, err := strconv.Atoi(args[0])
	ts.Check(err)
	numbers := make(chan int)
	failed := make(chan result, count)
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for i := range numbers {
				email := fmt.Sprintf(args[1], i)
				r := asTyped(ts, "users", "create", "--full-name", "One of many", "--email", email, "--role", "annotator", "--invite-mode", "none", "-o", "json")
				if r.code != 0 {
					failed <- r
				}
			}
		})
	}
	for i := range count {
		numbers <- i + 1
	}
	close(numbers)
	workers.Wait()
	close(failed)
	for r := range failed {
		ts.Fatalf("%v", r)
	}
}

func serverDown(ts *testscript.TestScript) {
	if s := siteOf(ts); s.server != nil {
		if code := s.server.terminate(); code != 0 {
			ts.Fatalf("the server ended with %d:\n%s", code, s.server.log)
		}
	}
}

// serverUp starts the server again, with the script's flags; on the local profile there is none to start.
func serverUp(ts *testscript.TestScript, flags []string) {
	s := siteOf(ts)
	if s.variant == local {
		return
	}
	s.start(append([]string{"--public-url", s.getenv("ORIGIN")}, flags...)...)
	ts.Setenv("ARIZE_API_HOST", s.getenv("ARIZE_API_HOST"))
}
