package api_test

// memberCells are about whom a membership is given to or taken from, and what role.
func memberCells() (all []cell) {
	for _, place := range []string{"A", "B"} {
		path := "/v2/organizations/<" + place + ">/users"
		for _, role := range []string{"weak", "strong"} {
			all = append(all, cell{"add_organization_user", place + ", as " + role, "POST " + path + ` {"user_id":"<user guest>","role":` + assignment(role) + `}`, func(s standing) int {
				return s.outcome(s.sees(place), s.may(administer, place) && s.within(role, place), 200)
			}})
		}
		all = append(all, cell{"remove_organization_user", place + ", a stranger", "DELETE " + path + "/<holder>", func(s standing) int {
			return s.outcome(s.sees(place), s.may(administer, place), 404)
		}})
	}
	for _, place := range spaces() {
		path := "/v2/spaces/<" + place + ">/users"
		binds := func(s standing, role string) bool {
			return s.may("ROLE_BINDING_CREATE", place) && s.within(role, place)
		}
		replaces := func(s standing, role string) bool {
			return s.may(administer, place) || role != "ADMIN" && s.may("ROLE_BINDING_DELETE", place) && s.within(role, place)
		}
		for _, role := range []string{"weak", "strong"} {
			all = append(all, cell{"add_space_user", place + ", as " + role, "POST " + path + ` {"user_id":"<user guest>","role":` + assignment(role) + `}`, func(s standing) int {
				return s.outcome(s.sees(place), binds(s, role), 200)
			}})
		}
		for who, role := range map[string]string{"<user chief>": "ADMIN", "<user reading>": "READ_ONLY", "<user holder of spaces>": "strong"} {
			all = append(all,
				cell{"add_space_user", place + ", instead of " + role, "POST " + path + ` {"user_id":"` + who + `","role":` + assignment("weak") + `}`, func(s standing) int {
					return s.outcome(s.sees(place), binds(s, "weak") && replaces(s, role), 200)
				}},
				cell{"remove_space_user", place + ", who is " + role, "DELETE " + path + "/" + who, func(s standing) int {
					return s.outcome(s.sees(place), s.may("ROLE_BINDING_DELETE", place) && replaces(s, role), 204)
				}})
		}
	}
	return all
}

func roleCells() (all []cell) {
	needs := func(p string, after func(standing) int) func(standing) int {
		return func(s standing) int {
			if !s.may(p, "") || s.idle {
				return 403
			}
			return after(s)
		}
	}
	below := func(role string, done int) func(standing) int {
		return func(s standing) int { return s.outcome(true, s.within(role, ""), done) }
	}
	for _, t := range []struct {
		relation, id     string
		read             int
		updated, deleted func(standing) int
	}{
		{"below", "<role spare>", 200, below("weak", 200), below("weak", 204)},
		{"above", "<role strong>", 200, below("strong", 200), below("strong", 409)},
		{"predefined", "<predefined role>", 200, status(403), status(403)},
		{"deleted", "<deleted role>", 404, status(404), status(404)},
		{"missing", "<missing role>", 404, status(404), status(404)},
		{"of another kind", "<other role>", 404, status(404), status(404)},
		{"malformed", "clerk", 400, status(400), status(400)},
	} {
		all = append(all,
			cell{"get_role", t.relation, "GET /v2/roles/" + t.id, needs("ROLE_READ", status(t.read))},
			cell{"update_role", t.relation, "PATCH /v2/roles/" + t.id + ` {"description":"new"}`, needs("ROLE_UPDATE", t.updated)},
			cell{"delete_role", t.relation, "DELETE /v2/roles/" + t.id, needs("ROLE_DELETE", t.deleted)})
	}
	return append(all,
		cell{"list_roles", "all", "GET /v2/roles", needs("ROLE_READ", status(200))},
		cell{"create_role", "below", `POST /v2/roles {"name":"New","permissions":["SPACE_READ"]}`, needs("ROLE_CREATE", below("weak", 201))},
		cell{"create_role", "above", `POST /v2/roles {"name":"New","permissions":["USER_DELETE"]}`, needs("ROLE_CREATE", below("strong", 201))},
		cell{"update_role", "made to be above", `PATCH /v2/roles/<role spare> {"permissions":["USER_DELETE"]}`, needs("ROLE_UPDATE", below("strong", 200))})
}

