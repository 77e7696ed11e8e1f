package web_test

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"ax/internal/directory"
)

// Many people at once, each asking for their own account: nobody is ever
// shown another's. `make long` asks a million times.
func TestA13NobodySeesAnother(t *testing.T) {
	t.Parallel()
	const people = 16
	requests := 480
	if os.Getenv("AX_TEST_LONG") != "" {
		requests = 1_000_000
	}
	w := newWorld(t)
	browsers := make([]*browser, people)
	emails := make([]string, people)
	for i := range people {
		emails[i] = fmt.Sprintf("person-%02d@example.com", i)
		browsers[i], _ = w.signedIn(t, emails[i], directory.RoleMember)
	}
	var all sync.WaitGroup
	for i, b := range browsers {
		all.Go(func() {
			for range requests / people {
				p := b.get(t, "/account")
				shown := p.Body.String()
				if p.Code != http.StatusOK || !strings.Contains(shown, emails[i]) || strings.Count(shown, "person-") != strings.Count(shown, emails[i]) {
					t.Errorf("%s was answered %d with an account that is not theirs alone", emails[i], p.Code)
					return
				}
			}
		})
	}
	all.Wait()
}
