package cli_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"ax/internal/cli"
	"ax/internal/cli/clitest"
	"ax/internal/cli/term"

	"github.com/google/go-cmp/cmp"
)

// TestMain lets the test binary be `ax` itself, for the tests that need a
// process of its own.
func TestMain(m *testing.M) {
	if os.Getenv("AX_TEST_RUN_MAIN") == "1" {
		os.Exit(cli.Main(context.Background(), os.Args[1:], term.Std(os.Getenv), os.Getenv))
	}
	os.Exit(m.Run())
}

func same[T any](t *testing.T, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// ran checks a whole result.
func ran(t *testing.T, got clitest.Result, code int, out, errs string) {
	t.Helper()
	same(t, got, clitest.Result{Code: code, Out: out, Err: errs})
}

// contains checks that parts stand in a text.
func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%q is not in:\n%s", p, text)
		}
	}
}
