package profiles_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"ax/internal/cli/clitest"

	"github.com/google/go-cmp/cmp"
)

func same[T any](t *testing.T, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// ran demands a result exactly.
func ran(t *testing.T, got clitest.Result, code int, out, errs string) {
	t.Helper()
	same(t, got, clitest.Result{Code: code, Out: out, Err: errs})
}

func contains(t *testing.T, text string, phrases ...string) {
	t.Helper()
	for _, p := range phrases {
		if !strings.Contains(text, p) {
			t.Errorf("%q is missing from\n%s", p, text)
		}
	}
}

func read(t *testing.T, w *clitest.World, name string) string {
	t.Helper()
	text, err := os.ReadFile(w.Path(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const (
	key   = "ak-1234567890abcdef"
	saved = "✓ Configuration saved to profile 'x'\n✓ Active profile set to 'x'\n\nYou're ready to go! Try: ax users list\n"
	file  = ".arize/profiles/x.toml"
	head  = "[profile]\nname = \"x\"\n\n[auth]\nauth_method = \"api-key\"\napi_key = \"" + key + "\"\n"
)

// Neither a terminal nor a port is needed.
func TestCreate(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"":                        "",
		"--single-host h.example": "\n[routing]\nsingle_host = \"h.example\"\n",
		"--single-host h:8443":    "\n[routing]\nsingle_port = \"8443\"\nsingle_host = \"h\"\n",
		"--single-host [::1]:8443 --single-port 8443":                   "\n[routing]\nsingle_host = \"[::1]:8443\"\nsingle_port = \"8443\"\n",
		"--single-host h --single-port 81 --api-scheme HTTP":            "\n[routing]\nsingle_host = \"h\"\nsingle_port = \"81\"\napi_scheme = \"http\"\n",
		"--region EU --output-format JSON":                              "\n[routing]\nregion = \"eu-west-1a\"\n\n[output]\nformat = \"json\"\n",
		"--base-domain example.com --auth-method api-key":               "\n[routing]\nbase_domain = \"example.com\"\n",
		"--api-host 127.0.0.1:8080 --api-scheme http --region=":         "\n[routing]\napi_host = \"127.0.0.1:8080\"\napi_scheme = \"http\"\n",
		"--api-host ${MY_HOST:h} --output-format csv --single-host=   ": "\n[routing]\napi_host = \"${MY_HOST:h}\"\n\n[output]\nformat = \"csv\"\n",
		"--api-host h -p other --timeout 5s --color never --verbose":    "\n[routing]\napi_host = \"h\"\n",
	} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			w := clitest.New(t)
			ran(t, w.Run(append([]string{"profiles", "create", "x", "--api-key", key}, strings.Fields(args)...)...), 0, "", saved)
			same(t, read(t, w, file), head+want)
			same(t, read(t, w, ".arize/.active_profile"), "x")
		})
	}
}

func TestCreateFromStandardInput(t *testing.T) {
	t.Parallel()
	for _, in := range []string{key, key + "\n", " " + key + " \r\nmore\n"} {
		w := clitest.New(t)
		w.In = in
		ran(t, w.Run("profiles", "create", "x", "--api-key-stdin"), 0, "", saved)
		same(t, read(t, w, file), head)
	}
	for _, in := range []string{"", "\n", "  \n" + key} {
		w := clitest.New(t)
		w.In = in
		got := w.Run("profiles", "create", "x", "--api-key-stdin")
		same(t, got.Code, 2)
		contains(t, got.Err, "There is no API key on standard input")
		same(t, w.Files(t), clitest.New(t).Files(t))
	}
}

const template = "# why\n[auth]\napi_key = \"${MY_KEY}\" # from the vault\n[mine]\nx = 1\n[routing]\napi_host = \"h\"\n"

