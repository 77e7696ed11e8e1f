package cli_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ax/internal/cli/clitest"
)

// Ids of the things below, as the API makes them.
const (
	orgID, spaceID, roleID = "T3JnYW5pemF0aW9uOjE=", "U3BhY2U6MQ==", "Um9sZTox"
	userID, bindingID      = "VXNlcjox", "Um9sZUJpbmRpbmc6MQ=="
	otherSpace, projectID  = "U3BhY2U6Mg==", "TW9kZWw6MQ=="
	made                   = `"created_at":"2026-03-01T09:00:00Z"`
	orgDoc                 = `{"id":"` + orgID + `","name":"Research","description":"",` + made + `}`
	roleDoc                = `{"id":"` + roleID + `","name":"Auditor","description":"","permissions":["USER_READ"],"is_predefined":false,` + made + `,"updated_at":"2026-03-01T09:00:00Z"}`
	bindingDoc             = `{"id":"` + bindingID + `","role_id":"` + roleID + `","user_id":"` + userID + `","resource_type":"SPACE","resource_id":"` + spaceID + `",` + made + `,"updated_at":"2026-03-01T09:00:00Z"}`
	restrictionDoc         = `{"resource_id":"` + projectID + `","resource_type":"PROJECT",` + made + `}`
	memberRole             = `{"type":"PREDEFINED","name":"READ_ONLY"}`
	member                 = `"role":{"type":"PREDEFINED","name":"READ_ONLY"}`
	keyDoc                 = `{"id":"QXBpS2V5OjE=","name":"ci","key_type":"USER","status":"ACTIVE","redacted_key":"ak-…abcd",` + made + `,"created_by_user_id":"` + userID + `"`
)

func spaceDoc(id, organization string) string {
	return `{"id":"` + id + `","name":"Lab","description":"",` + made + `,"is_private":false,"organization_id":"` + organization + `"}`
}

// listDoc is one page of a list.
func listDoc(key, next string, items ...string) http.HandlerFunc {
	more := `"has_more":false`
	if next != "" {
		more = `"next_cursor":"` + next + `","has_more":true`
	}
	return clitest.JSON(200, `{"`+key+`":[`+strings.Join(items, ",")+`],"pagination":{`+more+`}}`)
}

// A turn is a command line, what it asks a server in this order, with the
// answers, and what comes of it.
type turn struct {
	args  string
	asked []exchange
	code  int
	says  string // on standard error, or on standard output of a list
}

type exchange struct {
	request string // with its body
	answer  http.HandlerFunc
}

// names are the questions that find ids.
func names() map[string]exchange {
	return map[string]exchange{
		"org":   {"GET /v2/organizations?limit=100&name=Research", listDoc("organizations", "", orgDoc)},
		"space": {"GET /v2/spaces?limit=100&name=Lab", listDoc("spaces", "", spaceDoc(spaceID, orgID))},
		"role":  {"GET /v2/roles?limit=100", listDoc("roles", "", roleDoc)},
		"user":  {"GET /v2/users?limit=100&email=ann%40example.com", clitest.Page("", strings.Replace(clitest.Member("ann"), "id-ann", userID, 1))},
	}
}

