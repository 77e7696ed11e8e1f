package main

import "testing"

func TestLaunch(t *testing.T) {
	t.Parallel()
	r := launch([]string{"/bin/sh", "-c", `test "$GIVEN" = yes`}, []string{"GIVEN=yes"})
	if r.Exit != 0 || r.Wall <= 0 || r.Peak <= 0 || r.Error != "" {
		t.Errorf("a success: %+v", r)
	}
	if r := launch([]string{"/bin/sh", "-c", "echo no >&2; exit 3"}, nil); r.Exit != 3 || r.Error != "no\n" {
		t.Errorf("a failure: %+v", r)
	}
	if r := launch([]string{"/nowhere/at/all"}, nil); r.Exit != -1 || r.Error == "" {
		t.Errorf("no such command: %+v", r)
	}
}

func TestTail(t *testing.T) {
	t.Parallel()
	var kept tail
	for range 300 {
		if n, err := kept.Write([]byte("abc")); n != 3 || err != nil {
			t.Fatal(n, err)
		}
	}
	if len(kept.text) != 500 || string(kept.text[497:]) != "abc" {
		t.Errorf("kept %d bytes", len(kept.text))
	}
}
