//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

//go:embed original.py
var originalScript []byte

//go:embed parquet.py
var parquetScript []byte

// A slot runs one command line at a time, both programs in the same folder one
// after the other, so that paths in what they print are the same.
type slot struct {
	*world
	folder  string
	process *exec.Cmd
	orders  *json.Encoder
	answers *bufio.Scanner
	pipe    *os.File
}

func (w *world) newSlot(ctx context.Context, folder string) (*slot, error) {
	s := &slot{world: w, folder: folder}
	if err := os.MkdirAll(s.home(), 0o700); err != nil {
		return nil, err
	}
	err := errors.Join(
		os.WriteFile(filepath.Join(folder, "original.py"), originalScript, 0o600),
		os.WriteFile(filepath.Join(folder, "parquet.py"), parquetScript, 0o600))
	if err != nil {
		return nil, err
	}
	theirOrders, ourOrders, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	ourAnswers, theirAnswers, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	s.process = exec.CommandContext(ctx, w.python(), filepath.Join(folder, "original.py")) //nolint:gosec // written above
	s.process.Env, s.process.ExtraFiles = environment(s.home()), []*os.File{theirOrders, theirAnswers}
	s.process.Stderr = os.Stderr
	if err := s.process.Start(); err != nil {
		return nil, err
	}
	s.pipe, s.orders, s.answers = ourOrders, json.NewEncoder(ourOrders), bufio.NewScanner(ourAnswers)
	return s, errors.Join(theirOrders.Close(), theirAnswers.Close())
}

func (s *slot) close() {
	_ = s.pipe.Close() // ends the program
	_ = s.process.Wait()
}

func (s *slot) home() string { return filepath.Join(s.folder, "home") }
func (s *slot) work() string { return filepath.Join(s.home(), "work") }

// both runs a case with both programs and compares what they left.
func (s *slot) both(ctx context.Context, c Case) (Outcome, error) {
	theirs, err := s.one(ctx, c, s.original)
	if err != nil {
		return Outcome{}, fmt.Errorf("the original: %w", err)
	}
	ours, err := s.one(ctx, c, s.ours)
	if err != nil {
		return Outcome{}, fmt.Errorf("ours: %w", err)
	}
	return compare(c, theirs, ours), nil
}

// A program runs words in the slot's folder and returns its exit code; what it
// writes to its streams goes into the files stdout and stderr.
type program func(ctx context.Context, c Case, words []string) (int, error)