func TestCreateFromFile(t *testing.T) {
	t.Parallel()
	for _, from := range []string{"HOME/t.toml", "-"} {
		w := clitest.New(t)
		w.Write(t, "t.toml", template)
		w.In = template
		ran(t, w.Run("profiles", "create", "x", "-f", strings.Replace(from, "HOME", w.Home, 1), "--api-scheme", "http"), 0, "", saved)
		same(t, read(t, w, file), template+"api_scheme = \"http\"\n\n[profile]\nname = \"x\"\n")
	}
	w := clitest.New(t)
	w.Write(t, "t.toml", template)
	w.Write(t, "keyless.toml", "[output]\nformat = \"csv\"\n")
	w.Write(t, "broken.toml", "[auth]\napi_key = x\n")
	w.Write(t, "oauth.toml", "[auth]\nauth_method = \"oauth\"\n[auth.oauth]\naccess_token = \"t\"\n")
	for args, c := range map[string]struct {
		code int
		says string
	}{
		"absent.toml":                   {1, "✗ Error: TOML config file not found: HOME/absent.toml\n"},
		"keyless.toml":                  {3, "✗ Error: Profile 'y' has no API key.\n"},
		"broken.toml":                   {1, "✗ Error: Invalid TOML in HOME/broken.toml, line 2, column 11: this line is not valid (text stands in double quotes)\n"},
		"t.toml --region EU":            {0, ""},
		"t.toml --single-port 99999999": {2, "Invalid port in '99999999' (--single-port)"},
		"oauth.toml --api-key k":        {1, "signs in through the browser and can have no API key"},
		"keyless.toml --api-key k":      {0, ""},
		"oauth.toml":                    {0, ""},
	} {
		name := "y"
		if c.code == 0 {
			name = "z" + strings.NewReplacer(".", "_", " ", "_").Replace(args)
		}
		got := w.Run(append([]string{"profiles", "create", name, "--from-file"}, strings.Fields(w.Path(args))...)...)
		if got.Code != c.code || !strings.Contains(strings.ReplaceAll(got.Err, w.Home, "HOME"), c.says) {
			t.Errorf("%s:\n%s", args, got)
		}
	}
	if _, err := os.Stat(w.Path(".arize/profiles/y.toml")); err == nil {
		t.Error("something was stored")
	}
}

