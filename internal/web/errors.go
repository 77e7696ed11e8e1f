package web

import (
	"errors"
	"net/http"
	"time"

	"ax/internal/directory"
	"ax/internal/serve"
)

// A refusal is an answer that is a page of its own, and no fault of a form.
type refusal struct {
	status int
	title  string
	text   string
}

func (r *refusal) Error() string { return r.title + ": " + r.text }

const tryAgain = "Nothing was changed. Go back, load the page again and try once more."

func errNoPage() *refusal {
	return &refusal{http.StatusNotFound, "Page not found", "There is no page at this address. If you typed it, look for a slip; if a link led here, it may be an old one."}
}

func errMethod() *refusal {
	return &refusal{http.StatusMethodNotAllowed, "This page cannot be opened like that", "Nothing was changed. Begin at the start page and find your way from there."}
}

func errForeignForm() *refusal {
	return &refusal{http.StatusForbidden, "This form came from another site", "To protect your account nothing was changed. If you meant to do this, do it on the pages here."}
}

func errStaleForm() *refusal {
	return &refusal{http.StatusForbidden, "This form is out of date", "You have signed in anew since it was opened, perhaps in another window. Nothing was changed. Open the page again and try once more."}
}

func errNotDeveloper() *refusal {
	return &refusal{http.StatusForbidden, "You cannot make API keys", "They are for people with developer access, and yours is off. An administrator can turn it on."}
}

func errFormTooLarge() *refusal {
	return &refusal{http.StatusRequestEntityTooLarge, "That was too much text", tryAgain}
}

func errNoForm() *refusal {
	return &refusal{http.StatusUnsupportedMediaType, "This is not a form", tryAgain}
}

func errBadForm() *refusal {
	return &refusal{http.StatusBadRequest, "The form could not be read", tryAgain}
}

func errBroken() *refusal {
	return &refusal{http.StatusInternalServerError, "Something went wrong here", "It was not your doing, and whoever runs this service can find out more. Try again in a while."}
}

// refused makes the page for an error that no page has words for.
func refused(err error) *refusal {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r
	}
	e, ok := errors.AsType[*directory.Error](err)
	if !ok {
		return errBroken()
	}
	switch e.Kind {
	case directory.TooMany:
		return &refusal{http.StatusTooManyRequests, "Too many attempts", e.Detail}
	case directory.Unavailable:
		return &refusal{http.StatusServiceUnavailable, "Not now", e.Detail}
	case directory.Malformed: // of a page, only the address can be that
		return &refusal{http.StatusNotFound, "It is not there any more", "There is nothing at this address."}
	case directory.NotFound:
		return &refusal{http.StatusNotFound, "It is not there any more", e.Detail}
	case directory.Forbidden:
		return &refusal{http.StatusForbidden, "You may not do this", e.Detail}
	case directory.Gone:
		return &refusal{http.StatusGone, "It is not there any more", e.Detail}
	case directory.Conflict:
		return &refusal{http.StatusConflict, "This cannot be done now", e.Detail}
	default:
		return errBroken()
	}
}

// retryAfter is how long to wait before trying again, where that helps.
func retryAfter(err error) time.Duration {
	const soon = 5 * time.Second
	e, ok := errors.AsType[*directory.Error](err)
	switch {
	case !ok || e.Kind != directory.TooMany && e.Kind != directory.Unavailable:
		return 0
	case e.RetryAfter <= 0:
		return soon
	}
	return e.RetryAfter
}

// refusedPage is what refused.html shows.
type refusedPage struct {
	Text      string
	Reference string // by which the log has it, where that helps
}

// fail sends the page for an error.
func (c *call) fail(w http.ResponseWriter, err error) {
	r := refused(err)
	p := refusedPage{Text: r.text}
	// What went wrong is for the log alone; the reader gets what finds it there.
	if r.status == http.StatusInternalServerError {
		p.Reference = serve.RequestID(c.Request)
	}
	if _, ours := errors.AsType[*refusal](err); !ours && (r.status == http.StatusInternalServerError || directory.HasCause(err)) && c.Context().Err() == nil {
		c.Log.ErrorContext(c.Context(), "page failed", "request_id", serve.RequestID(c.Request), "route", c.Pattern, "err", err)
	}
	a := c.page("refused.html", r.title, p)
	a.status, a.retry = r.status, retryAfter(err)
	c.send(w, a)
}
