package api

import (
	"net/http"
	"strconv"
	"time"

	"ax/internal/directory"
	"ax/internal/wire"
)

func apiKeyOperations() []operation {
	return []operation{
		{id: "list_api_keys", method: http.MethodGet, pattern: "/v2/api-keys", do: listAPIKeys,
			params: []string{"limit", "cursor", "key_type", "status", "space_id", "user_id"}},
		{id: "create_api_key", method: http.MethodPost, pattern: "/v2/api-keys", do: createAPIKey},
		{id: "refresh_api_key", method: http.MethodPost, pattern: "/v2/api-keys/{api_key_id}/refresh", do: refreshAPIKey},
		{id: "revoke_api_key", method: http.MethodPut, pattern: "/v2/api-keys/{api_key_id}/revoke", do: revokeAPIKey},
	}
}

func listAPIKeys(c *call) (answer, error) {
	in, err := c.listKeysFrom()
	if err != nil {
		return answer{}, err
	}
	page, err := c.api.Directory.ListKeys(c.Context(), c.actor, in)
	if err != nil {
		return answer{}, err
	}
	out := wire.APIKeyList{APIKeys: each(page.Items, c.key), Pagination: pagination(page.Next)}
	for i, k := range page.Items {
		if !k.Service {
			continue
		}
		bot, err := c.api.Directory.Bot(c.Context(), k.Owner)
		if err != nil {
			return answer{}, err
		}
		if in.SpaceID != "" { // what else the bot belongs to is not for everybody in the space
			bot.Organizations = nil
		}
		shown := botOnWire(bot)
		out.APIKeys[i].BotUser = &shown
	}
	return answer{status: http.StatusOK, body: out}, nil
}

func (c *call) listKeysFrom() (in directory.ListKeys, err error) {
	if in.Limit, in.Cursor, err = pageParams(c.query); err != nil {
		return in, err
	}
	kind, err := oneOf(c.query, "key_type", []wire.KeyType{wire.KeyTypeUser, wire.KeyTypeService})
	if err != nil {
		return in, err
	}
	status, err := oneOf(c.query, "status", []wire.KeyStatus{wire.KeyStatusActive, wire.KeyStatusRevoked})
	if err != nil {
		return in, err
	}
	in.Service, in.User, in.Ended = kind == wire.KeyTypeService, kind == wire.KeyTypeUser, status == wire.KeyStatusRevoked
	space, err := idFilter(c.query, "space_id", "this is not an id")
	if err != nil {
		return in, err
	}
	user, err := idFilter(c.query, "user_id", "this is not a user id")
	in.SpaceID, in.UserID = directory.SpaceID(space), directory.UserID(user)
	return in, err
}

func createAPIKey(c *call) (answer, error) {
	body, err := decode[wire.CreateAPIKeyRequest](c.Request)
	if err != nil {
		return answer{}, err
	}
	in := directory.CreateServiceKey{CreateKey: directory.CreateKey{Name: body.Name, Description: body.Description}}
	note := func(field, detail string) {
		in.Unsound = append(in.Unsound, directory.Fault{Field: field, Detail: detail})
	}
	in.ExpiresAt = expiry(body.ExpiresAt, note)
	switch wire.KeyType(upper(string(body.KeyType))) {
	case wire.KeyTypeUser:
		if body.Organizations != nil || body.AccountRole != nil {
			return answer{}, badRequest("organizations, account_role: only a SERVICE key has them.")
		}
		k, err := c.api.Directory.CreateOwnKey(c.Context(), c.actor, in.CreateKey)
		return answer{status: http.StatusCreated, body: c.createdKey(k, nil)}, err
	case wire.KeyTypeService:
		in.AccountRole, in.Organizations = botFrom(body, note)
		k, bot, err := c.api.Directory.CreateServiceKey(c.Context(), c.actor, in)
		shown := botOnWire(bot)
		return answer{status: http.StatusCreated, body: c.createdKey(k, &shown)}, err
	}
	note("key_type", "must be one of USER, SERVICE")
	return answer{}, directory.Unsound(in.Unsound)
}