// A wrong command line is a usage error and leaves nothing; what has to do with
// names and files that are there is a refusal.
func TestCreateRefuses(t *testing.T) {
	t.Parallel()
	const none = "ax profiles create"
	for args, c := range map[string]struct {
		code int
		says string
	}{
		"":                                  {2, "Missing argument: the name of the profile"},
		"y":                                 {2, "Missing option: --api-key, --api-key-stdin or --from-file"},
		"y z --api-key k":                   {2, `Got unexpected extra argument "z"`},
		"y --region EU":                     {2, "Missing option: --api-key"},
		"y --api-key=":                      {2, "Invalid value for '--api-key': must not be empty"},
		"y --api-key k --api-key-stdin":     {2, "exclude each other"},
		"y --from-file=":                    {2, "must not be empty"},
		"y --from-file - --api-key-stdin":   {2, "both read standard input"},
		"y --auth-method oauth --api-key k": {2, "--auth-method oauth and --api-key are mutually exclusive. Choose one authentication method."},
		"y --auth-method saml --api-key k":  {2, `"saml" is not one of api-key, oauth`},
		"y --auth-method oauth":             {3, "Signing in through the browser is not supported yet."},
		"y --api-key k --region mars":       {2, "Invalid region 'mars' (--region). It must be one of us-east-1b, us-central-1a, eu-west-1a, ca-central-1a, or US, EU, CA."},
		"y --api-key k --region EU --single-host h":        {2, "Only one routing option allowed: region, single_host/port, or base_domain. These are set: --region; --single-host."},
		"y --api-key k --region EU --single-port 1":        {2, "Only one routing option allowed"},
		"y --api-key k --region EU --base-domain e.co":     {2, "Only one routing option allowed"},
		"y --api-key k --base-domain e.co --single-host h": {2, "Only one routing option allowed"},
		"y --api-key k --api-host h --region EU":           {2, "--api-host has no effect beside --region"},
		"y --api-key k --api-host h --single-host h":       {2, "--api-host has no effect beside --single-host"},
		"y --api-key k --api-host h --base-domain e.co":    {2, "--api-host has no effect beside --base-domain"},
		"y --api-key k --api-host http://127.0.0.1:80":     {2, "Write 127.0.0.1:80 there, and http in --api-scheme."},
		"y --api-key k --api-scheme ftp":                   {2, "Invalid scheme 'ftp' (--api-scheme). It must be http or https."},
		"y --api-key k --api-scheme http":                  {1, "would send the API key in the clear"},
		"y --api-key k --single-host h --single-port x":    {2, "Invalid port in 'x' (--single-port)"},
		"y --api-key k --single-host h:1:2":                {2, "Two different ports"},
		"y --api-key k --output-format xml":                {2, `"xml" is not one of table, json, csv, parquet`},
		"y --api-keys k":                                   {2, "No such option: --api-keys (Possible options: --api-key"},
		"../y --api-key k":                                 {1, "Invalid profile name: '../y'. Profile names may only contain letters, numbers, hyphens, and underscores"},
		"local --api-key k":                                {1, "The profile 'local' is built in"},
		"x --api-key k":                                    {1, "✗ Error: Profile 'x' already exists. You can use a different name, edit the profile using `ax profiles update x`, or remove it using 'ax profiles delete x'.\n"},
	} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			w := clitest.New(t)
			w.Write(t, file, head)
			before := w.Files(t)
			got := w.Run(strings.Fields("profiles create " + args)...)
			if got.Code != c.code || got.Out != "" {
				t.Errorf("want %d:\n%s", c.code, got)
			}
			contains(t, got.Err, c.says)
			if c.code == 2 {
				contains(t, got.Err, "Try '"+none+" --help'")
			}
			same(t, w.Files(t), before)
			same(t, read(t, w, file), head)
		})
	}
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	const text = "# mine\n[auth]\napi_key = \"${MY_KEY}\" # vault\n[routing]\nsingle_host = \"h\"\nsingle_port = \"81\"\n[mine]\nx = [1,\n 2]\n"
	for args, want := range map[string]string{
		"x --output-format csv":         text + "\n[output]\nformat = \"csv\"\n",
		"--output-format csv":           text + "\n[output]\nformat = \"csv\"\n",
		"-p x --single-host g":          strings.Replace(text, `"h"`, `"g"`, 1),
		"x --single-host= --region US":  strings.Replace(text, "single_host = \"h\"\nsingle_port = \"81\"", `region = "us-east-1b"`, 1),
		"x --single-host g:82":          strings.NewReplacer(`"h"`, `"g"`, "81", "82").Replace(text),
		"x --api-key " + key:            strings.Replace(text, "${MY_KEY}", key, 1),
		"x --api-scheme http --verbose": strings.Replace(text, "\"81\"\n", "\"81\"\napi_scheme = \"http\"\n", 1),
	} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			w := clitest.New(t)
			w.Write(t, file, text)
			w.Write(t, ".arize/.active_profile", "x")
			ran(t, w.Run(strings.Fields("profiles update "+args)...), 0, "", "✓ Profile 'x' updated.\n")
			same(t, read(t, w, file), want)
		})
	}
	w := clitest.New(t)
	w.Write(t, file, text)
	w.In = key + "\n"
	ran(t, w.Run("profiles", "update", "x", "--api-key-stdin"), 0, "", "✓ Profile 'x' updated.\n")
	contains(t, read(t, w, file), `api_key = "`+key+`" # vault`)
	w.Write(t, "t.toml", template)
	ran(t, w.Run("profiles", "update", "x", "--from-file", w.Path("t.toml"), "--output-format", "json"), 0, "", "✓ Profile 'x' updated.\n")
	same(t, read(t, w, file), template+"\n[output]\nformat = \"json\"\n\n[profile]\nname = \"x\"\n")
	w.Write(t, file, "[broken")
	ran(t, w.Run("profiles", "update", "x", "--from-file", w.Path("t.toml")), 0, "", "✓ Profile 'x' updated.\n")
}

func TestUpdateRefuses(t *testing.T) {
	t.Parallel()
	for args, c := range map[string]struct {
		code int
		says string
	}{
		"x":                    {2, "✗ Error: Nothing to update. Provide --from-file or at least one field flag.\n"},
		"x --region EU":        {1, "Only one routing option allowed: region, single_host/port, or base_domain. These are set: routing.region in HOME/.arize/profiles/x.toml; routing.single_host in HOME/.arize/profiles/x.toml.\n\n  Suggestion: An option with an empty value takes its key out, as in --single-host ''.\n"},
		"x --api-host g":       {1, "routing.api_host has no effect beside routing.single_host in HOME"},
		"x --api-key=":         {2, "must not be empty"},
		"nope --region EU":     {1, "✗ Error: Profile 'nope' does not exist.\nAvailable profiles: broken, x, local\n"},
		"local --region EU":    {1, "built in"},
		"../x --region EU":     {1, "Invalid profile name"},
		"broken --region EU":   {1, "Invalid TOML in HOME/.arize/profiles/broken.toml, line 1, column 7"},
		"--region EU":          {1, "No active profile configured."},
		"x --from-file absent": {1, "TOML config file not found: absent"},
	} {
		w := clitest.New(t)
		const text = "[auth]\napi_key = \"k\"\n[routing]\nsingle_host = \"h\"\n"
		w.Write(t, file, text)
		w.Write(t, ".arize/profiles/broken.toml", "[broken")
		got := w.Run(strings.Fields("profiles update " + args)...)
		if got.Code != c.code || !strings.Contains(strings.ReplaceAll(got.Err, w.Home, "HOME"), c.says) {
			t.Errorf("%s, want %d:\n%s", args, c.code, got)
		}
		same(t, read(t, w, file), text)
	}
	w := clitest.New(t)
	w.Env["ARIZE_API_KEY"] = key
	got := w.Run("profiles", "update", "--region", "EU")
	same(t, got.Code, 1)
	contains(t, got.Err, "environment ARIZE_API_KEY", "ax profiles update NAME")
}

