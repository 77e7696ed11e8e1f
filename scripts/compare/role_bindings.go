//go:build linux

package main

import "slices"

// roleBindingsCases is every command of role-bindings, as organizationsCases is.
func roleBindingsCases() []Case {
	const made = "role-bindings create --user-id {eve} --role-id {auditor} --resource-type SPACE --resource-id {production}"
	return slices.Concat(
		lines(false, "role-bindings", "role-bindings -h", "role-bindings --help", "role-bindings ls"),
		pageCases("role-bindings list --resource-type SPACE", "role-bindings"),
		endings(false, "role-bindings list", "", "--resource-type PROJECT", "--resource-type PROJECT -o json", "--resource-type space", "--resource-type NOPE", `--resource-type ""`, "--resource-type",
			"--resource-type SPACE --user-id {bob} -o json", "--resource-type SPACE --user-id {eve}", "--resource-type SPACE --user-id {eve} -o csv", "--resource-type SPACE --user-id bob@example.com",
			"--resource-type SPACE --user-id "+missingID, "--resource-type SPACE --user-id nonsense", `--resource-type SPACE --user-id ""`, "--resource-type SPACE --user-id"),
		answered("role-bindings list --resource-type SPACE", "no binding", nothing("role_bindings")),
		helps("role-bindings get"), formats("role-bindings get {binding}", false), namedCases(false, "role-bindings get", "", "{binding}", ""), lines(false, "role-bindings get {bound} -o json"),

		helps("role-bindings create"), formats(made, true), endings(true, made, "", "extra"),
		endings(true, "role-bindings create", "", "--user-id {eve}", "--user-id {eve} --role-id {auditor} --resource-type PROJECT --resource-id {project} -o json",
			"--user-id {eve} --role-id {auditor} --resource-type space --resource-id {production} -o json", "--user-id {eve} --role-id {auditor} --resource-type NOPE --resource-id {production}",
			"--user-id {bob} --role-id {auditor} --resource-type SPACE --resource-id {production}", "--user-id {eve} --role-id "+missingID+" --resource-type SPACE --resource-id {production}",
			"--user-id "+missingID+" --role-id {auditor} --resource-type SPACE --resource-id {production}", "--user-id {eve} --role-id {auditor} --resource-type SPACE --resource-id "+missingID,
			"--user-id eve@example.org --role-id Auditor --resource-type SPACE --resource-id Production", `--user-id "" --role-id {auditor} --resource-type SPACE --resource-id {production}`, "--user-id"),
		[]Case{{Line: "role-bindings create", In: "{eve}\n{auditor}\nSPACE\n{production}\n", Changes: true}},

		helps("role-bindings update"), formats("role-bindings update {binding} --role-id {idle}", true), namedCases(true, "role-bindings update", " --role-id {idle}", "{binding}", ""),
		endings(true, "role-bindings update {binding}", "", "--role-id "+missingID, `--role-id "Idle Role"`, `--role-id ""`, "--role-id", "--role-id {auditor} -o json"),
		[]Case{{Line: "role-bindings update {binding}", In: "{idle}\n", Changes: true}},

		helps("role-bindings delete"), namedCases(true, "role-bindings delete", " -f", "{binding}", ""), confirmedCases("role-bindings delete {binding}", "y\n"), lines(true, "role-bindings delete {bound} -f -o json"),
		nounFaults("role-bindings list --resource-type SPACE", "role-bindings get "+anID, "role-bindings create --user-id "+missingID+" --role-id "+anotherID+" --resource-type SPACE --resource-id "+anID,
			"role-bindings update "+anID+" --role-id "+anotherID, "role-bindings delete "+anID+" -f"),
	)
}