func bindingCells() (all []cell) {
	for _, place := range []string{"A1", "AP", "B1", "open", "closed"} {
		kind, id := "SPACE", "<binding "+place+">"
		if place == "open" || place == "closed" {
			kind = "PROJECT"
		}
		for _, role := range []string{"weak", "strong"} {
			body := `{"role_id":"<role ` + role + `>","user_id":"<user unbound>","resource_type":"` + kind + `","resource_id":"<` + place + `>"}`
			all = append(all, cell{"create_role_binding", place + ", of " + role, "POST /v2/role-bindings " + body, func(s standing) int {
				return s.outcome(true, s.may("ROLE_BINDING_CREATE", place) && s.within(role, place), 201)
			}})
			all = append(all, cell{"update_role_binding", place + ", to " + role, "PATCH /v2/role-bindings/" + id + ` {"role_id":"<role ` + role + `>"}`, func(s standing) int {
				return s.quiet(s.may("ROLE_BINDING_CREATE", place) && s.may("ROLE_BINDING_DELETE", place) && s.within(role, place), 200)
			}})
		}
		all = append(all,
			cell{"get_role_binding", place, "GET /v2/role-bindings/" + id, func(s standing) int { return s.quiet(s.may("ROLE_BINDING_READ", place), 200) }},
			cell{"delete_role_binding", place, "DELETE /v2/role-bindings/" + id, func(s standing) int { return s.quiet(s.may("ROLE_BINDING_DELETE", place), 204) }})
	}
	for _, a := range append(absent("binding"), [2]string{"malformed", "some"}) {
		want := map[bool]int{true: 400, false: 404}[a[0] == "malformed"]
		all = append(all,
			cell{"get_role_binding", a[0], "GET /v2/role-bindings/" + a[1], status(want)},
			cell{"update_role_binding", a[0], "PATCH /v2/role-bindings/" + a[1] + ` {"role_id":"<role weak>"}`, status(want)},
			cell{"delete_role_binding", a[0], "DELETE /v2/role-bindings/" + a[1], status(want)})
	}
	for _, a := range [][2]string{{"deleted", "<deleted space>"}, {"missing", "<missing space>"}} {
		body := `{"role_id":"<role weak>","user_id":"<user unbound>","resource_type":"SPACE","resource_id":"` + a[1] + `"}`
		all = append(all, cell{"create_role_binding", a[0], "POST /v2/role-bindings " + body, func(s standing) int {
			return s.outcome(true, s.may("ROLE_BINDING_CREATE", ""), 404)
		}})
	}
	for _, kind := range []string{"SPACE", "PROJECT"} {
		all = append(all, cell{"list_role_bindings", kind, "GET /v2/role-bindings?resource_type=" + kind, func(s standing) int { return s.outcome(true, true, 200) }})
	}
	return all
}

func restrictionCells() (all []cell) {
	for _, t := range []struct {
		id, needs string
		removed   int
	}{{"open", "PROJECT_RESTRICT", 404}, {"closed", "PROJECT_RESTRICT", 204}, {"dashboard", "DASHBOARD_RESTRICT", 404}} {
		// Who may restrict a thing may let it go again: a restriction does not take that from them.
		may := func(s standing) bool { return s.may(t.needs, "") || gives(s.bound[t.id], t.needs) }
		all = append(all,
			cell{"create_resource_restriction", t.id, `POST /v2/resource-restrictions {"resource_id":"<` + t.id + `>"}`, func(s standing) int { return s.outcome(true, may(s), 200) }},
			cell{"delete_resource_restriction", t.id, "DELETE /v2/resource-restrictions/<" + t.id + ">", func(s standing) int { return s.outcome(true, may(s), t.removed) }})
	}
	for relation, id := range map[string]string{"malformed": "some", "of another kind": "<A1>"} {
		all = append(all,
			cell{"create_resource_restriction", relation, `POST /v2/resource-restrictions {"resource_id":"` + id + `"}`, status(400)},
			cell{"delete_resource_restriction", relation, "DELETE /v2/resource-restrictions/" + id, status(400)})
	}
	return append(all, cell{"list_resource_restrictions", "all", "GET /v2/resource-restrictions", func(s standing) int { return s.outcome(true, true, 200) }})
}

