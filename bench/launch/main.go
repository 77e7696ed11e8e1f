// Command launch runs commands in turns and prints what each run cost. It is
// a program of its own because a child's peak memory, as Linux tells it, is
// never below that of the process that started it: this one stays small.
//
// It reads one JSON object from standard input and prints one line of JSON for
// each run.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// A plan is what to run: every command once, then every one again.
type plan struct {
	Times    int
	Env      []string // beside the own environment
	Commands [][]string
}

// A run is what one of them cost.
type run struct {
	Command int
	Wall    time.Duration
	CPU     time.Duration
	Peak    int64 // bytes
	Exit    int
	Error   string `json:",omitempty"` // the end of what it said
}

func main() {
	var p plan
	if err := json.NewDecoder(os.Stdin).Decode(&p); err != nil {
		log.Fatal(err)
	}
	out := json.NewEncoder(os.Stdout)
	for range p.Times {
		for i, c := range p.Commands {
			r := launch(c, p.Env)
			r.Command = i
			if err := out.Encode(r); err != nil {
				log.Fatal(err)
			}
		}
	}
}

func launch(command, env []string) (r run) {
	cmd := exec.CommandContext(context.Background(), command[0], command[1:]...) //nolint:gosec // what we are told to run
	cmd.Env = append(os.Environ(), env...)
	said := &tail{}
	cmd.Stderr = said
	// So that a run ends with this program, on whatever thread it was started.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	begun := time.Now()
	err := cmd.Run()
	r.Wall = time.Since(begun)
	if cmd.ProcessState == nil {
		r.Exit, r.Error = -1, err.Error()
		return r
	}
	r.Exit = cmd.ProcessState.ExitCode()
	r.CPU = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		r.Peak = usage.Maxrss << 10
	}
	if err != nil {
		r.Error = string(said.text)
	}
	return r
}

// A tail keeps the end of what is written to it.
type tail struct{ text []byte }

// Write implements io.Writer.
func (t *tail) Write(p []byte) (int, error) {
	const most = 500
	t.text = append(t.text, p...)
	t.text = t.text[max(0, len(t.text)-most):]
	return len(p), nil
}
