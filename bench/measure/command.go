//go:build linux

package measure

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"

	"ax/bench/process"
	"ax/bench/report"
)

// A run is what launching a command once cost; see bench/launch.
type run struct {
	Command int
	Wall    time.Duration
	CPU     time.Duration
	Peak    int64
	Exit    int
	Error   string
}

// commands runs commands in turns, each a number of times.
func (b *Bench) commands(ctx context.Context, times int, env []string, commands ...[]string) ([]run, error) {
	plan, err := json.Marshal(map[string]any{"Times": times, "Env": env, "Commands": commands})
	if err != nil {
		return nil, err
	}
	log, err := os.CreateTemp(b.Folder, "runs-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(log.Name()) }()
	if err := log.Close(); err != nil {
		return nil, err
	}
	p, err := b.Nursery.Start(ctx, process.Program{Path: b.Binaries.Launch, In: bytes.NewReader(plan), Log: log.Name()})
	if err != nil {
		return nil, err
	}
	err = p.Wait()
	text, err1 := os.ReadFile(log.Name())
	if err := errors.Join(err, err1); err != nil {
		return nil, fmt.Errorf("launch: %w: %s", err, text)
	}
	var runs []run
	for line := range bytes.Lines(text) {
		var r run
		if err := json.Unmarshal(line, &r); err != nil {
			return nil, fmt.Errorf("launch: %w: %s", err, line)
		}
		runs = append(runs, r)
	}
	return runs, nil
}

// settle runs a command on the local profile until it is as quick as it will
// be. The first one makes its own key, and each takes some of the letters along
// that filling the directory has left; that is not what is measured.
func (b *Bench) settle(ctx context.Context, env, command []string) error {
	const tries, quick = 50, 500 * time.Millisecond
	list := []string{b.Binaries.Ax, "--profile", "local", "users", "list"}
	for range tries {
		runs, err := b.commands(ctx, 1, env, command, list)
		if err != nil {
			return err
		}
		if runs[1].Exit != 0 {
			return fmt.Errorf("the local profile: %+v", runs)
		}
		if runs[1].Wall < quick {
			return nil
		}
	}
	return fmt.Errorf("the local profile still takes longer than %s after %d commands", quick, tries)
}

// addRuns adds what one of the commands cost, by the middle of its runs.
func addRuns(s *report.Section, name string, command int, all []run) {
	var wall, cpu, peak []float64
	for _, r := range all {
		if r.Command != command {
			continue
		}
		if r.Exit != 0 {
			s.Note(fmt.Sprintf("%s ended with %d: %s", name, r.Exit, r.Error))
			return
		}
		wall = append(wall, float64(r.Wall)/float64(time.Millisecond))
		cpu = append(cpu, float64(r.CPU)/float64(time.Millisecond))
		peak = append(peak, float64(r.Peak)/(1<<20))
	}
	s.AddSpread(name+" wall", wall, "ms")
	s.AddSpread(name+" CPU", cpu, "ms")
	s.AddSpread(name+" peak", peak, "MiB")
}

// home makes a home folder with a profile for a server, which both CLIs read.
func (b *Bench) home(address, key string) (string, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", err
	}
	home := filepath.Join(b.Folder, "home")
	profiles := filepath.Join(home, ".arize", "profiles")
	if err := os.MkdirAll(profiles, 0o700); err != nil {
		return "", err
	}
	text := fmt.Sprintf(`[profile]
name = "bench"
[auth]
auth_method = "api-key"
api_key = %q
[routing]
single_host = %q
single_port = %q
api_scheme = "http"
[update]
enabled = false
`, key, host, port)
	return home, errors.Join(
		os.WriteFile(filepath.Join(profiles, "bench.toml"), []byte(text), 0o600),
		os.WriteFile(filepath.Join(home, ".arize", ".active_profile"), []byte("bench"), 0o600))
}

// percentile is the value that a share of the runs did not exceed.
func percentile(values []float64, share float64) float64 {
	if len(values) == 0 {
		return 0
	}
	v := slices.Sorted(slices.Values(values))
	return v[min(len(v)-1, int(share*float64(len(v))))]
}
