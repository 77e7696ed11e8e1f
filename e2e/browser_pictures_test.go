package e2e_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/google/go-cmp/cmp"
)

var pagesFolder = filepath.Join("..", "docs", "pages")

// mostPictures is what all pictures together may weigh, in bytes.
const mostPictures = 6 << 20

// docs/pages shows each scene, with nothing missing, nothing left over and no more bytes than a repository should carry.
func TestPagesAreShown(t *testing.T) {
	t.Parallel()
	want := []string{"README.md"}
	for _, c := range scenes() {
		want = append(want, c.pictures()...)
	}
	slices.Sort(want)
	if *update || *pictures {
		if err := os.WriteFile(filepath.Join(pagesFolder, "README.md"), []byte(readme()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	files, err := os.ReadDir(pagesFolder)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	var size int64
	for _, f := range files {
		got = append(got, f.Name())
		info, err := f.Info()
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
	}
	if diff := cmp.Diff(want, got); diff != "" && !*pictures {
		t.Errorf("files in docs/pages (-want +got); go test ./e2e -run 'Pages' -pictures makes pictures:\n%s", diff)
	}
	if size > mostPictures {
		t.Errorf("docs/pages has %d bytes, more than %d", size, mostPictures)
	}
	text, err := os.ReadFile(filepath.Join(pagesFolder, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(readme(), string(text)); diff != "" {
		t.Errorf("docs/pages/README.md (-want +got), -update writes it anew:\n%s", diff)
	}
}

// pictures are the files of a scene.
func (c scene) pictures() (names []string) {
	if c.unseen {
		return nil
	}
	for _, suffix := range []string{"-phone", "-desktop"} {
		names = append(names, c.name+suffix+".png")
		if c.dark {
			names = append(names, c.name+suffix+"-dark.png")
		}
	}
	return names
}

func readme() string {
	var b strings.Builder
	b.WriteString(`# The pages

Every page that people with an account see, in each state that looks different, on a phone and on a desktop. Tests have made
the pictures in Chromium; ` + "`go test ./e2e -run Pages -pictures`" + ` makes them anew, ` + "`-update`" + ` this page and the snapshots in
` + "`e2e/browser/testdata`" + ` of what a screen reader meets.
`)
	for _, c := range scenes() {
		if c.unseen {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n", c.name, c.says)
		for _, name := range c.pictures() {
			width, on := 480, " on a desktop"
			if strings.Contains(name, "-phone") {
				width, on = 190, " on a phone"
			}
			if strings.Contains(name, "-dark") {
				on += ", in the dark"
			}
			fmt.Fprintf(&b, "<img src=\"%s\" width=\"%d\" alt=\"%s%s\">\n", name, width, c.name, on)
		}
	}
	return b.String()
}

// picture writes one of the whole page, as high as it is.
func (p *tab) picture(name string, s screen) {
	p.t.Helper()
	p.size(s)
	s.height = max(s.height, eval[int64](p, `document.documentElement.scrollHeight`))
	p.size(s)
	shot := call(p, cdppage.CaptureScreenshot, cdppage.CaptureScreenshotParams{Format: cdppage.CaptureScreenshotFormatPng})
	small, err := reduced(shot.Data)
	if err == nil {
		err = os.WriteFile(filepath.Join(pagesFolder, name+".png"), small, 0o644)
	}
	p.must("take a picture", err)
}

// reduced is a picture with at most 256 colours. Pages have few, so nobody sees a difference.
func reduced(data []byte) ([]byte, error) {
	shot, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	count := map[color.RGBA]int{}
	box := shot.Bounds()
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			count[color.RGBAModel.Convert(shot.At(x, y)).(color.RGBA)]++
		}
	}
	all := make([]color.RGBA, 0, len(count))
	for c := range count {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b color.RGBA) int {
		if count[a] != count[b] {
			return count[b] - count[a]
		}
		return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) // the same picture gives the same bytes
	})
	const most = 256
	var palette color.Palette
	for _, c := range all[:min(len(all), most)] {
		palette = append(palette, c)
	}
	flat := image.NewPaletted(box, palette)
	draw.Draw(flat, box, shot, box.Min, draw.Src)
	var out bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, flat)
	return out.Bytes(), err
}
