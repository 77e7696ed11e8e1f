// Command dist makes everything that a release consists of, from the sources
// and Go alone, into a folder:
//
//	ax-VERSION-OS-ARCH.tar.gz, .zip   the binary, its manual, completions
//	ax_VERSION_ARCH.deb               the same for Debian, with a service
//	ax-VERSION.oci.tar                an image for both architectures, in the OCI layout
//	ax-VERSION.cdx.json               what is in the binaries, as CycloneDX
//	SHA256SUMS                        of all of these
//
// The same commit gives the same bytes, whenever and wherever it is built: times
// are the commit's, names are sorted, and nothing is asked of the machine.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"
)

func main() {
	out := flag.String("o", "dist", "folder for the files of the release; what it had goes")
	version := flag.String("version", "", "version of the release, as `ax --version` says it")
	at := flag.Int64("at", 0, "time of everything in the release, in seconds since 1970")
	maintainer := flag.String("maintainer", "", "who answers for the Debian packages: Name <address>")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := errors.New("-version, -at and -maintainer are required; make dist gives them")
	if *version != "" && *at > 0 && *maintainer != "" {
		err = run(ctx, release{*version, *maintainer, time.Unix(*at, 0).UTC(), *out})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop was called
	}
}

// A release is what is being made.
type release struct {
	version    string
	maintainer string
	at         time.Time
	out        string // folder
}

// platforms are those that a release has binaries for.
func platforms() []platform {
	return []platform{
		{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "amd64"}, {"darwin", "arm64"}, {"windows", "amd64"}, {"windows", "arm64"},
	}
}

func run(ctx context.Context, r release) error {
	if err := errors.Join(os.RemoveAll(r.out), os.MkdirAll(r.out, 0o755)); err != nil { //nolint:gosec // for everyone to read
		return err
	}
	work, err := os.MkdirTemp("", "ax-dist-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }()
	docs, err := documents(ctx, r, work)
	if err != nil {
		return err
	}
	var binaries []binary
	for _, p := range platforms() {
		b, err := build(ctx, r, p, filepath.Join(work, p.os+"-"+p.arch))
		if err != nil {
			return err
		}
		if err := r.write(r.archive(b, docs)); err != nil {
			return err
		}
		if p.os == "linux" {
			if err := r.write(r.deb(b, docs)); err != nil {
				return err
			}
		}
		binaries = append(binaries, b)
	}
	if err := errors.Join(r.write(r.image(binaries)), r.write(r.materials(binaries))); err != nil {
		return err
	}
	return r.sums()
}

// A product is a file of the release.
type product struct {
	name string
	text []byte
}

func (r release) write(p product, err error) error {
	if err != nil {
		return err
	}
	fmt.Printf("%9d  %s\n", len(p.text), p.name)                     //nolint:forbidigo // tells what there is now
	return os.WriteFile(filepath.Join(r.out, p.name), p.text, 0o644) //nolint:gosec // for everyone to read
}
