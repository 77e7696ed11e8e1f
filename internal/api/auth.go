package api

import (
	"net/http"
	"strings"

	"ax/internal/directory"
	"ax/internal/serve"
)

// authenticate turns the request's API key into an actor (RFC 6750, section
// 2.1: the Authorization header and no other place).
func (a *API) authenticate(r *http.Request) (directory.Actor, error) {
	key, err := bearer(r.Header.Values("Authorization"))
	if err != nil {
		return directory.Actor{}, err
	}
	actor, err := a.Directory.Authenticate(r.Context(), key)
	actor.Address, actor.RequestID = serve.Peer(r), serve.RequestID(r)
	return actor, err
}

func bearer(lines []string) (string, error) {
	switch len(lines) {
	case 0:
		return "", errNoKey()
	case 1:
	default:
		return "", errTwoKeys()
	}
	scheme, key, ok := strings.Cut(lines[0], " ")
	key = strings.Trim(key, " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") || key == "" || strings.ContainsAny(key, " \t,") {
		return "", errNoKey()
	}
	return key, nil
}
