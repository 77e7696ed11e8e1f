package parquetfile

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestSnappyRoundTrip(t *testing.T) {
	t.Parallel()
	noise := make([]byte, 200_000)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	for name, c := range map[string]struct {
		text []byte
		most int // bytes that it may take
	}{
		"nothing":      {nil, 1},
		"a byte":       {[]byte("a"), 3},
		"short":        {[]byte("abc"), 5},
		"repeated":     {bytes.Repeat([]byte("a"), 100_000), 6000},
		"lines":        {[]byte(strings.Repeat("somebody@example.test\n", 5000)), 6000},
		"noise":        {noise, 200_100},
		"61 literals":  {noise[:61], 64},
		"300 literals": {noise[:300], 306},
		"a block":      {noise[:1<<16], 1<<16 + 8},
		"a block more": {noise[:1<<16+1], 1<<16 + 11},
	} {
		packed := compress(nil, c.text)
		got, err := decompress(packed, len(c.text))
		if err != nil || !bytes.Equal(got, c.text) {
			t.Errorf("%s: %v", name, err)
		}
		if len(packed) > c.most {
			t.Errorf("%s takes %d bytes, of %d", name, len(packed), len(c.text))
		}
		if _, err := decompress(packed, len(c.text)+1); err == nil {
			t.Errorf("%s: a wrong size is no error", name)
		}
	}
}

// What other compressors write and ours does not: the example of the format's
// description, one-byte and four-byte offsets, a copy that overlaps itself.
func TestSnappyOfOthers(t *testing.T) {
	t.Parallel()
	for want, packed := range map[string]string{
		"Wikipediapedia": "\x0e\x20Wikipedia\x05\x05",
		"xababababab":    "\x0b\x08xab\x1e\x02\x00",
		"abcdabcd":       "\x08\x0cabcd\x0f\x04\x00\x00\x00",
	} {
		got, err := decompress([]byte(packed), len(want))
		if err != nil || string(got) != want {
			t.Errorf("%q: %q, %v", want, got, err)
		}
	}
	// Cut short, a literal or a copy of more than there is, an offset of zero or from before the beginning.
	for _, bad := range []string{"\x05", "\x05\x10abc", "\x0b\x0cabcd\x0d\x00", "\x0b\x0cabcd\x0d\x09", "\x05\x0cabcd\x0d\x01", "\x05\xfc\xff\xff\xff\xff"} {
		if _, err := decompress([]byte(bad), int(bad[0])); err == nil {
			t.Errorf("%q is no error", bad)
		}
	}
}

func FuzzSnappy(f *testing.F) {
	f.Add([]byte("somebody@example.test somebody@example.test"))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := decompress(compress(nil, text), len(text))
		if err != nil || !bytes.Equal(got, text) {
			t.Errorf("%q came back as %q, %v", text, got, err)
		}
		_, _ = decompress(text, len(text)*2)
	})
}
