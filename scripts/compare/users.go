//go:build linux

package main

import (
	"maps"
	"slices"
	"strings"
)

// usersCases is every command of users, with each of its options in each form,
// each output, and each way to go wrong.
func usersCases() []Case {
	return slices.Concat(listCases(), getCases(), createCases(), updateCases(), deleteCases(), letterCases(), faultCases())
}

// outputs are the values of --output that every command is run with. The first
// part of each is what comes before it on the command line.
func outputs(command string, changes bool) []Case {
	var cases []Case
	for _, o := range []string{
		"-o table", "-o json", "-o csv", "--output json", "--output=csv", "-o out.json", "-o out.csv", "-o out.parquet", "-o out.pq", "-o OUT.JSON",
		"-o JSON", "-o out.txt", "-o parquet", "-o -", "-o .json", "-o missing/out.json", "-o", `-o ""`,
	} {
		cases = append(cases, Case{Line: command + " " + o, Changes: changes})
	}
	return cases
}

// lines makes cases of command lines that need nothing special.
func lines(changes bool, all ...string) []Case {
	var cases []Case
	for _, line := range all {
		cases = append(cases, Case{Line: line, Changes: changes})
	}
	return cases
}

func listCases() []Case {
	cases := lines(false, "users list", "users list -h", "users list --help", "users list --nope", "users list --statu ACTIVE", "users list extra",
		"users list --email example.org", "users list -e bob", "users list --email=bob@example.com", "users list -e BOB", `users list -e ""`, "users list -e",
		"users list -e nobody", "users list -e nobody -o json", "users list -e nobody -o csv", "users list -e nobody -o none.csv", "users list -e nobody -o none.parquet",
		"users list --status ACTIVE", "users list -s INVITED", "users list -s ACTIVE -s INVITED", "users list -s active", "users list -s ACTIVE,INVITED", "users list -s NOPE", "users list -s",
		"users list --limit 2", "users list -l 2", "users list -l 2 -o json", "users list -l 2 -o csv", "users list -l 2 -o two.csv", "users list -l 2 -o two.json",
		"users list -l 2 -o two.parquet", "users list -l 100 -o json", "users list -l 0", "users list -l 101", "users list -l -1", "users list -l abc", "users list -l",
		"users list --cursor {users-cursor}", "users list -c {users-cursor} -l 2 -o json", "users list -c nonsense", `users list -c ""`, "users list -c",
		"users list -e example -s ACTIVE -l 1 -o json", "users list -v -o json", "users list --verbose -o csv")
	cases = append(cases, outputs("users list", false)...)
	return append(cases,
		Case{Line: "users list", Note: firstUse},
		Case{Line: "users list", Note: "no profile", Home: []string{}},
		Case{Line: "users list", Note: "the profile says json", Home: []string{"json"}},
		Case{Line: "users list -o table", Note: "the profile says json", Home: []string{"json"}},
		Case{Line: "users list", Note: "a key that the server does not know", Home: []string{"stranger"}},
		Case{Line: "users list", Note: "a profile that is not TOML", Home: []string{"broken"}},
		Case{Line: "users list -o json", Note: "the profile's key is a variable that is not set", Home: []string{"variable"}},
		Case{Line: "users list -o json", Note: "the profile's key is a variable", Home: []string{"variable"}, Env: []string{"COMPARE_KEY=wrong"}},
		Case{Line: "users list", Env: []string{"COLUMNS=60"}},
		Case{Line: "users list", Env: []string{"NO_COLOR=1"}},
		Case{Line: "users list -o json", Env: []string{"LC_ALL=C"}},
		Case{Line: "users list -o out.json", Note: "the file is there", Files: map[string]string{"out.json": "old"}},
	)
}

func getCases() []Case {
	cases := lines(false, "users get", "users get -h", "users get --help", "users get {bob} extra", "users get {bob}", "users get bob@example.com", "users get BOB@example.com",
		"users get {ann}", "users get {dai}", "users get {bert}",
		"users get nobody@example.com", "users get usr_nope", "users get VXNlcjoxMjM0NTY3ODkwMTIzNDU2", `users get ""`, "users get a/../b?x=1", "users get nobody@example.com -o json",
		"users get {bob} --nope", "users get {bob} -v -o json")
	return append(cases, outputs("users get {cem}", false)...)
}

