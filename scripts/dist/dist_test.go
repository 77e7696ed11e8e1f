package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func sample() (release, []binary, []entry) {
	r := release{version: "v1.2.3-4-gabcdef0", maintainer: "Jo <jo@example.com>", at: time.Date(2026, 1, 2, 3, 4, 6, 0, time.UTC)}
	info := &buildinfo.BuildInfo{GoVersion: "go1.26.0", Deps: []*debug.Module{{Path: "example.com/b", Version: "v1.0.0", Sum: "h1:x"}}}
	var binaries []binary
	for _, p := range platforms() {
		b := binary{platform: p, name: "ax", text: []byte("binary for " + p.String()), info: info}
		if p.os == "windows" {
			b.name = "ax.exe"
			b.info = &buildinfo.BuildInfo{GoVersion: "go1.26.0", Deps: append(info.Deps, &debug.Module{Path: "example.com/w", Version: "v0.1.0"})}
		}
		binaries = append(binaries, b)
	}
	docs := []entry{
		{path: "README.md", text: []byte("read")}, {path: "LICENSE", text: []byte("may")}, {path: "man/ax.1", text: []byte(".TH")},
		{path: "man/ax-output.7", text: []byte(".TH")}, {path: "completions/_ax", text: []byte("z")}, {path: "completions/ax.ps1", text: []byte("p")},
	}
	return r, binaries, docs
}

// products are everything that a release has, made of the sample.
func products(t *testing.T) map[string][]byte {
	t.Helper()
	r, binaries, docs := sample()
	all := map[string][]byte{}
	add := func(p product, err error) {
		if err != nil {
			t.Fatal(err)
		}
		all[p.name] = p.text
	}
	for _, b := range binaries {
		add(r.archive(b, docs))
	}
	add(r.deb(binaries[0], docs))
	add(r.image(binaries))
	add(r.materials(binaries))
	return all
}

func TestTwoReleasesAreEqual(t *testing.T) {
	t.Chdir("../..") // where packaging/ is
	one, two := products(t), products(t)
	for name, text := range one {
		if !bytes.Equal(text, two[name]) {
			t.Errorf("%s differs from build to build", name)
		}
	}
}

// A member is what matters of a file in a tar archive.
type member struct {
	Name string
	Mode int64
	User int
	Text string
}

func untar(t *testing.T, text []byte) []member {
	t.Helper()
	if zipped, err := gzip.NewReader(bytes.NewReader(text)); err == nil {
		if text, err = io.ReadAll(zipped); err != nil {
			t.Fatal(err)
		}
	}
	var all []member
	for r := tar.NewReader(bytes.NewReader(text)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		if !h.ModTime.Equal(time.Date(2026, 1, 2, 3, 4, 6, 0, time.UTC)) {
			t.Errorf("%s: time %s is not the release's", h.Name, h.ModTime)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, member{h.Name, h.Mode, h.Uid, string(content)})
	}
}

func TestArchives(t *testing.T) {
	t.Parallel()
	r, binaries, docs := sample()
	p, err := r.archive(binaries[0], docs)
	if err != nil {
		t.Fatal(err)
	}
	const top = "ax-v1.2.3-4-gabcdef0-linux-amd64/"
	want := []member{
		{top, 0o755, 0, ""}, {top + "LICENSE", 0o644, 0, "may"}, {top + "README.md", 0o644, 0, "read"},
		{top + "ax", 0o755, 0, "binary for linux-amd64"}, {top + "completions/", 0o755, 0, ""}, {top + "completions/_ax", 0o644, 0, "z"},
		{top + "completions/ax.ps1", 0o644, 0, "p"}, {top + "man/", 0o755, 0, ""}, {top + "man/ax-output.7", 0o644, 0, ".TH"}, {top + "man/ax.1", 0o644, 0, ".TH"},
	}
	if diff := cmp.Diff(want, untar(t, p.text)); diff != "" {
		t.Error(diff)
	}
	p, err = r.archive(binaries[4], docs)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(p.text), int64(len(p.text)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Open("ax-v1.2.3-4-gabcdef0-windows-amd64/ax.exe"); err != nil || p.name != "ax-v1.2.3-4-gabcdef0-windows-amd64.zip" {
		t.Errorf("%s: %v", p.name, err)
	}
}

func TestDebianPackage(t *testing.T) {
	t.Chdir("../..")
	r, binaries, docs := sample()
	p, err := r.deb(binaries[1], docs)
	if err != nil {
		t.Fatal(err)
	}
	if p.name != "ax_1.2.3+4+gabcdef0_arm64.deb" {
		t.Errorf("name %s", p.name)
	}
	parts := map[string][]byte{}
	rest, ok := bytes.CutPrefix(p.text, []byte("!<arch>\n"))
	for ok && len(rest) > 0 {
		var size int
		if _, err := fmt.Sscan(string(rest[48:58]), &size); err != nil || string(rest[58:60]) != "`\n" {
			t.Fatalf("header %q: %v", rest[:60], err)
		}
		parts[strings.TrimSpace(string(rest[:16]))] = rest[60 : 60+size]
		rest = rest[60+size+size%2:]
	}
	if string(parts["debian-binary"]) != "2.0\n" {
		t.Errorf("debian-binary %q", parts["debian-binary"])
	}
	have := map[string]member{}
	for _, m := range append(untar(t, parts["control.tar.gz"]), untar(t, parts["data.tar.gz"])...) {
		have[m.Name] = m
		if m.User != 0 {
			t.Errorf("%s belongs to %d", m.Name, m.User)
		}
	}
	for name, mode := range map[string]int64{
		"./": 0o755, "./control": 0o644, "./postinst": 0o755, "./prerm": 0o755, "./usr/bin/ax": 0o755, "./usr/lib/systemd/system/ax.service": 0o644,
		"./etc/default/ax": 0o644, "./usr/share/man/man1/ax.1.gz": 0o644, "./usr/share/man/man7/ax-output.7.gz": 0o644, "./usr/share/zsh/vendor-completions/_ax": 0o644,
	} {
		if m, ok := have[name]; !ok || m.Mode != mode {
			t.Errorf("%s: there %v, mode %o", name, ok, m.Mode)
		}
	}
	if !strings.Contains(have["./control"].Text, "Architecture: arm64\nMaintainer: Jo <jo@example.com>\n") || strings.Contains(have["./md5sums"].Text, "etc/default") {
		t.Errorf("control %s", have["./control"].Text)
	}
}

// A version that no tag has made is older than every release.
func TestDebianVersion(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 6, 0, time.UTC)
	for version, want := range map[string]string{
		"v1.2.3": "1.2.3", "1.2.3": "1.2.3", "v1.2.3-4-gabc": "1.2.3+4+gabc", "37b43a8": "0~20260102.030406.37b43a8", "abc-dirty": "0~20260102.030406.abc+dirty",
	} {
		if got := (release{version: version, at: at}).debianVersion(); got != want {
			t.Errorf("%s is %s, not %s", version, got, want)
		}
	}
}

