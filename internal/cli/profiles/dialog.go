package profiles

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
	"ax/internal/profile"
)

// dialog asks a person for everything that a new profile needs.
func dialog(ctx context.Context, e *command.Env) (edits []profile.Edit, err error) {
	e.Streams.Line("Create a new configuration profile")
	if err := askMethod(ctx, e); err != nil {
		return nil, err
	}
	edits, err = fromVariables(ctx, e)
	if err != nil {
		return nil, err
	}
	if len(edits) == 0 {
		if edits, err = fromAnswers(ctx, e); err != nil {
			return nil, err
		}
	}
	format, err := term.AskOr(ctx, e.Streams, "Default output format", "table", formats(), nil)
	return append(edits, profile.Edit{Key: "output.format", Value: format}), err
}

func askMethod(ctx context.Context, e *command.Env) error {
	_, err := term.AskOr(ctx, e.Streams, "Which authentication method?", "api-key", []string{"api-key", "oauth"}, func(method string) error {
		if method == "oauth" {
			return fmt.Errorf("%s Choose api-key", noBrowser)
		}
		return nil
	})
	return err
}

// fromVariables offers to refer to the ARIZE_* variables that are set. None is
// copied: the file holds their names.
func fromVariables(ctx context.Context, e *command.Env) ([]profile.Edit, error) {
	found := profile.Detected(e.Getenv)
	if !slices.ContainsFunc(found, func(v profile.Variable) bool { return v.Key == "auth.api_key" }) {
		return nil, nil
	}
	e.Streams.Line("Detected environment variables:")
	var edits []profile.Edit
	for _, v := range found {
		e.Streams.Line("  %s = %s", v.Name, v.Shown)
		edits = append(edits, profile.Edit{Key: v.Key, Value: "${" + v.Name + "}"})
	}
	yes, err := term.AskOr(ctx, e.Streams, "Create config from detected environment variables?", "yes", []string{"yes", "no"}, nil)
	if yes != "yes" {
		edits = nil
	}
	return edits, err
}

func fromAnswers(ctx context.Context, e *command.Env) ([]profile.Edit, error) {
	mode, err := term.AskOr(ctx, e.Streams, "Choose configuration mode", "simple", []string{"simple", "advanced"}, nil)
	if err != nil {
		return nil, err
	}
	key, err := askKeyOrVariable(ctx, e)
	if err != nil {
		return nil, err
	}
	edits := []profile.Edit{{Key: "auth.api_key", Value: key}}
	ask := askRegion
	if mode == "advanced" {
		ask = askRouting
	}
	routing, err := ask(ctx, e)
	return append(edits, routing...), err
}

func askKeyOrVariable(ctx context.Context, e *command.Env) (string, error) {
	how, err := term.AskOr(ctx, e.Streams, "API Key: insert the value, or use an environment variable?", "insert", []string{"insert", "variable"}, nil)
	if err != nil || how == "insert" {
		if err != nil {
			return "", err
		}
		return askKey(ctx, e)
	}
	name, err := term.AskOr(ctx, e.Streams, "Environment variable", "ARIZE_API_KEY", nil, func(name string) error {
		if strings.ContainsAny(name, " ${}:=") {
			return errors.New("write the variable's name alone, like ARIZE_API_KEY")
		}
		return nil
	})
	return "${" + name + "}", err
}

func askKey(ctx context.Context, e *command.Env) (string, error) {
	return term.AskSecret(ctx, e.Streams, "API Key (e.g., ak-123...)", func(key string) error {
		return new(options).sound([]profile.Edit{{Key: "auth.api_key", Value: key}})
	})
}

func askRegion(ctx context.Context, e *command.Env) ([]profile.Edit, error) {
	region, err := term.AskOr(ctx, e.Streams, "Region", "none", append([]string{"none"}, profile.Regions()...), nil)
	if err != nil || region == "none" {
		return nil, err
	}
	return []profile.Edit{{Key: "routing.region", Value: region}}, nil
}

// askRouting asks which of the ways to name a server it is to be, and on.
func askRouting(ctx context.Context, e *command.Env) ([]profile.Edit, error) {
	ways := []string{"region", "single-host", "base-domain", "api-host"}
	way, err := term.AskOr(ctx, e.Streams, "Where is the server?", "region", ways, nil)
	if err != nil {
		return nil, err
	}
	if way == "region" {
		return askRegion(ctx, e)
	}
	labels := map[string][2]string{
		"single-host": {"Host, with its port if it has one", "routing.single_host"},
		"base-domain": {"Domain, whose API is at api.DOMAIN", "routing.base_domain"},
		"api-host":    {"Host of the API, with its port if it has one", "routing.api_host"},
	}
	var edits []profile.Edit
	_, err = term.Ask(ctx, e.Streams, labels[way][0], nil, func(host string) error {
		edits = []profile.Edit{{Key: labels[way][1], Value: host}}
		if name, port := profile.SplitPort(host); way == "single-host" && port != "" {
			edits = []profile.Edit{{Key: labels[way][1], Value: name}, {Key: "routing.single_port", Value: port}}
		}
		return new(options).sound(edits)
	})
	if err != nil {
		return nil, err
	}
	scheme, err := term.AskOr(ctx, e.Streams, "Scheme", "https", []string{"https", "http"}, func(scheme string) error {
		return new(options).sound(append(slices.Clone(edits), profile.Edit{Key: "routing.api_scheme", Value: scheme}))
	})
	return append(edits, profile.Edit{Key: "routing.api_scheme", Value: scheme}), err
}
