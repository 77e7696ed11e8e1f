package term_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os/exec"
	"strings"
	"testing"

	"ax/internal/cli/term"
)

type role struct {
	Type string `json:"type"`
	Name string `json:"name,omitempty"`
}

type user struct {
	ID        string            `json:"id"`
	Name      string            `json:"name"`
	Role      *role             `json:"role"`
	Developer bool              `json:"is_developer"`
	Seats     int64             `json:"seats"`
	Labels    []string          `json:"labels"`
	Extra     map[string]string `json:"extra"`
}

type pagination struct {
	NextCursor string `json:"next_cursor,omitempty"`
	HasMore    bool   `json:"has_more"`
}

type list struct {
	Users      []user     `json:"users"`
	Pagination pagination `json:"pagination"`
}

func users() []user {
	return []user{
		{ID: "usr_1", Name: "Röß <a&b> \"q\" \\ /", Role: &role{"PREDEFINED", "ADMIN"}, Developer: true, Labels: []string{}, Extra: map[string]string{}},
		{ID: "usr_2", Name: "👩‍💻 山田 יעל", Seats: -9007199254740993, Labels: []string{"", "x"}, Extra: map[string]string{"é": "1"}},
		{ID: "usr_3", Name: everyRune(), Role: &role{Type: "CUSTOM"}, Labels: []string{"\u2028\u2029\ufeff\U0010ffff"}, Extra: map[string]string{}},
	}
}

// everyRune is U+0000 to U+02FF and the ends of the planes.
func everyRune() string {
	var b strings.Builder
	for r := range rune(0x300) {
		b.WriteRune(r)
	}
	return b.String() + "\ud7ff\ue000\ufffd\uffff\U00010000"
}

func TestJSON(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	v := list{Users: users()[:1], Pagination: pagination{NextCursor: "c1", HasMore: true}}
	if err := term.JSON(&b, v); err != nil {
		t.Fatal(err)
	}
	same(t, b.String(), `{
  "users": [
    {
      "id": "usr_1",
      "name": "R\u00f6\u00df <a&b> \"q\" \\ /",
      "role": {
        "type": "PREDEFINED",
        "name": "ADMIN"
      },
      "is_developer": true,
      "seats": 0,
      "labels": [],
      "extra": {}
    }
  ],
  "pagination": {
    "next_cursor": "c1",
    "has_more": true
  }
}
`)
}

func TestJSONRunes(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"\U0001f600":       `"\ud83d\ude00"`,
		"\x7f":             `"\u007f"`,
		"\x1b\x00":         `"\u001b\u0000"`,
		"\b\f\n\r\t":       `"\b\f\n\r\t"`,
		"\u202e\u2028<>&'": `"\u202e\u2028<>&'"`,
		"\xff":             `"\ufffd"`,
	} {
		var b strings.Builder
		if err := term.JSON(&b, in); err != nil {
			t.Fatal(err)
		}
		same(t, b.String(), want+"\n")
	}
}

// TestJSONAsPython lets Python read what was written and write it again.
func TestJSONAsPython(t *testing.T) {
	t.Parallel()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed")
	}
	for name, v := range map[string]any{
		"list":         list{Users: users()},
		"empty list":   list{Users: []user{}},
		"empty object": struct{}{},
		"bare list":    []any{[]int{}, map[string]int{}, nil, true, 1},
		"string":       "é",
		"raw":          json.RawMessage(`{"b":[1,{}],"a":"é"}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var ours bytes.Buffer
			if err := term.JSON(&ours, v); err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), python, "-c",
				"import json,sys; sys.stdout.write(json.dumps(json.load(sys.stdin), indent=2) + '\\n')")
			cmd.Stdin = bytes.NewReader(ours.Bytes())
			theirs, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			same(t, ours.String(), string(theirs))
		})
	}
}

func TestJSONList(t *testing.T) {
	t.Parallel()
	for n := range len(users()) + 1 {
		whole := list{Users: users()[:n], Pagination: pagination{HasMore: n == 2}}
		var at, parts strings.Builder
		if err := term.JSON(&at, whole); err != nil {
			t.Fatal(err)
		}
		l := term.NewJSONList(&parts, "users")
		for _, u := range whole.Users {
			if err := l.Add(u); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.Close("pagination", whole.Pagination); err != nil {
			t.Fatal(err)
		}
		same(t, parts.String(), at.String())
	}
}

func TestJSONErrors(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := term.JSON(&b, func() {}); err == nil || b.Len() > 0 {
		t.Errorf("error %v after %q", err, b.String())
	}
	if err := term.JSON(brokenWriter{}, 1); !errors.Is(err, errBroken) {
		t.Errorf("error %v", err)
	}
	if err := term.NewJSONList(brokenWriter{}, "users").Add(1); !errors.Is(err, errBroken) {
		t.Errorf("error %v", err)
	}
	if err := term.NewJSONList(brokenWriter{}, "users").Close("pagination", 1); !errors.Is(err, errBroken) {
		t.Errorf("error %v", err)
	}
}
