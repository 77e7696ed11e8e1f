//go:build linux

package main

import (
	"slices"
	"strings"
)

// profileTexts are the profiles that a home can have.
func profileTexts() map[string]string {
	const server = `[profile]
name = "server"

[auth]
auth_method = "api-key"
api_key = "{key}"

[routing]
single_host = "{host}"
single_port = "{port}"
api_scheme = "http"

[update]
enabled = false
`
	const plain = `# by hand
[profile]
name = "NAME"

[auth]
auth_method = "api-key"
api_key = "ak-1234567890abcdef"

[routing]
region = "us-east-1b"

[output]
format = "table"

[update]
enabled = false
`
	named := func(name string) string { return strings.Replace(plain, "NAME", name, 1) }
	return map[string]string{
		"server":   server,
		"json":     server + "\n[output]\nformat = \"json\"\n",
		"stranger": strings.Replace(server, "{key}", "ak-unknown", 1),
		"variable": strings.Replace(server, "{key}", "${COMPARE_KEY}", 1),
		"broken":   "[auth\napi_key = nonsense\n",
		"one":      named("one"),
		"two":      named("two"),
		"vars":     strings.Replace(named("vars"), "ak-1234567890abcdef", "${COMPARE_KEY}", 1),
		"extra":    named("extra") + "\n[mine]\ncolour = \"green\"\n",
		"oauth": `[profile]
name = "oauth"

[auth]
auth_method = "oauth"

[auth.oauth]
access_token = "at"
refresh_token = "rt"
expires_at = "2100-01-01T00:00:00Z"
user_email = "me@example.com"

[routing]
region = "us-east-1b"

[update]
enabled = false
`,
	}
}

// homes gives lines the same profiles.
func homes(profiles []string, all ...string) []Case {
	cases := lines(false, all...)
	for i := range cases {
		cases[i].Home = profiles
	}
	return cases
}

// profilesCases is every command of profiles, with each option.
func profilesCases() []Case {
	none, two := []string{}, []string{"one", "two"}
	file := map[string]string{"p.toml": profileTexts()["two"], "bad.toml": profileTexts()["broken"]}
	cases := slices.Concat(
		homes(none, "profiles create a --api-key ak-1 --region us-east-1b", "profiles create a --api-key ak-1 --region EU", "profiles create a --api-key ak-1 --region nowhere",
			"profiles create a --api-key ak-1", "profiles create a --api-key=ak-1 --auth-method api-key", "profiles create a --api-key ak-1 --auth-method oauth", "profiles create a --auth-method nope --api-key ak-1",
			"profiles create a --api-key ak-1 --single-host ax.example.com --single-port 443", "profiles create a --api-key ak-1 --single-host ax.example.com", "profiles create a --api-key ak-1 --single-port 443",
			"profiles create a --api-key ak-1 --region EU --single-host h --single-port 1", "profiles create a --api-key ak-1 --output-format json", "profiles create a --api-key ak-1 --output-format nope",
			"profiles create --api-key ak-1", "profiles create a --region EU", `profiles create "bad name" --api-key ak-1`, "profiles create ../a --api-key ak-1",
			`profiles create a --api-key ""`, `profiles create a --api-key ${COMPARE_KEY}`, "profiles create a b --api-key k", "profiles create a --api-key", "profiles create a --region", "profiles create a --nope",
			"profiles create a --from-file missing.toml", "profiles create", "profiles create a",
			"profiles list", "profiles show", "profiles show one", "profiles use one", "profiles validate", "profiles validate one", "profiles delete one -f", "profiles update --api-key ak-2", "profiles update one --api-key ak-2"),
		homes(two, "profiles list", "profiles list -v", "profiles list extra", "profiles show", "profiles show two", "profiles show --all", "profiles show two --all", "profiles show --expand", "profiles show nope", "profiles show ../one",
			"profiles use two", "profiles use one", "profiles use nope", "profiles use ../one", "profiles use", "profiles use one two",
			"profiles validate", "profiles validate two", "profiles validate nope",
			"profiles delete two -f", "profiles delete two --force", "profiles delete one -f", "profiles delete nope -f", "profiles delete ../one -f", "profiles delete", "profiles delete two",
			"profiles update --api-key ak-2", "profiles update two --api-key ak-2", "profiles update two --region EU", "profiles update two --region nowhere", "profiles update two --output-format json",
			"profiles update two --output-format nope", "profiles update two --single-host h --single-port 1", "profiles update nope --api-key k", "profiles update", "profiles update two --from-file missing.toml",
			"profiles update two --api-key", `profiles update two --api-key ""`, "profiles create two --api-key ak-1", "profiles create new --api-key ak-1", "profiles update two extra --api-key k"),
		homes([]string{"vars"}, "profiles show", "profiles show --expand", "profiles update --region EU", "profiles validate"),
		homes([]string{"extra"}, "profiles update --region EU"),
		homes([]string{"broken", "one"}, "profiles list", "profiles show", "profiles validate", "profiles use one", "profiles use broken", "profiles update --region EU"),
		homes([]string{"oauth"}, "profiles show", "profiles validate", "profiles list", "profiles update --output-format json", "users list"),
	)
	for _, command := range []string{"create", "update", "list", "show", "use", "validate", "delete"} {
		cases = append(cases, homes(two, "profiles "+command+" -h", "profiles "+command+" --help")...)
	}
	return append(cases,
		Case{Line: "profiles create a --from-file p.toml", Home: none, Files: file}, Case{Line: "profiles create a -f bad.toml", Home: none, Files: file},
		Case{Line: "profiles create a -f p.toml --region EU", Home: none, Files: file}, Case{Line: "profiles update one -f p.toml", Home: two, Files: file},
		Case{Line: "profiles delete two", Home: two, In: "y\n"}, Case{Line: "profiles delete two", Home: two, In: "n\n"},
		Case{Line: "profiles show --expand", Home: []string{"vars"}, Env: []string{"COMPARE_KEY=ak-of-the-environment"}},
	)
}