// botFrom reads whom a service key is to act as; roles that are not given are
// the directory's to choose.
func botFrom(body wire.CreateAPIKeyRequest, note func(field, detail string)) (account directory.Role, all []directory.BotOrganization) {
	role := func(field string, r *wire.RoleAssignment) directory.Role {
		if r == nil {
			return ""
		}
		named := roleFrom(field, *r, note)
		if named == "" && r.Name == "" && upper(r.Type) == wire.RoleTypePredefined { // not the same as none
			note(field+".name", "must not be empty")
		}
		return named
	}
	account = role("account_role", body.AccountRole)
	for i, o := range body.Organizations {
		field := "organizations[" + strconv.Itoa(i) + "]"
		out := directory.BotOrganization{ID: directory.OrganizationID(o.OrgID), Role: role(field+".role", o.Role)}
		for j, s := range o.Spaces {
			out.Spaces = append(out.Spaces, directory.BotSpace{
				ID: directory.SpaceID(s.SpaceID), Role: role(field+".spaces["+strconv.Itoa(j)+"].role", s.Role),
			})
		}
		all = append(all, out)
	}
	return account, all
}

// refreshAPIKey takes no body, or an empty object, for a new secret alone.
func refreshAPIKey(c *call) (answer, error) {
	body, err := decodeAny[wire.RefreshAPIKeyRequest](c.Request)
	if err != nil {
		return answer{}, err
	}
	var faults []directory.Fault
	in := directory.RefreshKey{Grace: body.GracePeriodSeconds}
	in.ExpiresAt = expiry(body.ExpiresAt, func(field, detail string) { faults = append(faults, directory.Fault{Field: field, Detail: detail}) })
	if faults != nil {
		return answer{}, directory.Unsound(faults)
	}
	k, err := c.api.Directory.RefreshKey(c.Context(), c.actor, c.PathValue("api_key_id"), in)
	created := c.createdKey(k, nil)
	return answer{status: http.StatusOK, body: wire.RefreshedAPIKey{
		ID: created.ID, Name: created.Name, Description: created.Description, KeyType: created.KeyType, Status: created.Status,
		RedactedKey: created.RedactedKey, CreatedAt: created.CreatedAt, ExpiresAt: created.ExpiresAt,
		CreatedByUserID: created.CreatedByUserID, Key: created.Key,
	}}, err
}

func revokeAPIKey(c *call) (answer, error) {
	return noContent(c.api.Directory.RevokeKey(c.Context(), c.actor, c.PathValue("api_key_id")))
}

// expiry reads expires_at; the zero time is none.
func expiry(given *wire.TimeInput, note func(field, detail string)) time.Time {
	if given == nil {
		return time.Time{}
	}
	t, err := timeFrom(*given)
	if err != nil {
		note("expires_at", "must be a time like 2026-01-02T03:04:05Z")
	}
	return t
}

// key is a key on the wire, its status as of now.
func (c *call) key(k directory.APIKey) wire.APIKey {
	out := wire.APIKey{
		ID: k.ID, Name: k.Name, Description: k.Description, KeyType: wire.KeyTypeUser, Status: wire.KeyStatusRevoked, RedactedKey: k.Redacted,
		CreatedAt: timestamp(k.CreatedAt), ExpiresAt: optional(k.ExpiresAt), LastUsedAt: optional(k.LastUsedAt), CreatedByUserID: string(k.CreatedBy),
	}
	if k.Service {
		out.KeyType = wire.KeyTypeService
	}
	if k.InForce(c.api.Directory.Now()) {
		out.Status = wire.KeyStatusActive
	}
	return out
}

// optional is a time that is left out when it is zero.
func optional(t time.Time) wire.Timestamp {
	if t.IsZero() {
		return ""
	}
	return timestamp(t)
}

func (c *call) createdKey(k directory.IssuedKey, bot *wire.BotUser) wire.CreatedAPIKey {
	out := c.key(k.APIKey)
	return wire.CreatedAPIKey{
		ID: out.ID, Name: out.Name, Description: out.Description, KeyType: out.KeyType, Status: out.Status, RedactedKey: out.RedactedKey,
		CreatedAt: out.CreatedAt, ExpiresAt: out.ExpiresAt, CreatedByUserID: out.CreatedByUserID, Key: k.Secret, BotUser: bot,
	}
}

func botOnWire(b directory.Bot) wire.BotUser {
	return wire.BotUser{
		ID: string(b.ID), Name: b.Name, AccountRole: assigned(b.Role, ""),
		Organizations: each(b.Organizations, func(o directory.BotOrganization) wire.BotOrganization {
			return wire.BotOrganization{OrgID: string(o.ID), Role: assigned(o.Role, ""), Spaces: each(o.Spaces, func(s directory.BotSpace) wire.BotSpace {
				return wire.BotSpace{SpaceID: string(s.ID), Role: assigned(s.Role, s.RoleName)}
			})}
		}),
	}
}