func keyCells() []cell {
	all := []cell{
		{"list_api_keys", "own", "GET /v2/api-keys", func(s standing) int { return s.outcome(true, true, 200) }},
		{"list_api_keys", "another's", "GET /v2/api-keys?user_id=<member>", func(s standing) int { return s.outcome(true, s.account == "ADMIN", 200) }},
		{"create_api_key", "own", `POST /v2/api-keys {"key_type":"USER","name":"new"}`, func(s standing) int {
			if s.bot {
				return 0
			}
			return s.outcome(true, true, 201)
		}},
	}
	for _, place := range spaces() {
		organization := place[:1]
		all = append(all, cell{
			"create_api_key", place, `POST /v2/api-keys {"key_type":"SERVICE","name":"new","organizations":[{"org_id":"<` + organization + `>","spaces":[{"space_id":"<` + place + `>"}]}]}`,
			func(s standing) int {
				done := map[bool]int{true: 201, false: 422}[s.makesBots(place)]
				if s.idle {
					return 403
				}
				return s.outcome(s.sees(organization) && s.sees(place), s.may("SERVICE_KEY_CREATE", place), done)
			},
		})
	}
	for _, k := range []struct {
		id     string
		places []string
		made   bool
	}{{"<key A1>", []string{"A1"}, false}, {"<key AP>", []string{"AP"}, false}, {"<key A1 B1>", []string{"A1", "B1"}, false}, {"<key made>", []string{"A1"}, true}} {
		all = append(all,
			cell{"revoke_api_key", k.id, "PUT /v2/api-keys/" + k.id + "/revoke", func(s standing) int {
				return s.onServiceKey("SERVICE_KEY_REVOKE", k.made && s.made, 204, k.places...)
			}},
			cell{"refresh_api_key", k.id, "POST /v2/api-keys/" + k.id + "/refresh {}", func(s standing) int {
				done := 200
				for _, place := range k.places {
					if !s.makesBots(place) {
						done = 403
					}
				}
				return s.onServiceKey("SERVICE_KEY_CREATE", k.made && s.made, done, k.places...)
			}})
	}
	for relation, id := range map[string]string{"another's": "<key of another>", "missing": "<missing key>", "of another kind": "<A1>", "malformed": "some"} {
		for operation, request := range map[string][2]string{"revoke_api_key": {"PUT", "/revoke"}, "refresh_api_key": {"POST", "/refresh {}"}} {
			all = append(all, cell{operation, relation, request[0] + " /v2/api-keys/" + id + request[1], func(s standing) int {
				switch {
				case relation == "malformed":
					return 400
				case relation == "another's" && s.account == "ADMIN":
					return s.outcome(true, true, map[string]int{"revoke_api_key": 204, "refresh_api_key": 200}[operation])
				}
				return 404
			}})
		}
	}
	return all
}

func otherCells() []cell {
	return []cell{
		{"list_audit_logs", "all", "GET /v2/audit-logs", func(s standing) int { return s.outcome(true, s.account == "ADMIN", 200) }},
		{"whoami", "own", "GET /ax/v1/whoami", status(200)},
		{"can_i", "own", "GET /ax/v1/can-i?action=USER_READ", status(200)},
		{"get_openapi", "open", "GET /openapi.yaml", status(200)},
		{"get_livez", "open", "GET /livez", status(200)},
		{"get_readyz", "open", "GET /readyz", status(200)},
	}
}
