package apitest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// check returns every way in which the exchange departs from the document.
func (v *validator) check(x exchange) error {
	sent := x.url.EscapedPath()
	route, params, err := v.router.FindRoute(x.request())
	switch {
	case path.Clean(sent) != sent: // {user_id} would match a dot segment
		return v.checkAnswer(x, v.unrouted("404", "NotFound"))
	case errors.Is(err, routers.ErrMethodNotAllowed):
		return errors.Join(v.checkAnswer(x, v.unrouted("405", "MethodNotAllowed")), v.checkAllow(x))
	case errors.Is(err, routers.ErrPathNotFound):
		return v.checkAnswer(x, v.unrouted("404", "NotFound"))
	case err != nil:
		return fmt.Errorf("find the operation: %w", err)
	case x.accepted():
		return errors.Join(v.checkRequest(x, route, params), v.checkAnswer(x, route))
	}
	return v.checkAnswer(x, route)
}

// unrouted stands in for the operation of a request that has none: beside the response named, it may be answered with those
// that do not depend on where a request goes.
func (v *validator) unrouted(status, name string) *routers.Route {
	all := v.doc.Components.Responses
	responses := openapi3.NewResponses(
		openapi3.WithName(status, all[name].Value),
		openapi3.WithName("400", all["BadRequest"].Value),
		openapi3.WithName("429", all["TooManyRequests"].Value),
		openapi3.WithName("431", all["HeaderFieldsTooLarge"].Value),
		openapi3.WithName("500", all["InternalError"].Value),
		openapi3.WithName("503", all["Unavailable"].Value),
	)
	return &routers.Route{Spec: v.doc, PathItem: &openapi3.PathItem{}, Operation: &openapi3.Operation{Responses: responses}}
}

// checkRequest says why the document would have refused a request that was accepted.
func (v *validator) checkRequest(x exchange, route *routers.Route, params map[string]string) error {
	// The router matches the path as it was sent and leaves the decoding to us.
	for name, value := range params {
		decoded, err := url.PathUnescape(value)
		if err != nil {
			return fmt.Errorf("accepted, but %s is not percent-encoded: %w", name, err)
		}
		params[name] = decoded
	}
	input := requestInput(x, route)
	input.PathParams = params
	err := openapi3filter.ValidateRequest(context.Background(), input)
	if err != nil {
		err = fmt.Errorf("accepted, but not allowed: %w", err)
	}
	return errors.Join(err, checkQuery(x.url.RawQuery, route.Operation), oneValue("request", x.header, x.sent))
}

func requestInput(x exchange, route *routers.Route) *openapi3filter.RequestValidationInput {
	return &openapi3filter.RequestValidationInput{
		Request: x.request(),
		Route:   route,
		Options: options(),
	}
}

// options make faults short: where, and what. The library would print schema and value too.
func options() *openapi3filter.Options {
	o := &openapi3filter.Options{
		AuthenticationFunc:  hasKey,
		MultiError:          true,
		SkipSettingDefaults: true,
	}
	o.WithCustomSchemaErrorFunc(func(err *openapi3.SchemaError) string {
		reason := cmp.Or(err.Reason, fmt.Sprintf("does not meet %q of the schema", err.SchemaField))
		return fmt.Sprintf("at /%s: %s", strings.Join(err.JSONPointer(), "/"), reason)
	})
	return o
}

// checkQuery refuses what openapi3filter lets pass: a parameter without a declaration, and many values where one is declared.
// Operations that cannot answer 400 have no way to refuse one and ignore it.
func checkQuery(raw string, op *openapi3.Operation) error {
	if op.Responses.Status(http.StatusBadRequest) == nil {
		return nil
	}
	query, err := url.ParseQuery(raw)
	if err != nil {
		return fmt.Errorf("accepted, but the query cannot be read: %w", err)
	}
	var errs []error
	for name, values := range query {
		param := op.Parameters.GetByInAndName(openapi3.ParameterInQuery, name)
		switch {
		case param == nil:
			errs = append(errs, fmt.Errorf("accepted, but the query parameter %q is not declared", name))
		case len(values) > 1 && !param.Schema.Value.Type.Is(openapi3.TypeArray):
			errs = append(errs, fmt.Errorf("accepted, but the query parameter %q stands %d times", name, len(values)))
		}
	}
	return errors.Join(errs...)
}

// hasKey looks for a key only; whether it is a good one was for the server to say.
func hasKey(_ context.Context, in *openapi3filter.AuthenticationInput) error {
	scheme, key, _ := strings.Cut(in.RequestValidationInput.Request.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || strings.TrimSpace(key) == "" {
		return errors.New("the request carries no bearer key")
	}
	return nil
}
