package term

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestReadKeys(t *testing.T) {
	t.Parallel()
	for keys, want := range map[string]struct {
		line string
		err  error
	}{
		"abc\r":                            {"abc", nil},
		"abc\nd":                           {"abc", nil},
		"ab\x7f\x7f\x7fc\b":                {"", ErrNoAnswer},
		"ü\x7fx\r":                         {"x", nil},
		"ab\x15c\r":                        {"c", nil},
		"ab\x04":                           {"ab", nil},
		"\x04":                             {"", ErrNoAnswer},
		"":                                 {"", ErrNoAnswer},
		"ab\x03":                           {"", context.Canceled},
		strings.Repeat("x", longestLine+1): {"", errTooLong},
	} {
		line, err := readKeys(bufio.NewReader(strings.NewReader(keys)))
		if line != want.line || !errors.Is(err, want.err) {
			t.Errorf("%.20q: %q, %v", keys, line, err)
		}
	}
	if _, err := readKeys(bufio.NewReader(iotest.ErrReader(io.ErrClosedPipe))); !errors.Is(err, io.ErrClosedPipe) {
		t.Error(err)
	}
}

// Without a terminal there is nothing to hide from.
func TestAskSecretOfAPipe(t *testing.T) {
	t.Parallel()
	s, in, out, errs := Test()
	in.WriteString("\n  a secret \nno\nyes\n")
	if got, err := AskSecret(t.Context(), s, "Key", nil); got != "a secret" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := AskOr(t.Context(), s, "Sure", "", []string{"Yes", "Maybe"}, nil); got != "Yes" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if got := out.String() + errs.String(); got != "Key: \nError: a value is required\nKey: \nSure (Yes, Maybe): \nError: choose one of Yes, Maybe\nSure (Yes, Maybe): \n" {
		t.Errorf("%q", got)
	}
}
