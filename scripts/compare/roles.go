//go:build linux

package main

import "slices"

// rolesCases is every command of roles, as organizationsCases is.
func rolesCases() []Case {
	const made = `roles create -n "New Role" --permissions PROJECT_READ`
	return slices.Concat(
		lines(false, "roles", "roles -h", "roles --help", "roles ls"),
		pageCases("roles list", "roles"),
		endings(false, "roles list", "--is-predefined", "--is-predefined -o json", "--is-custom", "--is-custom -o json", "--is-custom -o csv", "--is-custom -o custom.parquet", "--is-predefined --is-custom"),
		answered("roles list", "no role", nothing("roles")),
		answered("roles list", "a permission that is not known", `{"roles":[{"id":"`+anID+`","name":"x","permissions":["PROJECT_READ","MOON_LAND"],"is_predefined":false,"created_at":"2025-03-14T09:26:53Z","updated_at":"2025-03-14T09:26:53Z"}],"pagination":{"has_more":false}}`),
		helps("roles get"), formats("roles get {auditor}", false), namedCases(false, "roles get", "", "{auditor}", "Auditor"), lines(false, "roles get {idle} -o json", `roles get "Idle Role" -o csv`),

		helps("roles create"), formats(made, true), endings(true, made, "", "--description What", `--description ""`, "extra", "--permissions DATASET_READ -o json"),
		endings(true, "roles create", "", "-n New", "--permissions PROJECT_READ", `-n "" --permissions PROJECT_READ`, `-n New --permissions ""`, "-n New --permissions NOPE", "-n New --permissions project_read -o json",
			`-n New --permissions "PROJECT_READ, DATASET_READ" -o json`, "-n New --permissions PROJECT_READ,,DATASET_READ -o json", "-n New --permissions DATASET_READ,PROJECT_READ,DATASET_READ -o json",
			"-n Auditor --permissions PROJECT_READ", "-n auditor --permissions PROJECT_READ", "-n", "-n New --permissions"),

		helps("roles update"), formats("roles update {idle} -n Renamed", true), namedCases(true, "roles update", " -n Renamed", "{auditor}", "Auditor"),
		endings(true, "roles update {idle}", "", "--description Other", `--description ""`, `-n ""`, "-n", "-n Auditor", "--permissions DATASET_READ -o json", "--permissions NOPE", `--permissions ""`,
			"-n Both --description Both --permissions DATASET_READ,PROJECT_READ -o json"),

		helps("roles delete"), namedCases(true, "roles delete", " -f", "{idle}", "Idle Role"), confirmedCases("roles delete {idle}", "y\n"), lines(true, "roles delete Auditor -f", "roles delete {idle} -f -o json"),
		nounFaults("roles list", "roles get "+anotherID, "roles create -n New --permissions PROJECT_READ", "roles update "+anotherID+" -n New", "roles delete "+anotherID+" -f"),
	)
}
