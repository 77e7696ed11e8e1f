package apitest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// checkAnswer holds status, headers and body against the responses of an operation.
func (v *validator) checkAnswer(x exchange, route *routers.Route) error {
	declared := route.Operation.Responses.Status(x.status)
	if declared == nil {
		return fmt.Errorf("the status %d is not declared for this request", x.status)
	}
	head := x.method == http.MethodHead
	how := options()
	how.ExcludeResponseBody = head
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: requestInput(x, route),
		Status:                 x.status,
		Header:                 x.answered,
		Options:                how,
	}
	input.SetBodyBytes(x.body)
	err := openapi3filter.ValidateResponse(context.Background(), input)
	if head {
		return errors.Join(err, checkType(x, declared.Value))
	}
	return errors.Join(err, checkBody(x, declared.Value))
}

// checkType is for answers whose body is not looked at.
func checkType(x exchange, declared *openapi3.Response) error {
	sent := x.answered.Get("Content-Type")
	if len(declared.Content) > 0 && declared.Content.Get(sent) == nil {
		return fmt.Errorf("the content type %q is not declared for status %d", sent, x.status)
	}
	return nil
}

// checkBody adds what a schema cannot say: that there is a body or none, and that it is one JSON value.
func checkBody(x exchange, declared *openapi3.Response) error {
	switch {
	case len(declared.Content) == 0 && len(x.body) > 0:
		return fmt.Errorf("status %d has no body, but %d bytes were sent", x.status, len(x.body))
	case len(declared.Content) > 0 && len(x.body) == 0:
		return fmt.Errorf("status %d has a body, but none was sent", x.status)
	case x.status >= 400:
		return errors.Join(oneValue("answer", x.answered, x.body), checkProblem(x))
	}
	return oneValue("answer", x.answered, x.body)
}

// checkProblem compares the two places where a problem has its status; some clients believe the one in the body.
func checkProblem(x exchange) error {
	var problem struct {
		Status int `json:"status"`
	}
	if err := json.Unmarshal(x.body, &problem); err != nil {
		return fmt.Errorf("read the problem: %w", err)
	}
	if problem.Status != x.status {
		return fmt.Errorf("the problem's status is %d, the HTTP status is %d", problem.Status, x.status)
	}
	return nil
}

// checkAllow wants exactly the document's methods of the path, and HEAD or not beside GET.
func (v *validator) checkAllow(x exchange) error {
	if x.status != http.StatusMethodNotAllowed {
		return nil
	}
	want := v.methods(x)
	var got []string
	for _, line := range x.answered.Values("Allow") {
		for method := range strings.SplitSeq(line, ",") {
			if method = strings.TrimSpace(method); method != http.MethodHead || !slices.Contains(want, http.MethodGet) {
				got = append(got, method)
			}
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		return fmt.Errorf("the header Allow names %q, the document has %q", got, want)
	}
	return nil
}

// methods are those that the document has for the path of the exchange, sorted.
func (v *validator) methods(x exchange) []string {
	var found []string
	for _, method := range []string{"DELETE", "GET", "PATCH", "POST", "PUT"} {
		r := x.request()
		r.Method = method
		if _, _, err := v.router.FindRoute(r); err == nil {
			found = append(found, method)
		}
	}
	return found
}

// oneValue refuses what stands behind a JSON value, which openapi3filter does not read. Other content is let be.
func oneValue(what string, header http.Header, body []byte) error {
	kind, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil || len(body) == 0 || (kind != "application/json" && !strings.HasSuffix(kind, "+json")) {
		return nil //nolint:nilerr // what has no readable type is no JSON
	}
	if !json.Valid(body) {
		return fmt.Errorf("the body of the %s is not one JSON value", what)
	}
	return nil
}
