//go:build linux

package main

import "slices"

// resourceRestrictionsCases is every command of resource-restrictions, as
// organizationsCases is.
func resourceRestrictionsCases() []Case {
	const restrict, unrestrict = "resource-restrictions restrict", "resource-restrictions unrestrict"
	ids := []string{"", "--resource-id", `--resource-id ""`, "--resource-id nonsense", "--resource-id " + missingID, "--resource-id {production}", "--resource-id {project} extra"}
	return slices.Concat(
		lines(false, "resource-restrictions", "resource-restrictions -h", "resource-restrictions --help", "resource-restrictions ls"),
		pageCases("resource-restrictions list", "resource-restrictions"),
		endings(false, "resource-restrictions list", "-t PROJECT", "--resource-type PROMPT -o json", "-t DASHBOARD", "-t DASHBOARD -o csv", "-t project", "-t NOPE", `-t ""`, "-t"),
		answered("resource-restrictions list", "no restriction", nothing("resource_restrictions")),

		helps(restrict), formats(restrict+" --resource-id {dashboard}", true), endings(true, restrict, append(ids, "--resource-id {project}", "--resource-id {project} -o json")...),
		[]Case{{Line: restrict, In: "{dashboard}\n", Changes: true}},

		helps(unrestrict), endings(true, unrestrict+" -f", append(ids, "--resource-id {prompt}", "--resource-id {dashboard}", "--resource-id {project} -o json")...), confirmedCases(unrestrict+" --resource-id {project}", "y\n"),
		[]Case{{Line: unrestrict + " -f", In: "{project}\n", Changes: true}},
		nounFaults("resource-restrictions list", restrict+" --resource-id "+anID, unrestrict+" --resource-id "+anID+" -f"),
	)
}
