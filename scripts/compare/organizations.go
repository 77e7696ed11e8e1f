//go:build linux

package main

import "slices"

// organizationsCases is every command of organizations, with each of its
// options in each form, each output, and each way to go wrong.
func organizationsCases() []Case {
	const made = `organizations create -n "New Organization"`
	return slices.Concat(
		lines(false, "organizations", "organizations -h", "organizations --help", "organizations ls"),
		pageCases("organizations list", "organizations"),
		endings(false, "organizations list", "--name research", "-n RESEARCH -o json", "--name nobody", "-n nobody -o json", "-n nobody -o csv", "-n nobody -o none.parquet", `-n ""`, "-n"),
		answered("organizations list", "a name that is markup", `{"organizations":[{"id":"`+anID+`","name":"[bold]x[/bold] [/y]","description":"=1+1","created_at":"2025-03-14T09:26:53.589793Z"}],"pagination":{"has_more":false}}`),
		helps("organizations get"), formats("organizations get {research}", false), namedCases(false, "organizations get", "", "{research}", "Research"),

		helps("organizations create"), formats(made, true), endings(true, made, "", `--description "What it is"`, `--description ""`, "extra"),
		endings(true, "organizations create", "", "-n", `-n ""`, "--name Research", "--name research -o json", "--description x", `--name " Padded "`, "--name=Short -o json"),

		helps("organizations update"), formats("organizations update {research} -n Renamed", true), namedCases(true, "organizations update", " -n Renamed", "{research}", "Research"),
		endings(true, "organizations update {research}", "", "--description Other", `--description ""`, `-n ""`, "-n", `-n "Archive & Söhne With A Name Longer Than Thirty Cells"`, "-n Both --description Both -o json"),

		helps("organizations delete"), namedCases(true, "organizations delete", " -f", "{research}", "Research"), confirmedCases("organizations delete {research}", "y\n"),
		endings(true, "organizations delete {research} -f", "-o json"),

		memberCases("organizations", "{research}", "Research"),
		nounFaults("organizations list", "organizations get "+anID, "organizations create -n New", "organizations update "+anID+" -n New", "organizations delete "+anID+" -f",
			"organizations add-user "+anID+" --user-id "+missingID+" -r MEMBER", "organizations remove-user "+anID+" --user-id "+missingID+" -f"),
	)
}

// memberCases are the commands about members, which organizations and spaces have.
func memberCases(group, id, name string) []Case {
	add, remove := group+" add-user ", group+" remove-user "
	return slices.Concat(
		helps(add[:len(add)-1]), formats(add+id+" --user-id {eve} -r ADMIN", true), namedCases(true, add[:len(add)-1], " --user-id {eve} -r MEMBER", id, name),
		endings(true, add+id, "", "--user-id {eve}", "-r MEMBER", "--user-id {bob} --role READ_ONLY -o json", "--user-id {eve} --role ANNOTATOR -o json", "--user-id {eve} -r member",
			"--user-id {eve} -r NOPE", "--user-id eve@example.org -r MEMBER", "--user-id nobody@example.org -r MEMBER", "--user-id "+missingID+" -r MEMBER", `--user-id "" -r MEMBER`, `--user-id {eve} -r ""`,
			"--user-id {eve} -r Auditor", "--user-id", "-r"),
		[]Case{{Line: add + id, In: "{eve}\nMEMBER\n", Changes: true}},
		helps(remove[:len(remove)-1]), namedCases(true, remove[:len(remove)-1], " --user-id {bob} -f", id, name), confirmedCases(remove+id+" --user-id {bob}", "y\n"),
		endings(true, remove+id, "-f", "--user-id {eve} -f", "--user-id bob@example.com -f", "--user-id nobody@example.org -f", "--user-id "+missingID+" -f", `--user-id "" -f`, "--user-id"),
	)
}