func createCases() []Case {
	const person = `users create -n "New Person" -e new@example.com -r MEMBER --invite-mode `
	cases := lines(true, person+"NONE", person+"EMAIL_LINK", person+"TEMPORARY_PASSWORD", person+"none", person+"nope", person,
		`users create --full-name "New Person" --email new@example.com --role ANNOTATOR --invite-mode EMAIL_LINK`,
		`users create --full-name=New --email=new@example.com --role=ADMIN --invite-mode=NONE -o json`,
		`users create -n New -e new@example.com -r MEMBER_UI_ONLY --invite-mode EMAIL_LINK -o json`,
		`users create -n New -e new@example.com -r member --invite-mode EMAIL_LINK`, `users create -n New -e new@example.com -r NOPE --invite-mode EMAIL_LINK`,
		`users create -n New -e new@example.com -r MEMBER --invite-mode email_link --is-not-developer`,
		`users create -n "" -e new@example.com -r MEMBER --invite-mode NONE`, `users create -n New -e "" -r MEMBER --invite-mode NONE`,
		`users create -n New -e nonsense -r MEMBER --invite-mode NONE`, `users create -n Cem -e cem@example.com -r MEMBER --invite-mode EMAIL_LINK`,
		`users create -n Cem -e cem@example.com -r MEMBER --invite-mode EMAIL_LINK -o json`, `users create -n Dai -e dai.ming@example.org -r MEMBER --invite-mode TEMPORARY_PASSWORD -o json`,
		`users create -n Bob -e bob@example.com -r MEMBER --invite-mode NONE`,
		"users create", "users create -h", "users create --help", "users create -n New", "users create -n New -e new@example.com", "users create -n New -e new@example.com -r MEMBER",
		"users create -n New -e new@example.com --invite-mode NONE", "users create -n New -e new@example.com -r MEMBER --invite-mode NONE extra", "users create -n", "users create -e", "users create -r",
		"users create --nope", "users create --full-nam New")
	cases = append(cases, Case{Line: "users create", In: "New Person\nnew@example.com\nMEMBER\nNONE\n", Changes: true},
		Case{Line: "users create -n New -e new@example.com -r MEMBER", In: "NONE\n", Changes: true})
	return append(cases, outputs(person+"TEMPORARY_PASSWORD", true)...)
}

func updateCases() []Case {
	cases := lines(true, `users update {bob} --full-name "Bobby F."`, "users update {bob} -n Bobby", "users update {bob} --is-not-developer", "users update {bob} --is-developer",
		"users update {bob} -n Bobby --is-not-developer -o json", "users update {bob}", "users update", "users update -h", "users update --help", "users update -n Bobby",
		"users update bob@example.com -n Bobby", "users update nobody@example.com -n Bobby", "users update usr_nope -n Bobby", "users update VXNlcjoxMjM0NTY3ODkwMTIzNDU2 -n Bobby",
		`users update {bob} -n ""`, "users update {bob} -n", "users update {bob} --nope", "users update {bob} extra -n Bobby", "users update {bob} --is-developer --is-not-developer",
		"users update {cem} -n Cem2")
	return append(cases, outputs("users update {bob} -n Bobby", true)...)
}

