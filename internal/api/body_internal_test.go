package api

import (
	"net/http/httptest"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"ax/internal/wire"
)

func decodeSpace(t *testing.T, text string) (wire.UpdateSpaceRequest, error) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), "PATCH", "/", strings.NewReader(text))
	r.Header.Set("Content-Type", "application/json")
	return decode[wire.UpdateSpaceRequest](r)
}

// TestNull clears the keys whose schema says so; absent they are left alone, and a value is read as strictly as any other.
func TestNull(t *testing.T) {
	t.Parallel()
	llm := wire.LLMIntegration{IntegrationID: "SW50ZTox", ModelName: "small"}
	for text, want := range map[string]wire.UpdateSpaceRequest{
		`{}`:                     {},
		`{"description": null }`: {Description: wire.Null[string]()},
		`{"description":""}`:     {Description: wire.Some("")},
		`{"description":"null"}`: {Description: wire.Some("null")},
		`{"default_agent_runtime":null,"default_llm_integration":null}`: {
			DefaultAgentRuntime: wire.Null[wire.AgentRuntime](), DefaultLLMIntegration: wire.Null[wire.LLMIntegration](),
		},
		`{"default_llm_integration":{"integration_id":"SW50ZTox","model_name":"small"}}`: {DefaultLLMIntegration: wire.Some(llm)},
	} {
		got, err := decodeSpace(t, text)
		if diff := gocmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: error %v\n%s", text, err, diff)
		}
	}
	for text, says := range map[string]string{
		`null`:                                 "body: must not be null",
		`{"name":null}`:                        "name: must not be null",
		`{"is_private":null}`:                  "is_private: must not be null",
		`{"gradient_start_color":null}`:        "gradient_start_color: must not be null",
		`{"description":[null]}`:               "description.0: must not be null",
		`{"description":{"description":null}}`: "description.description: must not be null",
		`{"default_agent_runtime":{"integration_id":null}}`: "default_agent_runtime.integration_id: must not be null",
		`{"default_agent_runtime":{"description":null}}`:    "default_agent_runtime.description: must not be null",
		`{"Description":null}`:                              "Description: must not be null",
		`{"other":null}`:                                    "other: must not be null",
		`{"description":null,"description":"x"}`:            "description: the key is there twice",
		`{"description":7}`:                                 "description: must be a string, not a number",
		`{"description":"\u0000"}`:                          "description: must not hold the character U+0000",
		`{"default_agent_runtime":"x"}`:                     "default_agent_runtime: must be an object, not a string",
		`{"default_agent_runtime":{"integration_id":1}}`:    "default_agent_runtime.integration_id: must be a string, not a number",
		`{"default_agent_runtime":{"Integration_ID":"x"}}`:  "default_agent_runtime.Integration_ID: there is no such key",
		`{"default_agent_runtime":{"model_name":"x"}}`:      "default_agent_runtime.model_name: there is no such key",
		`{"default_agent_runtime":{"Set":true}}`:            "default_agent_runtime.Set: there is no such key",
	} {
		if got, err := decodeSpace(t, text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: got %+v, error %v, want %q", text, got, err, says)
		}
	}
}

// TestNullElsewhere: requests without such a key take no null at all.
func TestNullElsewhere(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/", strings.NewReader(`{"description":null}`))
	r.Header.Set("Content-Type", "application/json")
	if _, err := decode[wire.CreateOrganizationRequest](r); err == nil || !strings.Contains(err.Error(), "description: must not be null") {
		t.Errorf("error %v", err)
	}
	if keys := nullable[wire.UpdateUserRequest](); len(keys) > 0 {
		t.Errorf("null is allowed for %v", keys)
	}
}

func TestArraysAreNamed(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/", strings.NewReader(`{"permissions":"USER_READ"}`))
	r.Header.Set("Content-Type", "application/json")
	if _, err := decode[wire.CreateRoleRequest](r); err == nil || !strings.Contains(err.Error(), "permissions: must be an array, not a string") {
		t.Errorf("error %v", err)
	}
}
