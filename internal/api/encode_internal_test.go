package api

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"ax/internal/wire"
)

// FuzzEncode holds the encoder of our own to encoding/json's bytes, for any
// strings in any fields, those included that the structs get one day.
func FuzzEncode(f *testing.F) {
	for _, s := range []string{
		"", "Ann Example", `"quoted" \ back`, "tab\tline\nreturn\r", "\x00\x07\x1b\x7f", "<a href='x'>&amp;</a>", "é ü 日本 😀",
		"\u2028\u2029", "half \xc3", "\xed\xa0\x80", strings.Repeat("long ", 200),
	} {
		f.Add(s, uint64(len(s)))
	}
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		random := rand.New(rand.NewPCG(seed, 1))
		var list wire.UserList
		fill(reflect.ValueOf(&list).Elem(), text, random)
		bodies := []any{list, wire.UserList{Users: []wire.User{}}, wire.UserList{}}
		for _, u := range list.Users {
			bodies = append(bodies, u)
		}
		for _, body := range bodies {
			got, err := encode(body)
			if want := plainly(t, body); err != nil || string(got) != want {
				t.Errorf("%v\n got %s\nwant %s", err, got, want)
			}
		}
	})
}

func plainly(t *testing.T, body any) string {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(body); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// fill gives each field a value made of text, or leaves it empty.
func fill(v reflect.Value, text string, random *rand.Rand) {
	switch v.Kind() {
	case reflect.Struct:
		for _, field := range v.Fields() {
			fill(field, text, random)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), random.IntN(4), 4))
		for i := range v.Len() {
			fill(v.Index(i), text, random)
		}
	case reflect.String:
		from := random.IntN(len(text) + 1)
		v.SetString(text[from : from+random.IntN(len(text)-from+1)])
	case reflect.Bool:
		v.SetBool(random.IntN(2) == 0)
	default:
		panic("the encoder has never met a " + v.Kind().String())
	}
}

func TestTimestamp(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(2026, 11))
	whole := 0
	for n := range 2000 {
		at := time.Date(random.IntN(10_000), 1, 1+random.IntN(366), random.IntN(24), random.IntN(60), random.IntN(60), 1000*random.IntN(1_000_000), time.FixedZone("x", 3600*random.IntN(12)))
		if n%4 == 0 {
			at = at.Truncate(time.Second)
		}
		want := at.UTC().Format("2006-01-02T15:04:05.000000Z")
		if at.Nanosecond() == 0 {
			want = at.UTC().Format("2006-01-02T15:04:05Z")
			whole++
		}
		if got := timestamp(at); got != want {
			t.Fatalf("%v: %s, want %s", at, got, want)
		}
	}
	if whole == 0 {
		t.Error("no time without a fraction was tried")
	}
}
