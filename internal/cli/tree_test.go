package cli_test

import (
	"strings"
	"testing"

	"ax/internal/cli/clitest"
)

// Help is about the program, not about this machine: no variable but those of
// the terminal is read and no file is made, so it works where nothing else does.
func TestHelpTouchesNothing(t *testing.T) {
	t.Parallel()
	for _, c := range every() {
		command := strings.TrimPrefix(strings.TrimPrefix(c.CommandPath(), "ax"), " ")
		for _, line := range []string{command + " --help", command + " -h", "help " + command} {
			w := clitest.New(t)
			w.Env["ARIZE_API_KEY"], w.Env["ARIZE_API_HOST"] = clitest.Key, clitest.Nowhere
			before := w.Files(t)
			got := w.Run(strings.Fields(line)...)
			if got.Code != 0 || got.Err != "" || !strings.Contains(got.Out, "Usage:\n  ax "+command) {
				t.Errorf("ax %s:\n%s", line, got)
			}
			same(t, w.Files(t), before)
			for _, name := range w.Variables() {
				if name != "NO_COLOR" && name != "CLICOLOR_FORCE" && name != "TERM" {
					t.Errorf("ax %s reads %s", line, name)
				}
			}
		}
	}
}

func TestHelpNamesOptions(t *testing.T) {
	t.Parallel()
	for command, options := range map[string]string{
		"users list":   "--all -c, --cursor -e, --email -l, --limit -o, --output -s, --status -p, --profile --timeout -v, --verbose --color",
		"users get":    "-o, --output",
		"users create": "-n, --full-name -e, --email -r, --role --invite-mode --is-not-developer -o, --output",
		"users update": "-n, --full-name --is-developer --is-not-developer -o, --output",
		"users delete": "--id -e, --email -f, --force -o, --output",
		"server start": "--data-dir --database-url --key-file --listen --public-url --tls-cert --tls-key --migrate --mail-dir",
	} {
		out := clitest.New(t).Run(append(strings.Fields(command), "--help")...).Out
		for option := range strings.SplitSeq(strings.ReplaceAll(options, ", ", ","), " ") {
			contains(t, out, "  "+strings.ReplaceAll(option, ",", ", "))
		}
	}
}

// Everything else that needs no server needs no home either.
func TestNothingIsOpenedForNothing(t *testing.T) {
	t.Parallel()
	for line, code := range map[string]int{
		"": 0, "--version": 0, "users": 2, "server": 2, "server mail": 2, "nonsense": 2, "users nonsense": 2,
		"users list --nonsense": 2, "users list --limit 0": 2, "users list -s bad": 2, "users get": 2, "users create": 2,
		"users update x": 2, "users delete": 2, "users delete --id x": 2, "users list -o xml": 5,
	} {
		w := clitest.New(t)
		w.Env = map[string]string{"HOME": w.Path("absent"), "ARIZE_API_KEY": clitest.Key, "ARIZE_API_HOST": clitest.Nowhere}
		before := w.Files(t)
		if got := w.Run(strings.Fields(line)...); got.Code != code || strings.Contains(got.Err, "BETA") {
			t.Errorf("ax %s, want exit %d:\n%s", line, code, got)
		}
		same(t, w.Files(t), before)
	}
}