func turnsOfOrganizations() []turn {
	n, empty := names(), clitest.Empty(204)
	one := clitest.JSON(200, orgDoc)
	return []turn{
		{"organizations list --name re -l 7", []exchange{{"GET /v2/organizations?limit=7&name=re", listDoc("organizations", "", orgDoc)}}, 0, "Research"},
		{"organizations list --all", []exchange{{"GET /v2/organizations?limit=100", listDoc("organizations", "c1", orgDoc)}, {"GET /v2/organizations?limit=100&cursor=c1", listDoc("organizations", "")}}, 0, "Research"},
		{"organizations list -l 0", nil, 2, "not in the range 1 to 100"},
		{"organizations get Research", []exchange{n["org"]}, 0, "Research"},
		{"organizations get " + orgID, []exchange{{"GET /v2/organizations/" + strings.Replace(orgID, "=", "%3D", 1), one}}, 0, "Research"},
		{"organizations get", nil, 2, "Missing argument: the name or id of an organization"},
		{"organizations create --description x", nil, 2, "Missing option: --name"},
		{"organizations create --name Research", []exchange{{`POST /v2/organizations {"name":"Research"}`, clitest.JSON(201, orgDoc)}}, 0, "Organization created successfully"},
		{"organizations create --name Research", []exchange{{`POST /v2/organizations {"name":"Research"}`, clitest.Problem(409, "Conflict", "It exists.")}}, 4, "It exists."},
		{"organizations update Research", nil, 2, "At least one of --name or --description"},
		{"organizations update Research --name=", nil, 2, "Invalid value for '--name': must not be empty"},
		{"organizations update Research --description=", []exchange{n["org"], {`PATCH /v2/organizations/ORG {"description":null}`, one}}, 0, "Organization updated successfully"},
		{"organizations delete Research", nil, 2, "Nobody is there to confirm; use --force to delete"},
		{"organizations delete Research --force", []exchange{n["org"], {"DELETE /v2/organizations/ORG", empty}}, 0, "Organization deleted successfully"},
		{"organizations delete Nothing --force", []exchange{{"GET /v2/organizations?limit=100&name=Nothing", listDoc("organizations", "", orgDoc)}}, 4, `"Nothing" not found`},
		{"organizations add-user Research --role member", nil, 2, "Missing option: --user-id"},
		{"organizations add-user Research --user-id ann@example.com --role read-only", []exchange{n["org"], n["user"], {`POST /v2/organizations/ORG/users {"role":` + memberRole + `,"user_id":"` + userID + `"}`,
			clitest.JSON(200, `{"id":"m","user_id":"`+userID+`","organization_id":"`+orgID+`",`+member+`}`)}}, 0, "Member added successfully"},
		{"organizations remove-user Research --user-id ann@example.com --force", []exchange{n["user"], n["org"], {"DELETE /v2/organizations/ORG/users/" + userID, empty}}, 0, "Member removed successfully"},
	}
}

func turnsOfSpaces() []turn {
	n, empty := names(), clitest.Empty(204)
	one := clitest.JSON(200, spaceDoc(spaceID, orgID))
	two := listDoc("spaces", "", spaceDoc(spaceID, orgID), spaceDoc(otherSpace, "T3JnYW5pemF0aW9uOjI="))
	return []turn{
		{"spaces list --organization-id Research --name la", []exchange{n["org"], {"GET /v2/spaces?limit=50&org_id=ORG&name=la", listDoc("spaces", "", spaceDoc(spaceID, orgID))}}, 0, "Lab"},
		{"spaces get Lab", []exchange{n["space"]}, 0, "Lab"},
		{"spaces get Lab", []exchange{{n["space"].request, two}, {"GET /v2/organizations/ORG", clitest.JSON(200, orgDoc)}, {"GET /v2/organizations/T3JnYW5pemF0aW9uOjI%3D", clitest.Problem(404, "Not Found", "x")}},
			1, `2 spaces have the name "Lab"; use an id: ` + spaceID + ` in "Research", ` + otherSpace},
		{"spaces create --name Lab", nil, 2, "Missing option: --organization-id"},
		{"spaces create --name Lab --organization-id Research --private", []exchange{n["org"], {`POST /v2/spaces {"is_private":true,"name":"Lab","organization_id":"` + orgID + `"}`, clitest.JSON(201, spaceDoc(spaceID, orgID))}}, 0, "Space created successfully"},
		{"spaces update Lab --description x", []exchange{n["space"], {`PATCH /v2/spaces/SPACE {"description":"x"}`, one}}, 0, "Space updated successfully"},
		{"spaces update Lab", nil, 2, "At least one of"},
		{"spaces update Lab --description x --name=", nil, 2, "Invalid value for '--name': must not be empty"},
		{"spaces delete Lab -f", []exchange{n["space"], {"DELETE /v2/spaces/SPACE", empty}}, 0, "Space deleted successfully"},
		{"spaces delete Lab", nil, 2, "Nobody is there to confirm"},
		{"spaces add-user Lab --user-id ann@example.com --role Auditor", []exchange{n["role"], n["space"], n["user"], {`POST /v2/spaces/SPACE/users {"role":{"id":"` + roleID + `","type":"CUSTOM"},"user_id":"` + userID + `"}`,
			clitest.JSON(200, `{"id":"m","user_id":"`+userID+`","space_id":"`+spaceID+`",`+member+`}`)}}, 0, "Member added successfully"},
		{"spaces add-user Lab --user-id ann@example.com --role boss", []exchange{n["role"]}, 2, "boss"},
		{"spaces add-user Lab --user-id ann@example.com --role Prüfer", nil, 2, "Invalid value for '--role': \"Prüfer\" is not one of admin, member, read_only, annotator"},
		{"spaces add-user Lab --user-id ann@example.com --role " + strings.Repeat("x", 256), nil, 2, "Invalid value for '--role': \"xxx"},
		{"spaces remove-user Lab --user-id ann@example.com -f", []exchange{n["user"], n["space"], {"DELETE /v2/spaces/SPACE/users/" + userID, empty}}, 0, "Member removed successfully"},
		{"spaces remove-user Lab -f", nil, 2, "Missing option: --user-id"},
	}
}