// one makes the case's world, runs the program in it and gathers what it left.
func (s *slot) one(ctx context.Context, c Case, p program) (r Result, err error) {
	address, served, stop, err := s.answering(ctx, c)
	if err != nil {
		return r, err
	}
	defer stop()
	if err := s.furnish(c, address); err != nil {
		return r, err
	}
	before, err := s.snapshot()
	if err != nil {
		return r, err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	words := c.Words()
	for i, word := range words {
		words[i] = s.fillIn(word)
	}
	if r.Exit, err = p(ctx, c, words); err != nil {
		return r, err
	}
	n := s.naming(address)
	out, err1 := os.ReadFile(filepath.Join(s.folder, "stdout"))
	text, err2 := os.ReadFile(filepath.Join(s.folder, "stderr"))
	r.Out, r.Err = n.name(string(out)), n.name(string(text))
	err3 := s.gather(ctx, &r, before, n)
	if err := errors.Join(err1, err2, err3); err != nil {
		return r, err
	}
	if served != nil && c.Changes {
		lists, err := served.lists(ctx, watched(c.Group)...)
		if err != nil {
			return r, err
		}
		r.Directory = n.name(lists)
	}
	return r, nil
}

// answering makes what the case's requests go to.
func (s *slot) answering(ctx context.Context, c Case) (address string, d *directory, stop func(), err error) {
	switch {
	case c.Stub != nil:
		address, stop, err = c.Stub.listen(ctx)
		return address, nil, stop, err
	case !c.Changes:
		return s.shared.address, nil, func() {}, nil
	}
	folder := filepath.Join(s.folder, "directory")
	if d, err = s.copied(ctx, folder); err != nil {
		return "", nil, nil, err
	}
	return d.address, d, func() { d.stop(); _ = os.RemoveAll(folder) }, nil
}

// furnish makes the home anew.
func (s *slot) furnish(c Case, address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	names := c.Home
	if names == nil {
		names = []string{"server"}
	}
	profiles := filepath.Join(s.home(), ".arize", "profiles")
	err = errors.Join(os.RemoveAll(s.home()), os.MkdirAll(s.work(), 0o700),
		os.WriteFile(filepath.Join(s.folder, "stdin"), []byte(s.fillIn(c.In)), 0o600))
	if len(names) > 0 {
		err = errors.Join(err, os.MkdirAll(profiles, 0o700),
			os.WriteFile(filepath.Join(s.home(), ".arize", ".active_profile"), []byte(names[0]), 0o600))
		if c.Note != firstUse {
			err = errors.Join(err, os.WriteFile(filepath.Join(s.home(), ".arize", ".beta_notice_users"), nil, 0o600))
		}
	}
	place := strings.NewReplacer("{host}", host, "{port}", port, "{key}", s.key)
	for _, name := range names {
		text, ok := profileTexts()[name]
		if !ok {
			return fmt.Errorf("there is no profile %s", name)
		}
		err = errors.Join(err, os.WriteFile(filepath.Join(profiles, name+".toml"), []byte(place.Replace(text)), 0o600))
	}
	for name, text := range c.Files {
		err = errors.Join(err, os.WriteFile(filepath.Join(s.work(), name), []byte(s.fillIn(place.Replace(text))), 0o600))
	}
	return err
}

// ours runs the binary built from this module.
func (s *slot) ours(ctx context.Context, c Case, words []string) (int, error) {
	return s.start(ctx, c, s.ax, words)
}

// original hands the words to the waiting Python, or starts one anew when the
// environment differs from the one it was started in.
func (s *slot) original(ctx context.Context, c Case, words []string) (int, error) {
	if s.whole || len(c.Env) > 0 {
		return s.start(ctx, c, filepath.Join(s.options.original, "bin", "ax"), words)
	}
	return s.order("", words)
}

// order sends an order to the waiting Python.
func (s *slot) order(script string, words []string) (exit int, err error) {
	stdout := filepath.Join(s.folder, "stdout")
	if script != "" {
		stdout = filepath.Join(s.folder, "script")
	}
	err = s.orders.Encode(map[string]any{
		"folder": s.work(), "stdin": filepath.Join(s.folder, "stdin"), "stdout": stdout,
		"stderr": filepath.Join(s.folder, "stderr"+strings.TrimSuffix(script, ".py")), "args": append([]string{}, words...), "script": s.script(script),
	})
	if err == nil && !s.answers.Scan() {
		err = errors.Join(errors.New("python ended"), s.answers.Err())
	}
	if err == nil {
		_, err = fmt.Sscan(s.answers.Text(), &exit)
	}
	return exit, err
}

func (s *slot) script(name string) string {
	if name == "" {
		return ""
	}
	return filepath.Join(s.folder, name)
}

// start runs a binary.
func (s *slot) start(ctx context.Context, c Case, binary string, words []string) (int, error) {
	cmd := exec.CommandContext(ctx, binary, words...) //nolint:gosec // one of the two programs
	cmd.Dir, cmd.Env = s.work(), slices.Concat(environment(s.home()), c.Env)
	cmd.Stdin = strings.NewReader(s.fillIn(c.In))
	var out, text bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &text
	err := cmd.Run()
	if _, ok := errors.AsType[*exec.ExitError](err); ok {
		err = nil
	}
	return cmd.ProcessState.ExitCode(), errors.Join(err,
		os.WriteFile(filepath.Join(s.folder, "stdout"), out.Bytes(), 0o600),
		os.WriteFile(filepath.Join(s.folder, "stderr"), text.Bytes(), 0o600))
}