func TestAlone(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	ran(t, w.Run(), 0, w.Run("--help").Out, "")
	for _, group := range []string{"users", "profiles", "server", "server key", "server mail"} {
		words := strings.Fields(group)
		ran(t, w.Run(words...), 2, w.Run(append(words, "--help")...).Out, "")
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	ran(t, clitest.New(t).Run("--version"), 0, "ax version dev\n", "")
}

func TestUnknownCommand(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	for line, want := range map[string]string{
		"user":                 "No such command 'user'. Did you mean 'users'?\n  Try 'ax --help'.",
		"srever":               "No such command 'srever'. Did you mean 'server'?\n  Try 'ax --help'.",
		"datasets list":        "'datasets' is a command of the original ax (arize-ax-cli 0.39.0), which this program does not have. With AX_ORIGINAL=/path/to/that/ax it is handed over, as 'ax datasets …'.\n  Try 'ax --help'.",
		"-v nonsense --x":      "No such command 'nonsense'.\n  Try 'ax --help'.",
		"users ls":             "No such command 'ls'. Did you mean 'list'?\n  Try 'ax users --help'.",
		"users lst":            "No such command 'lst'. Did you mean 'list'?\n  Try 'ax users --help'.",
		"users updatexyz":      "No such command 'updatexyz'.\n  Try 'ax users --help'.",
		"users LIST":           "No such command 'LIST'.\n  Try 'ax users --help'.",
		"users lis --limit 5":  "No such command 'lis'. Did you mean 'list'?\n  Try 'ax users --help'.",
		"users rm --id x":      "No such command 'rm'. Did you mean 'delete'?\n  Try 'ax users --help'.",
		"users remove":         "No such command 'remove'. Did you mean 'delete'?\n  Try 'ax users --help'.",
		"users add":            "No such command 'add'. Did you mean 'create'?\n  Try 'ax users --help'.",
		"users show x":         "No such command 'show'. Did you mean 'get'?\n  Try 'ax users --help'.",
		"users resend":         "No such command 'resend'. Did you mean 'resend-invitation'?\n  Try 'ax users --help'.",
		"users quite-elsewhat": "No such command 'quite-elsewhat'.\n  Try 'ax users --help'.",
		"users \x1b[31mred":    `No such command '\x1b[31mred'.` + "\n  Try 'ax users --help'.",
		"help users lst":       "No such command 'lst'. Did you mean 'list'?\n  Try 'ax help --help'.",
		"help nonsense":        "No such command 'nonsense'.\n  Try 'ax help --help'.",
		"server mail sow":      "No such command 'sow'. Did you mean 'show'?\n  Try 'ax server mail --help'.",
	} {
		ran(t, w.Run(strings.Fields(line)...), 2, "", "✗ Error: "+want+"\n")
	}
}

func TestUnknownOption(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	for line, want := range map[string]string{
		"--frobnicate":              "No such option: --frobnicate\n  Try 'ax --help'.",
		"--versio":                  "No such option: --versio (Possible options: --version)\n  Try 'ax --help'.",
		"users --al":                "No such option: --al\n  Try 'ax users --help'.",
		"users create --e x":        "No such option: --e (Possible options: --email)\n  Try 'ax users create --help'.",
		"users create --is-dev":     "No such option: --is-dev\n  Try 'ax users create --help'.",
		"users update x --is":       "No such option: --is (Possible options: --is-developer, --is-not-developer)\n  Try 'ax users update --help'.",
		"users delete --fore":       "No such option: --fore (Possible options: --force)\n  Try 'ax users delete --help'.",
		"users get --user-id 1":     "No such option: --user-id\n  Try 'ax users get --help'.",
		"users get -xo json":        "No such option: -x\n  Try 'ax users get --help'.",
		"users get --=x":            "bad flag syntax: --=x\n  Try 'ax users get --help'.",
		"users list --profile":      "Option '--profile' requires a value.\n  Try 'ax users list --help'.",
		"users list -p":             "Option '--profile' requires a value.\n  Try 'ax users list --help'.",
		"users list --verbose=loud": `Invalid value for '--verbose': "loud" is not true or false` + "\n  Try 'ax users list --help'.",
	} {
		ran(t, w.Run(strings.Fields(line)...), 2, "", "✗ Error: "+want+"\n")
	}
}

// A wrong command line is answered in JSON when it asked for JSON, wherever
// that stands and whatever else is wrong; otherwise in words.
func TestUsageErrorsAsJSON(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	for line, json := range map[string]bool{
		"users list --limit 0 -o json":         true,
		"users list --limit 0 -ojson":          true,
		"users list -o=json --limit 0":         true,
		"users list --output json --nonsense":  true,
		"users list --output=json --nonsense":  true,
		"users list --nonsense -o x.JSON":      true,
		"users lst -o json":                    true,
		"users delete -fo json":                true,
		"users get -o /tmp/x.json":             true,
		"users list --limit 0 -o csv":          false,
		"users list --limit 0":                 false,
		"users list --limit 0 -o JSON":         false,
		"users list --limit 0 -o json -o csv":  false,
		"users update x --full-name= -o json":  true,
		"users create -n json":                 false,
		"--output json users list --limit 0":   true,
		"users list --limit 0 --cursor -ojson": false,
	} {
		got := w.Run(strings.Fields(line)...)
		begins, ends := strings.HasPrefix(got.Err, "{\n  \"error\": {\n    \"title\": \""), strings.HasSuffix(got.Err, " --help'.\"\n  }\n}\n")
		if got.Code != 2 || got.Out != "" || begins != json || ends != json || json && !strings.Contains(got.Err, "\n    \"exit_code\": 2,\n") {
			t.Errorf("ax %s:\n%s", line, got)
		}
	}
}

func TestOptionsMayStandAnywhere(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t).On("GET /v2/users/x", clitest.JSON(200, clitest.Member("x")))
	w := clitest.On(t, s)
	want := w.Run("users", "get", "x", "-o", "json").Out
	for _, line := range []string{"-o json users get x", "users -ojson get x", "users get -o=json x", "users get --output=json -- x", "--timeout 3s users get x --output json"} {
		if got := w.Run(strings.Fields(line)...); got.Out != want || got.Code != 0 {
			t.Errorf("ax %s:\n%s", line, got)
		}
	}
}

// Variables, not arguments, are what a test binary's own command line is.
func TestNoArgumentsAreNotTheProcesses(t *testing.T) {
	t.Parallel()
	contains(t, clitest.New(t).Run([]string(nil)...).Out, "Usage:\n  ax [command]")
}