func turnsOfRoles() []turn {
	n, empty := names(), clitest.Empty(204)
	twice := listDoc("roles", "", strings.Replace(roleDoc, roleID, "Um9sZToy", 1))
	binding, restriction := clitest.JSON(200, bindingDoc), clitest.JSON(200, restrictionDoc)
	return []turn{
		{"roles list --is-custom", []exchange{{"GET /v2/roles?limit=50&is_predefined=false", listDoc("roles", "", roleDoc)}}, 0, "Auditor"},
		{"roles get Auditor", []exchange{{"GET /v2/roles?limit=100", listDoc("roles", "c1")}, {"GET /v2/roles?limit=100&cursor=c1", listDoc("roles", "", roleDoc)}}, 0, "Auditor"},
		{"roles get Auditor", []exchange{{"GET /v2/roles?limit=100", listDoc("roles", "c1", roleDoc)}, {"GET /v2/roles?limit=100&cursor=c1", twice}}, 1, `2 roles have the name "Auditor"; use an id: Um9sZTox, Um9sZToy`},
		{"roles create --name Auditor --permissions user_read", []exchange{{`POST /v2/roles {"name":"Auditor","permissions":["USER_READ"]}`, clitest.JSON(201, roleDoc)}}, 0, "Role created successfully"},
		{"roles create --name Auditor", nil, 2, "Missing option: --permissions"},
		{"roles update Auditor --name B", []exchange{n["role"], {`PATCH /v2/roles/` + roleID + ` {"name":"B"}`, clitest.JSON(200, roleDoc)}}, 0, "Role updated successfully"},
		{"roles update Auditor --name=", nil, 2, "Invalid value for '--name': must not be empty"},
		{"roles delete Auditor -f", []exchange{n["role"], {"DELETE /v2/roles/" + roleID, empty}}, 0, "Role deleted successfully"},
		{"roles delete Auditor", nil, 2, "Nobody is there to confirm"},

		{"role-bindings list", nil, 2, "Missing option: --resource-type"},
		{"role-bindings list --resource-type space --user-id ann@example.com", []exchange{n["user"], {"GET /v2/role-bindings?limit=100&resource_type=SPACE&user_id=" + userID, listDoc("role_bindings", "", bindingDoc)}}, 0, bindingID},
		{"role-bindings get " + bindingID, []exchange{{"GET /v2/role-bindings/BINDING", binding}}, 0, bindingID},
		{"role-bindings create --user-id ann@example.com --role-id Auditor --resource-type space --resource-id Lab", []exchange{n["user"], n["role"], n["space"],
			{`POST /v2/role-bindings {"resource_id":"` + spaceID + `","resource_type":"SPACE","role_id":"` + roleID + `","user_id":"` + userID + `"}`, clitest.JSON(201, bindingDoc)}}, 0, "Role binding created successfully"},
		{"role-bindings create --resource-type x --user-id a --role-id b --resource-id c", nil, 2, "--resource-type"},
		{"role-bindings update " + bindingID + " --role-id Auditor", []exchange{n["role"], {`PATCH /v2/role-bindings/BINDING {"role_id":"` + roleID + `"}`, binding}}, 0, "Role binding updated successfully"},
		{"role-bindings update " + bindingID, nil, 2, "Missing option: --role-id"},
		{"role-bindings delete " + bindingID + " -f", []exchange{{"GET /v2/role-bindings/BINDING", binding}, {"DELETE /v2/role-bindings/BINDING", empty}}, 0, "Role binding deleted successfully"},
		{"role-bindings delete " + bindingID, nil, 2, "Nobody is there to confirm"},

		{"resource-restrictions list -t project", []exchange{{"GET /v2/resource-restrictions?limit=50&resource_type=PROJECT", listDoc("resource_restrictions", "", restrictionDoc)}}, 0, projectID},
		{"resource-restrictions restrict", nil, 2, "Missing option: --resource-id"},
		{"resource-restrictions restrict --resource-id " + projectID, []exchange{{`POST /v2/resource-restrictions {"resource_id":"` + projectID + `"}`, restriction}}, 0, "Resource restricted successfully"},
		{"resource-restrictions unrestrict --resource-id " + projectID + " -f", []exchange{{"DELETE /v2/resource-restrictions/PROJECT", empty}}, 0, "Resource unrestricted successfully"},
		{"resource-restrictions unrestrict --resource-id " + projectID, nil, 2, "Nobody is there to confirm"},
	}
}

