// Package proc reads what Linux knows about a running process: the processor
// time that it took, its memory, threads and open files.
package proc

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of /proc/PID/stat, the same on every Linux that Go runs on.
const tick = time.Second / 100

// CPU is the processor time of a process, user and system, in ticks of 10 ms.
// Children that have ended and been waited for are in it.
func CPU(pid int) (time.Duration, error) {
	fields, err := stat(pid)
	if err != nil {
		return 0, err
	}
	var ticks int64
	for _, field := range fields[11:15] { // utime, stime, cutime, cstime
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("/proc/%d/stat: %w", pid, err)
		}
		ticks += n
	}
	return time.Duration(ticks) * tick, nil
}

// stat are the fields of /proc/PID/stat from the third one, the state, on:
// the second is the program's name and may hold anything.
func stat(pid int) ([]string, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil, err
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 15 {
		return nil, fmt.Errorf("/proc/%d/stat is not what it should be", pid)
	}
	return fields, nil
}

// Children are the processes whose parent is pid.
func Children(pid int) ([]int, error) {
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	var found []int
	for _, f := range files {
		child, err := strconv.Atoi(filepath.Base(filepath.Dir(f)))
		if err != nil {
			continue
		}
		if fields, err := stat(child); err == nil && fields[1] == strconv.Itoa(pid) {
			found = append(found, child) // those that ended meanwhile are left out
		}
	}
	return found, nil
}

// Memory is what a process has in memory now and had at most, in bytes.
type Memory struct{ Now, Peak int64 }

// MemoryOf reads a process's resident size.
func MemoryOf(pid int) (m Memory, err error) {
	fields, err := status(pid)
	if err != nil {
		return m, err
	}
	now, err1 := kilobytes(fields["VmRSS"])
	peak, err2 := kilobytes(fields["VmHWM"])
	return Memory{now, peak}, errors.Join(err1, err2)
}

// ForgetPeak lets the peak begin anew.
func ForgetPeak(pid int) error {
	return os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0)
}

// Threads is how many threads a process has.
func Threads(pid int) (int, error) {
	fields, err := status(pid)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(fields["Threads"])
}

// Files is how many files and sockets a process has open.
func Files(pid int) (int, error) {
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	return len(entries), err
}

func status(pid int) (map[string]string, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return nil, err
	}
	fields := map[string]string{}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		fields[name] = strings.TrimSpace(value)
	}
	return fields, nil
}

func kilobytes(s string) (int64, error) {
	n, err := strconv.ParseInt(strings.TrimSuffix(s, " kB"), 10, 64)
	return n << 10, err
}

// Shared is the memory of a group of processes, each page that several of
// them use counted once in all, in bytes. PostgreSQL's share their buffers.
func Shared(pids []int) (total int64, err error) {
	for _, pid := range pids {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
		if err != nil {
			continue // it has ended
		}
		for line := range strings.Lines(string(text)) {
			if value, ok := strings.CutPrefix(line, "Pss:"); ok {
				n, err := kilobytes(strings.TrimSpace(value))
				if err != nil {
					return 0, err
				}
				total += n
			}
		}
	}
	return total, nil
}