func deleteCases() []Case {
	cases := lines(true, "users delete --id {bob} --force", "users delete --id {bob} -f", "users delete --email bob@example.com -f", "users delete -e BOB@example.com -f",
		"users delete --id {bob} --id {cem} -f", "users delete --id {bob} -e cem@example.com -f", "users delete --id {bob} --id {bob} -f", "users delete --id {bob} -e bob@example.com -f",
		"users delete --id {bob},{cem} -f", "users delete -e bob@example.com,cem@example.com -f",
		"users delete --id usr_nope -f", "users delete --id VXNlcjoxMjM0NTY3ODkwMTIzNDU2 -f", "users delete -e nobody@example.com -f", "users delete -e nobody@example.com --id {bob} -f",
		"users delete -e nobody@example.com -f -o json", "users delete --id {ann} -f", "users delete --id {ann} --id {bob} -f -o json",
		"users delete", "users delete -f", "users delete -h", "users delete --help", "users delete --id", "users delete -e", "users delete {bob} -f", "users delete --nope",
		`users delete --id "" -f`, `users delete -e "" -f`, "users delete --id {bob}", "users delete --id {bob} -o json")
	cases = append(cases,
		Case{Line: "users delete --id {bob}", In: "y\n", Changes: true}, Case{Line: "users delete --id {bob}", In: "n\n", Changes: true},
		Case{Line: "users delete --id {bob}", In: "\n", Changes: true}, Case{Line: "users delete --id {bob} -o json", In: "y\n", Changes: true})
	return append(cases, outputs("users delete --id {bob} --id {cem} --force", true)...)
}

func letterCases() []Case {
	var cases []Case
	for _, command := range []string{"users resend-invitation", "users reset-password"} {
		for _, rest := range []string{"", " -h", " --help", " {bob}", " {cem}", " cem@example.com", " bob@example.com", " nobody@example.com", " usr_nope", ` ""`, " {bob} extra",
			" {bob} -o json", " {bob} --nope", " VXNlcjoxMjM0NTY3ODkwMTIzNDU2"} {
			cases = append(cases, Case{Line: command + rest, Changes: true})
		}
	}
	return cases
}

// faultCases are what servers may do that ours cannot be brought to.
func faultCases() []Case {
	var cases []Case
	for _, line := range []string{"users list", "users list -o json", "users get usr_1", "users create -n New -e new@example.com -r MEMBER --invite-mode NONE",
		"users update usr_1 -n New", "users delete --id usr_1 -f", "users resend-invitation usr_1", "users reset-password usr_1"} {
		for _, name := range slices.Sorted(maps.Keys(faults())) {
			cases = append(cases, Case{Line: line, Note: name, Stub: faults()[name]})
		}
	}
	ok := func(body string) *Answer { return &Answer{Status: 200, Type: "application/json", Body: body} }
	one := func(replace ...string) *Answer {
		return ok(strings.NewReplacer(replace...).Replace(`{"users":[{"id":"usr_1","name":"Plain","email":"p@example.com","created_at":"2025-03-14T09:26:53.589793Z",` +
			`"status":"ACTIVE","role":{"type":"PREDEFINED","name":"ADMIN"},"is_developer":true}],"pagination":{"has_more":false}}`))
	}
	worlds := []Case{
		{Note: "an answer that is not JSON", Stub: ok("{nonsense")},
		{Note: "an answer in HTML", Stub: &Answer{Status: 200, Type: "text/html", Body: "<html>hello</html>"}},
		{Note: "an empty object", Stub: ok("{}")},
		{Note: "a time with its fraction", Stub: one()},
		{Note: "a role that is not known", Stub: one("ADMIN", "OVERLORD")},
		{Note: "a status that is not known", Stub: one("ACTIVE", "SUSPENDED")},
		{Note: "a role of the account's own", Stub: one(`{"type":"PREDEFINED","name":"ADMIN"}`, `{"type":"CUSTOM","id":"role_xyz","name":"Auditor"}`)},
		{Note: "a name that is markup", Stub: one("Plain", "[bold]x[/bold] [/y]")},
		{Note: "a name that is a formula", Stub: one("Plain", "=1+1")},
		{Note: "a name with an escape", Stub: one("Plain", `\u001b[31mred`)},
		{Note: "a page with more, and no cursor", Stub: one(`"has_more":false`, `"has_more":true`)},
	}
	for _, o := range []string{"", " -o json", " -o csv", " -o out.parquet"} {
		for _, c := range worlds {
			c.Line = "users list" + o
			cases = append(cases, c)
		}
	}
	return cases
}