func TestImage(t *testing.T) {
	t.Parallel()
	r, binaries, _ := sample()
	p, err := r.image(binaries)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, m := range untar(t, p.text) {
		files[m.Name] = m.Text
		if sum, ok := strings.CutPrefix(m.Name, "blobs/sha256/"); ok && sum != "" && sum != fmt.Sprintf("%x", sha256.Sum256([]byte(m.Text))) {
			t.Errorf("%s has another digest", m.Name)
		}
	}
	blob := func(d descriptor, into any) string {
		text := files["blobs/"+strings.Replace(d.Digest, ":", "/", 1)]
		if len(text) != d.Size {
			t.Errorf("%s is %d bytes, not %d", d.Digest, len(text), d.Size)
		}
		if into != nil && json.Unmarshal([]byte(text), into) != nil {
			t.Fatalf("%s is no JSON", d.Digest)
		}
		return text
	}
	var top, both index
	if err := json.Unmarshal([]byte(files["index.json"]), &top); err != nil || files["oci-layout"] != `{"imageLayoutVersion":"1.0.0"}` {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"org.opencontainers.image.ref.name": r.version, "io.containerd.image.name": "localhost/ax:" + r.version}, top.Manifests[0].Annotations); diff != "" {
		t.Error(diff)
	}
	blob(top.Manifests[0], &both)
	for i, arch := range []string{"amd64", "arm64"} {
		var m manifest
		var c imageConfig
		blob(both.Manifests[i], &m)
		blob(m.Config, &c)
		if both.Manifests[i].Platform.Architecture != arch || c.Architecture != arch || c.Config.User != "65532:65532" {
			t.Errorf("%+v %+v", both.Manifests[i], c)
		}
		for _, f := range untar(t, []byte(blob(m.Layers[0], nil))) {
			switch {
			case f.Name == "usr/bin/ax" && f.Text != "binary for linux-"+arch, f.Name == "var/lib/ax/" && (f.User != imageUser || f.Mode != 0o700):
				t.Errorf("%+v", f)
			case f.Name == "etc/ssl/certs/ca-certificates.crt":
				if first, _ := pem.Decode([]byte(f.Text)); first == nil || strings.Count(f.Text, "BEGIN") < 100 {
					t.Error("few certificates")
				}
			}
		}
	}
}

func TestMaterials(t *testing.T) {
	t.Parallel()
	r, binaries, _ := sample()
	p, err := r.materials(binaries)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		BomFormat  string
		Components []struct {
			PURL       string
			Properties []struct{ Name, Value string }
		}
	}
	if err := json.Unmarshal(p.text, &got); err != nil || got.BomFormat != "CycloneDX" {
		t.Fatal(err, got.BomFormat)
	}
	var list []string
	for _, c := range got.Components {
		for _, p := range c.Properties {
			c.PURL += " " + p.Name + "=" + p.Value
		}
		list = append(list, c.PURL)
	}
	want := []string{
		"pkg:golang/example.com/b@v1.0.0 go:sum=h1:x", "pkg:golang/example.com/w@v0.1.0 ax:platforms=windows-amd64 windows-arm64", "pkg:golang/std@1.26.0",
	}
	if diff := cmp.Diff(want, list); diff != "" {
		t.Error(diff)
	}
}
