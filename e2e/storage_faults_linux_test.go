package e2e_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// A storageFault is a call of the server's to its files that fails.
type storageFault struct{ call, with, when string }

// The disk fails at one of the server's calls, or from one on. Whatever was acknowledged is there after a restart and
// whole, and what was said to have changed nothing is not there. AX_TEST_LONG=1 tries every call of the first 120.
func TestStorageFaults(t *testing.T) {
	t.Parallel()
	strace := findStrace(t)
	few := []storageFault{
		{"pwrite64", "EIO", "30"}, {"pwrite64", "EIO", "90+"}, {"pwrite64", "ENOSPC", "60"},
		{"fsync", "EIO", "3"}, {"fsync", "EIO", "6+"}, {"pread64", "EIO", "12"},
	}
	if os.Getenv("AX_TEST_LONG") == "1" {
		for _, f := range everyFault(120) {
			t.Run(f.String(), func(t *testing.T) { t.Parallel(); f.happens(t, strace) })
		}
		return
	}
	for _, f := range few {
		t.Run(f.String(), func(t *testing.T) {
			t.Parallel()
			if f.happens(t, strace) == 0 {
				t.Error("no call failed")
			}
		})
	}
}

// everyFault has the first n calls of each kind, failing once and from then on.
func everyFault(n int) (all []storageFault) {
	for i := 1; i <= n; i++ {
		for _, f := range []storageFault{{"pwrite64", "EIO", ""}, {"pwrite64", "ENOSPC", ""}, {"fsync", "EIO", ""}, {"ftruncate", "EIO", ""}, {"pread64", "EIO", ""}} {
			for _, from := range []string{"", "+"} {
				f.when = fmt.Sprint(i) + from
				all = append(all, f)
			}
		}
	}
	return all
}

func (f storageFault) String() string { return f.call + "-" + f.with + "-" + f.when }

// happens returns how many calls failed.
func (f storageFault) happens(t *testing.T, strace string) int {
	t.Helper()
	s := initialized(t, sqlite)
	file := filepath.Join(s.data, "directory.db")
	end, trace := s.startTraced(strace, "-P", file, "-P", file+"-wal", "-e", "trace="+f.call, "-e", fmt.Sprintf("inject=%s:error=%s:when=%s", f.call, f.with, f.when))
	injected := make(chan int, 1)
	go func() {
		text, _ := io.ReadAll(trace)
		injected <- strings.Count(string(text), "(INJECTED)")
	}()
	told := s.createUntilFailed()
	end()
	n := <-injected
	s.start()
	db := s.database()
	log := sealed(t, db)
	intact(t, log)
	s.whole(db, log, told.acknowledged)
	for _, email := range told.refused {
		if got := column(t, db, `SELECT email FROM users WHERE email = $1`, email); len(got) > 0 {
			t.Errorf("%s is there, and the answer was that nothing had changed", email)
		}
	}
	if got := column(t, db, `PRAGMA integrity_check`); len(got) != 1 || got[0] != "ok" {
		t.Errorf("the file is damaged: %v", got)
	}
	t.Logf("%d calls failed: %d users were acknowledged, %d refused, of %d it was not known", n, len(told.acknowledged), len(told.refused), told.unknown)
	return n
}

// A verdict is what creations were answered.
type verdict struct {
	acknowledged map[string]string // id by address
	refused      []string          // those to whom nothing was done
	unknown      int
}

// createUntilFailed creates users over some connections, until all are made or the server has ended.
func (s *site) createUntilFailed() (told verdict) {
	s.t.Helper()
	select {
	case s.server.address = <-s.server.log.ready:
	case <-s.server.ended:
		return told // it failed at its start, and said nothing to anybody
	}
	told.acknowledged = map[string]string{}
	var mu sync.Mutex
	var workers sync.WaitGroup
	for w := range 4 {
		workers.Go(func() {
			for n := range 10 {
				email := fmt.Sprintf("user%d-%d@x.example", w, n)
				id, err := createOver(s.t.Context(), http.DefaultClient, s.server.address, s.key, email)
				mu.Lock()
				switch {
				case err == nil:
					told.acknowledged[email] = id
				case strings.Contains(err.Error(), "nothing was changed"):
					told.refused = append(told.refused, email)
				default:
					told.unknown++
				}
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	return told
}