func TestUse(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	w.Write(t, file, head)
	ran(t, w.Run("profiles", "use", "x"), 0, "", "✓ Switched to profile 'x'\n")
	ran(t, w.Run("profiles", "use", "LOCAL"), 0, "", "✓ Switched to profile 'local'\n")
	same(t, read(t, w, ".arize/.active_profile"), "local")
	ran(t, w.Run("profiles", "use", "nope"), 1, "", "✗ Error: Profile 'nope' does not exist.\nAvailable profiles: x, local\n\n  Suggestion: Run 'ax profiles create nope' to create it.\n")
	same(t, w.Run("profiles", "use").Code, 2)
	w.Env["AX_PROFILE"] = "local"
	ran(t, w.Run("profiles", "use", "x"), 0, "", "✓ Switched to profile 'x'\n⚠ AX_PROFILE is set and goes before the active profile.\n")
}

func TestDelete(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	w.Write(t, file, head)
	w.Write(t, ".arize/profiles/y.toml", head)
	w.Write(t, ".arize/.active_profile", "y")
	ran(t, w.Run("profiles", "delete", "y", "--force"), 1, "", "✗ Error: Cannot delete active profile 'y'. Switch to another profile first.\n\n  Suggestion: With 'ax profiles use local', for example.\n")
	ran(t, w.Run("profiles", "delete", "x"), 2, "", "✗ Error: There is no terminal to ask on; add --force to delete the profile\n  Try 'ax profiles delete --help'.\n")
	w.In = "y\n"
	same(t, w.Run("profiles", "delete", "x").Code, 2) // a pipe is nobody who was asked
	w.Columns, w.In = 80, "n\n"
	ran(t, w.Run("profiles", "delete", "x"), 1, "", "Delete profile 'x'? [y/N]: ℹ Profile not deleted\n")
	w.In = ""
	ran(t, w.Run("profiles", "delete", "x"), 1, "", "Delete profile 'x'? [y/N]: \nℹ Profile not deleted\n")
	w.In = "y\n"
	ran(t, w.Run("profiles", "delete", "x"), 0, "", "Delete profile 'x'? [y/N]: ✓ Deleted profile 'x'\n")
	ran(t, w.Run("profiles", "use", "local"), 0, "", "✓ Switched to profile 'local'\n")
	ran(t, w.Run("profiles", "delete", "y", "-f"), 0, "", "✓ Deleted profile 'y'\n")
	ran(t, w.Run("profiles", "list", "-q"), 0, "local\n", "")
	same(t, w.Run("profiles", "list").Err, "ℹ No profiles found. Run 'ax profiles create' to create one.\n")
	same(t, w.Run("profiles", "delete", "local", "-f").Code, 1)
}

func TestList(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	delete(w.Env, "XDG_DATA_HOME")
	w.Env["AX_DATA_DIR"] = "/data"
	w.Write(t, file, head+"[routing]\nregion = \"EU\"\n[output]\nformat = \"json\"\n")
	w.Write(t, ".arize/profiles/broken.toml", "[auth")
	w.Write(t, ".arize/.active_profile", "x")
	ran(t, w.Run("profiles", "list"), 0, `┏━━━━━━━━┳━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┓
┃ name   ┃ active ┃ server                           ┃
┡━━━━━━━━╇━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┩
│ broken │ —      │ —                                │
├────────┼────────┼──────────────────────────────────┤
│ x      │ ●      │ https://api.eu-west-1a.arize.com │
├────────┼────────┼──────────────────────────────────┤
│ local  │ —      │ /data                            │
└────────┴────────┴──────────────────────────────────┘
`, "")
	ran(t, w.Run("profiles", "list", "-o", "csv"), 0, "name,active,server\nbroken,false,\nx,true,https://api.eu-west-1a.arize.com\nlocal,false,/data\n", "")
	ran(t, w.Run("profiles", "list", "--jq", `.profiles[]|select(.active).name`), 0, "x\n", "")
	ran(t, w.Run("profiles", "list", "--columns", "server,name", "-o", "jsonl"), 0,
		`{"name":"broken"}`+"\n"+`{"server":"https://api.eu-west-1a.arize.com","name":"x"}`+"\n"+`{"server":"/data","name":"local"}`+"\n", "")
	w.Env["ARIZE_API_KEY"] = key
	same(t, w.Run("profiles", "list", "-q").Err, "⚠ ARIZE_API_KEY is set and goes before the active profile.\n")
}

