//go:build linux

package main

import "slices"

// apiKeysCases is every command of api-keys, as organizationsCases is.
func apiKeysCases() []Case {
	return slices.Concat(
		lines(false, "api-keys", "api-keys -h", "api-keys --help", "api-keys ls"),
		pageCases("api-keys list", "api-keys"),
		endings(false, "api-keys list", "--key-type USER", "--key-type SERVICE -o json", "--key-type service", "--key-type NOPE", "--key-type", "--status ACTIVE -o json", "--status REVOKED -o json",
			"--status REVOKED", "--status revoked", "--status NOPE", "--status", "--key-type USER --status REVOKED -o csv", `--status ""`, `--key-type ""`),
		answered("api-keys list", "no key", nothing("api_keys")),
		answered("api-keys list", "a type that is not known", `{"api_keys":[{"id":"`+anID+`","name":"x","key_type":"ROBOT","status":"ACTIVE","redacted_key":"ak-...abcd","created_at":"2025-03-14T09:26:53Z","created_by_user_id":"`+missingID+`"}],"pagination":{"has_more":false}}`),
		keyCases("api-keys create", "-n New"), endings(true, "api-keys create", `-n ""`, "-n laptop -o json"),
		serviceKeyCases(),

		helps("api-keys refresh"), formats("api-keys refresh {spare}", true), namedCases(true, "api-keys refresh", "", "{spare}", ""), namedCases(true, "api-keys refresh", " --expires-at 2099-01-01", "{laptop}", ""),
		endings(true, "api-keys refresh {laptop}", "--expires-at 2098-12-31T23:59:59 -o json", "--expires-at 2098-12-31T23:59:59+02:00 -o json", "--expires-at nonsense", "--expires-at 2001-01-01", "--expires-at 2199-01-01",
			"--expires-at 2098-12-31 --grace-period-seconds 60 -o json", "--grace-period-seconds -1", "--grace-period-seconds 90000 --expires-at 2098-12-31", "--grace-period-seconds abc", `--expires-at ""`), lines(true, "api-keys refresh {old}"),

		helps("api-keys revoke"), namedCases(true, "api-keys revoke", " -f", "{laptop}", ""), confirmedCases("api-keys revoke {laptop}", "y\n"), lines(true, "api-keys revoke {old} -f", "api-keys revoke {robot} -f", "api-keys revoke {laptop} -f -o json"),
		nounFaults("api-keys list", "api-keys create -n New", "api-keys refresh "+anID, "api-keys revoke "+anID+" -f"),
	)
}

// keyCases are the options that both kinds of keys are made with.
func keyCases(command, least string) []Case {
	made := command + " " + least
	return slices.Concat(helps(command), formats(made, true),
		endings(true, made, "", "--description What", `--description ""`, "extra", "--expires-at 2099-12-31T23:59:59 -o json", "--expires-at 2099-12-31T23:59:59+02:00 -o json", "--expires-at 2099-12-31T23:59:59Z -o json",
			"--expires-at 2099-12-31 -o json", "--expires-at 2001-01-01", "--expires-at nonsense", `--expires-at ""`, "--env-file .env", "--env-file .envrc", "--env-file .env -o json", "--env-file .env -o out.json",
			"--env-file key.txt", "--env-file missing/.env", `--env-file ""`),
		endings(true, command, "", "-n", "--description x"),
		[]Case{
			{Line: made + " --env-file .env", Note: "the file has other variables", Files: map[string]string{".env": "A=1\nARIZE_API_KEY=old\n# kept\nB=2"}, Changes: true},
			{Line: made + " --env-file .envrc", Note: "the file has other variables", Files: map[string]string{".envrc": "export A=1\nexport ARIZE_API_KEY=\"old\"\n"}, Changes: true},
		})
}

// serviceKeyCases are keys with bots.
func serviceKeyCases() []Case {
	const bot = `[{"org_id":"{research}","spaces":[{"space":"{production}","role":"MEMBER"}]}]`
	cases := keyCases("api-keys create-service-key", "-n Bot -a bot.json")
	for i := range cases {
		if cases[i].Files == nil {
			cases[i].Files = map[string]string{}
		}
		cases[i].Files["bot.json"] = bot
	}
	for _, a := range []string{
		bot, `[{"org_id":"{research}","role":"ADMIN","spaces":[{"space":"Production"},{"space":"Staging","role":"READ_ONLY"}]}]`, `[{"org_id":"{research}","spaces":[{"space":"Production","role":{"type":"CUSTOM","id":"{auditor}"}}]}]`,
		`[{"org_id":"Research","spaces":[{"space":"Production"}]}]`, `[{"org_id":"{research}","spaces":[{"space":"Production","role":"member"}]}]`, `[{"org_id":"{research}","spaces":[{"space":"Production","role":"NOPE"}]}]`,
		`[{"org_id":"{research}","role":{"type":"NOPE"},"spaces":[{"space":"Production"}]}]`, `[{"org_id":"{research}","spaces":[{"space":"Nothing"}]}]`, `[{"org_id":"{archive}","spaces":[{"space":"{production}"}]}]`,
		`[{"org_id":"{research}","spaces":[]}]`, `[{"org_id":"{research}"}]`, `[{"spaces":[{"space":"Production"}]}]`, `[{"org_id":"{research}","spaces":[{"space":""}]}]`, `[{"org_id":"{research}","spaces":["Production"]}]`,
		`[]`, `{}`, `["x"]`, `[nonsense`, `missing.json`, `""`,
	} {
		cases = append(cases, Case{Line: "api-keys create-service-key -n Bot -o json -a " + quoted(a), Changes: true})
	}
	for _, role := range []string{"ADMIN", "MEMBER", "ANNOTATOR", "member", "NOPE", `""`} {
		cases = append(cases, Case{Line: "api-keys create-service-key -n Bot -a bot.json -o json --account-role " + role, Files: map[string]string{"bot.json": bot}, Changes: true})
	}
	return append(cases, lines(true, "api-keys create-service-key -n Bot", "api-keys create-service-key -n Bot -a", `api-keys create-service-key -a bot.json`)...)
}

func quoted(word string) string {
	if word == `""` {
		return word
	}
	return "'" + word + "'"
}