func turnsOfKeys() []turn {
	n, created := names(), clitest.JSON(201, keyDoc+`,"key":"ak-secret"}`)
	find := exchange{"GET /v2/spaces?limit=100&org_id=ORG&name=Lab", n["space"].answer}
	return []turn{
		{"api-keys list --status revoked --user-id ann@example.com", []exchange{n["user"], {"GET /v2/api-keys?limit=50&status=REVOKED&user_id=" + userID, listDoc("api_keys", "", keyDoc+"}")}}, 0, "ak-…abcd"},
		{"api-keys list --space-id Lab --key-type service", []exchange{n["space"], {"GET /v2/api-keys?limit=50&key_type=SERVICE&space_id=SPACE", listDoc("api_keys", "")}}, 0, ""},
		{"api-keys list --status expired", nil, 2, "--status"},
		{"api-keys create", nil, 2, "Missing option: --name"},
		{"api-keys create --name ci", []exchange{{`POST /v2/api-keys {"key_type":"USER","name":"ci"}`, created}}, 0, "API key created successfully"},
		{"api-keys create-service-key --name ci", nil, 2, "Missing option: --assignments"},
		{"api-keys create-service-key --name ci --assignments []x", nil, 2, "--assignments"},
		{"api-keys create-service-key --name ci --assignments []", nil, 2, "at least one organization"},
		{`api-keys create-service-key --name ci --account-role admin --assignments [{"org_id":"Research","spaces":[{"space":"Lab","role":"member"}]}]`, []exchange{n["org"], find,
			{`POST /v2/api-keys {"account_role":{"name":"ADMIN","type":"PREDEFINED"},"key_type":"SERVICE","name":"ci","organizations":[{"org_id":"` + orgID + `","spaces":[{"role":{"name":"MEMBER","type":"PREDEFINED"},"space_id":"` + spaceID + `"}]}]}`, created}}, 0, "API key created successfully"},
		{`api-keys create-service-key --name ci --assignments [{"org_id":"Research","space":"Lab"}]`, nil, 2, "unknown field"},
		{"api-keys refresh QXBpS2V5OjE= --grace-period-seconds 60", []exchange{{`POST /v2/api-keys/KEY/refresh {"grace_period_seconds":60}`, clitest.JSON(200, keyDoc+`,"key":"ak-secret"}`)}}, 0, "API key refreshed successfully"},
		{"api-keys revoke QXBpS2V5OjE= -f", []exchange{{"PUT /v2/api-keys/KEY/revoke", clitest.Empty(204)}}, 0, "API key revoked successfully"},
		{"api-keys revoke QXBpS2V5OjE=", nil, 2, "Nobody is there to confirm"},
	}
}

// sorted is a document with its keys in order.
func sorted(text string) string {
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		return text
	}
	out, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(out)
}

// Each verb of these groups: what it asks, in which order, and what it says.
func TestGroups(t *testing.T) {
	t.Parallel()
	ids := strings.NewReplacer("ORG", "T3JnYW5pemF0aW9uOjE%3D", "SPACE", "U3BhY2U6MQ%3D%3D", "BINDING", "Um9sZUJpbmRpbmc6MQ%3D%3D", "PROJECT", "TW9kZWw6MQ%3D%3D", "KEY", "QXBpS2V5OjE%3D")
	for _, turns := range [][]turn{turnsOfOrganizations(), turnsOfSpaces(), turnsOfRoles(), turnsOfKeys()} {
		for _, c := range turns {
			s := clitest.NewServer(t)
			var want []string
			for _, x := range c.asked {
				method, rest, _ := strings.Cut(x.request, " ")
				target, body, _ := strings.Cut(rest, " ")
				if !strings.Contains(target, "resource_type=") {
					target = ids.Replace(target)
				}
				line := method + " " + target
				s.On(line, x.answer)
				want = append(want, line+" "+sorted(body))
			}
			got := clitest.On(t, s).Run(strings.Fields(c.args)...)
			if got.Code != c.code || !strings.Contains(got.Err+got.Out, c.says) {
				t.Errorf("ax %s: want exit %d and %q\n%s", c.args, c.code, c.says, got)
			}
			var asked []string
			for _, request := range s.Requests() {
				line, body, _ := strings.Cut(request, " {")
				if body != "" {
					body = "{" + body
				}
				asked = append(asked, line+" "+sorted(body))
			}
			if diff := cmp.Diff(want, asked); diff != "" {
				t.Errorf("ax %s asks (-want +got):\n%s", c.args, diff)
			}
		}
	}
}