func TestShow(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	w.Write(t, file, head+"[routing]\nregion = \"EU\"\n[output]\nformat = \"csv\"\n")
	w.Write(t, ".arize/.active_profile", "x")
	got := w.Run("profiles", "show", "-o", "csv")
	ran(t, clitest.Result{Code: got.Code, Out: strings.ReplaceAll(got.Out, w.Home, "HOME"), Err: got.Err}, 0, `setting,value,source
profile,x,HOME/.arize/.active_profile
file,HOME/.arize/profiles/x.toml,~/.arize
server,https://api.eu-west-1a.arize.com,routing.region
auth.auth_method,api-key,file
auth.api_key,ak-12...def,file
routing.region,EU,file
output.format,csv,file
`, "")
	contains(t, w.Run("profiles", "show").Out, "┃ setting ", "│ auth.api_key ")
	w.Env["AX_PROFILE"] = "local"
	contains(t, w.Run("profiles", "show").Out, "│ local ", "environment AX_PROFILE")
	contains(t, w.Run("profiles", "show", "x", "--all").Out, "│ argument ", "routing.api_scheme", "│ default ")
	contains(t, w.Run("profiles", "show", "-p", "x").Out, "│ --profile ")
	w.Env["ARIZE_API_KEY"] = key
	contains(t, w.Run("profiles", "show", "x").Err, "ARIZE_API_KEY is set and has no effect on this profile.")
	var doc struct{ Settings []map[string]string }
	if err := json.Unmarshal([]byte(w.Run("profiles", "show", "x", "-o", "json").Out), &doc); err != nil || len(doc.Settings) != 7 {
		t.Errorf("%v, %v", doc, err)
	}
	w = clitest.New(t)
	same(t, w.Run("profiles", "show").Code, 1)
	same(t, w.Run("profiles", "show", "nope").Code, 1)
	same(t, w.Run("profiles", "show", "a", "b").Code, 2)
	same(t, w.Run("profiles", "show", "local", "-o", "xml").Code, 5)
}

func TestValidate(t *testing.T) {
	t.Parallel()
	for text, c := range map[string]struct {
		code int
		says string
	}{
		head:                                    {0, "✓ Profile 'x' is valid.\n"},
		"[auth]\napi_key = \"k\"\n":             {0, "⚠ The Python CLI wants a name in the file's [profile] section.\n✓ Profile 'x' is valid.\n"},
		"[auth":                                 {1, "Invalid TOML in HOME/.arize/profiles/x.toml, line 1, column 5"},
		"":                                      {3, "Profile 'x' has no API key."},
		"[auth]\napi_key = \"${NONE}\"\n":       {3, "Environment variable NONE is not set, and auth.api_key in HOME/.arize/profiles/x.toml refers to it."},
		head + "[routing]\nregion = \"mars\"\n": {1, "Invalid region 'mars'"},
		head + "[output]\nformat = \"xml\"\n":   {1, "Invalid output format 'xml' (output.format in HOME"},
		head + "[security]\nssl_ca_cert = \"/absent.pem\"\n": {1, "CA certificates: open /absent.pem"},
		"[auth]\nauth_method = \"oauth\"\n":                  {3, "Profile 'x' signs in through the browser, which is not supported yet.\n\n  Suggestion: Use a profile with an API key, or set ARIZE_API_KEY.\n"},
	} {
		w := clitest.New(t)
		w.Write(t, file, text)
		got := w.Run("profiles", "validate", "x")
		if got.Code != c.code || got.Out != "" || !strings.Contains(strings.ReplaceAll(got.Err, w.Home, "HOME"), c.says) {
			t.Errorf("%q, want %d:\n%s", text, c.code, got)
		}
	}
	w := clitest.New(t)
	ran(t, w.Run("profiles", "validate", "local"), 0, "", "✓ Profile 'local' is valid.\n")
	same(t, w.Run("profiles", "validate").Code, 1)
	w.Env["ARIZE_API_KEY"] = key
	ran(t, w.Run("profiles", "validate"), 0, "", "✓ The environment is valid.\n")
}
