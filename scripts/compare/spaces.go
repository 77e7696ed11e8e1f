//go:build linux

package main

import "slices"

// spacesCases is every command of spaces, as organizationsCases is.
func spacesCases() []Case {
	const made = `spaces create -n "New Space" --organization-id {research}`
	return slices.Concat(
		lines(false, "spaces", "spaces -h", "spaces --help", "spaces ls"),
		pageCases("spaces list", "spaces"),
		endings(false, "spaces list", "--organization-id {research}", "--organization-id {research} -o json", "--organization-id {archive} -o csv", "--organization-id "+missingID,
			"--organization-id nonsense", "--organization-id Research", `--organization-id ""`, "--organization-id", "--name prod"),
		answered("spaces list", "no space", nothing("spaces")),
		helps("spaces get"), formats("spaces get {production}", false), namedCases(false, "spaces get", "", "{production}", "Production"), lines(false, "spaces get Twin", "spaces get {staging} -o json"),

		helps("spaces create"), formats(made, true), endings(true, made, "", `--description "What it is"`, `--description ""`, "extra"),
		endings(true, "spaces create", "", "-n New", "--organization-id {research}", `-n "" --organization-id {research}`, `-n New --organization-id ""`, "-n New --organization-id nonsense",
			"-n New --organization-id "+missingID, "-n New --organization-id Research", "-n Production --organization-id {research}", "--name=Production --organization-id={archive} -o json", "-n", "--organization-id"),
		[]Case{{Line: "spaces create", In: "New\n{research}\n", Changes: true}, {Line: "spaces create -n New", In: "{research}\n", Changes: true}},

		helps("spaces update"), formats("spaces update {production} -n Renamed", true), namedCases(true, "spaces update", " -n Renamed", "{production}", "Production"),
		endings(true, "spaces update {production}", "", "--description Other", `--description ""`, `-n ""`, "-n", "-n Staging", "-n Both --description Both -o json"), lines(true, "spaces update Twin -n Renamed"),

		helps("spaces delete"), namedCases(true, "spaces delete", " -f", "{production}", "Production"), confirmedCases("spaces delete Production", "Production\n"),
		lines(true, "spaces delete Twin -f", "spaces delete {production} -f -o json"),

		memberCases("spaces", "{production}", "Production"),
		nounFaults("spaces list", "spaces get "+anID, "spaces create -n New --organization-id "+anotherID, "spaces update "+anID+" -n New", "spaces delete "+anID+" -f",
			"spaces add-user "+anID+" --user-id "+missingID+" -r MEMBER", "spaces remove-user "+anID+" --user-id "+missingID+" -f"),
	)
}
