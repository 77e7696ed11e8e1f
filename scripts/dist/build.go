package main

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

type platform struct{ os, arch string }

func (p platform) String() string { return p.os + "-" + p.arch }

// A binary is ax for a platform.
type binary struct {
	platform
	name string // ax, or ax.exe
	text []byte
	info *buildinfo.BuildInfo
}

// build makes a static, stripped binary.
func build(ctx context.Context, r release, p platform, folder string) (b binary, err error) {
	b = binary{platform: p, name: "ax"}
	if p.os == "windows" {
		b.name = "ax.exe"
	}
	path := filepath.Join(folder, b.name)
	if err := goBuild(ctx, r, path, "CGO_ENABLED=0", "GOOS="+p.os, "GOARCH="+p.arch); err != nil {
		return b, err
	}
	if b.text, err = os.ReadFile(path); err != nil {
		return b, err
	}
	b.info, err = buildinfo.Read(bytes.NewReader(b.text))
	return b, err
}

// goBuild leaves out of the binary the folder it is built in and what git
// knows: the version says which commit it is.
func goBuild(ctx context.Context, r release, path string, env ...string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", //nolint:gosec // Go's own compiler
		"-ldflags=-s -w -buildid= -X ax/internal/cli.Version="+r.version, "-o", path, "./cmd/ax")
	cmd.Env = slices.Concat(os.Environ(), []string{"GOFLAGS=-mod=readonly", "GOWORK=off", "GOEXPERIMENT=", "GOAMD64=v1", "GOARM64=v8.0"}, env)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build for %s: %w: %s", strings.Join(env, " "), err, out)
	}
	return nil
}

// documents are what a person gets besides the binary: the page about it, the
// licence, manual pages and completions, which a binary for this machine writes.
func documents(ctx context.Context, r release, work string) ([]entry, error) {
	var docs []entry
	for _, name := range []string{"README.md", "LICENSE", "CHANGELOG.md"} {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		docs = append(docs, entry{path: name, text: text})
	}
	pages, err := manual(ctx, filepath.Join(work, "man"))
	if err != nil {
		return nil, err
	}
	docs = append(docs, pages...)
	ax := filepath.Join(work, "here", "ax")
	if err := goBuild(ctx, r, ax, "CGO_ENABLED=0"); err != nil {
		return nil, err
	}
	for _, c := range completions() {
		cmd := exec.CommandContext(ctx, ax, "completion", c.shell) //nolint:gosec // built above
		cmd.Env = []string{"HOME=" + work}
		text, err := cmd.Output()
		if err != nil {
			return nil, fmt.Errorf("ax completion %s: %w", c.shell, err)
		}
		docs = append(docs, entry{path: "completions/" + c.file, text: text})
	}
	return docs, nil
}

// manual is the pages that the commands' own texts make.
func manual(ctx context.Context, folder string) ([]entry, error) {
	if _, err := os.Stat("internal/manual/write"); err != nil {
		return nil, nil //nolint:nilerr // there is no manual yet
	}
	if out, err := exec.CommandContext(ctx, "go", "run", "./internal/manual/write", "-man", folder).CombinedOutput(); err != nil { //nolint:gosec // our own program
		return nil, fmt.Errorf("go run ./internal/manual/write: %w: %s", err, out)
	}
	files, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var pages []entry
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(folder, f.Name()))
		if err != nil {
			return nil, err
		}
		pages = append(pages, entry{path: "man/" + f.Name(), text: text})
	}
	return pages, nil
}

// A completion is a shell's, under the name by which the shell looks for it.
type completion struct{ shell, file, debian string }

func completions() []completion {
	return []completion{
		{"bash", "ax.bash", "usr/share/bash-completion/completions/ax"},
		{"zsh", "_ax", "usr/share/zsh/vendor-completions/_ax"},
		{"fish", "ax.fish", "usr/share/fish/vendor_completions.d/ax.fish"},
		{"powershell", "ax.ps1", ""},
	}
}
