//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// A world has everything that the cases share.
type world struct {
	options
	folder string
	ax     string            // our binary
	key    string            // of the directory's administrator
	ids    map[string]string // of what is in the directory, and its lists' cursors, by the names used in the cases
	times  string            // its lists, as the API gives them
	shared *directory
	slots  []*slot
}

// parallel is how many command lines run at a time; the machine may be small.
const parallel = 2

func newWorld(ctx context.Context, o options, folder string) (*world, error) {
	w := &world{options: o, folder: folder, ax: filepath.Join(folder, "ax"), ids: map[string]string{}}
	if _, err := os.Stat(w.python()); err != nil {
		return nil, fmt.Errorf("the original is not installed; run scripts/needs.sh: %w", err)
	}
	if err := w.build(ctx); err != nil {
		return nil, err
	}
	if err := w.fill(ctx); err != nil {
		return nil, fmt.Errorf("fill the directory: %w", err)
	}
	for i := range parallel {
		s, err := w.newSlot(ctx, filepath.Join(folder, fmt.Sprint("s", i)))
		if err != nil {
			w.close()
			return nil, err
		}
		w.slots = append(w.slots, s)
	}
	return w, nil
}

// build makes our binary as a release has it.
func (w *world) build(ctx context.Context) error {
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", w.ax, "./cmd/ax") //nolint:gosec // the module's own program
	build.Dir, build.Env = w.root, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w: %s", err, out)
	}
	return nil
}

func (w *world) python() string { return filepath.Join(w.original, "bin", "python") }

func (w *world) close() {
	for _, s := range w.slots {
		s.close()
	}
	if w.shared != nil {
		w.shared.stop()
	}
}

// template is the data folder that every directory is a copy of.
func (w *world) template() string { return filepath.Join(w.folder, "template") }

// fill makes the template and what is in it, and serves a copy for those that only read.
func (w *world) fill(ctx context.Context) error {
	init := exec.CommandContext(ctx, w.ax, "server", "init", "--data-dir", w.template(), //nolint:gosec // built above
		"--admin-email", "ann@example.com", "--admin-name", "Ann Fixture")
	init.Env = environment(w.folder)
	out, err := init.Output()
	if err != nil {
		return fmt.Errorf("ax server init: %w", err)
	}
	w.key = strings.TrimSpace(string(out))
	d, err := w.serve(ctx, w.template())
	if err != nil {
		return err
	}
	err = w.furnishDirectory(ctx, d)
	d.stop()
	if err != nil {
		return err
	}
	w.shared, err = w.copied(ctx, filepath.Join(w.folder, "shared"))
	return err
}

// copied serves a copy of the template.
func (w *world) copied(ctx context.Context, folder string) (*directory, error) {
	if err := os.CopyFS(folder, os.DirFS(w.template())); err != nil {
		return nil, err
	}
	for _, name := range []string{"", "key", "directory.db"} { // CopyFS leaves permissions aside
		mode := os.FileMode(0o600)
		if name == "" {
			mode = 0o700
		}
		if err := os.Chmod(filepath.Join(folder, name), mode); err != nil {
			return nil, err
		}
	}
	return w.serve(ctx, folder)
}

// A directory is a server of ours with data of its own.
type directory struct {
	address, key string
	cmd          *exec.Cmd
	log          bytes.Buffer
}

// serve starts a server and waits until it is ready.
func (w *world) serve(ctx context.Context, folder string) (*directory, error) {
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	d := &directory{address: address, key: w.key}
	d.cmd = exec.CommandContext(ctx, w.ax, "server", "start", "--data-dir", folder, "--listen", address, //nolint:gosec // built above
		"--mail-dir", filepath.Join(folder, "letters"))
	d.cmd.Env, d.cmd.Stderr = environment(w.folder), &d.log
	if err := os.MkdirAll(filepath.Join(folder, "letters"), 0o700); err != nil {
		return nil, err
	}
	if err := d.cmd.Start(); err != nil {
		return nil, err
	}
	for range 500 {
		if _, err = d.call(ctx, http.MethodGet, "/readyz", ""); err == nil {
			return d, nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	d.stop()
	return nil, fmt.Errorf("the server does not get ready: %w: %s", err, d.log.String())
}

func (d *directory) stop() {
	_ = d.cmd.Process.Signal(os.Interrupt)
	_ = d.cmd.Wait()
}

// call sends a request as the administrator.
func (d *directory) call(ctx context.Context, method, path, body string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://"+d.address+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+d.key)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode >= http.StatusBadRequest {
		err = fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, text)
	}
	return text, err
}

func freeAddress(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// environment is all that the programs see of ours.
func environment(home string) []string {
	return []string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "TZ=UTC"}
}

// all runs the cases, a few at a time, and keeps their order.
func (w *world) all(ctx context.Context, cases []Case) ([]Outcome, error) {
	outcomes, faults := make([]Outcome, len(cases)), make([]error, len(cases))
	next := make(chan int)
	var workers sync.WaitGroup
	for _, s := range w.slots {
		workers.Go(func() {
			for i := range next {
				outcomes[i], faults[i] = s.both(ctx, cases[i])
			}
		})
	}
	for i := range cases {
		next <- i
	}
	close(next)
	workers.Wait()
	for i, err := range faults {
		if err != nil {
			return nil, fmt.Errorf("%s: %w", cases[i].Title(), err)
		}
	}
	return outcomes, nil
}
