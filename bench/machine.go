//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// machine says where the figures come from.
func machine(ctx context.Context, root string) []string {
	lines := []string{fmt.Sprintf("%d cores: %s", runtime.NumCPU(), field("/proc/cpuinfo", "model name"))}
	lines = append(lines, "memory: "+field("/proc/meminfo", "MemTotal"))
	if kernel, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		lines = append(lines, "Linux "+strings.TrimSpace(string(kernel)))
	}
	lines = append(lines, runtime.Version())
	if version := required(filepath.Join(root, "bench", "pocketbase", "go.mod"), "github.com/pocketbase/pocketbase"); version != "" {
		lines = append(lines, "PocketBase "+version)
	}
	return lines
}

// field is the value behind a name in a file of /proc.
func field(file, name string) string {
	text, err := os.ReadFile(file) //nolint:gosec // a file of /proc
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

// required is the version of a module that a go.mod asks for.
func required(file, module string) string {
	text, err := os.ReadFile(file) //nolint:gosec // our own file
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(strings.TrimPrefix(line, "require "))
		if len(fields) >= 2 && fields[0] == module {
			return fields[1]
		}
	}
	return ""
}

// commit is what was measured.
func commit(ctx context.Context, root string) string {
	git := func(arguments ...string) string {
		out, err := exec.CommandContext(ctx, "git", append([]string{"-C", root}, arguments...)...).Output() //nolint:gosec // as written below
		if err != nil {
			return ""
		}
		return strings.TrimSpace(string(out))
	}
	id := git("rev-parse", "--short=12", "HEAD")
	if id == "" {
		return "unknown"
	}
	if git("status", "--porcelain", "--untracked-files=no", "--", "cmd", "internal", "openapi", "go.mod", "go.sum") != "" {
		id += " with changes"
	}
	return id
}
