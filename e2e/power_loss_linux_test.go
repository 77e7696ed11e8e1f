package e2e_test

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPowerLoss records what a server under load writes and syncs, and then makes, for one moment after another, what a
// disk can hold that loses its power there: all that was synced, and of the rest any part, sector by sector. Whatever was
// acknowledged before that moment must be there. AX_TEST_LONG=1 looks at a thousand moments, the log's return to its
// beginning among them.
func TestPowerLoss(t *testing.T) {
	t.Parallel()
	strace := findStrace(t)
	people, moments := 200, 25
	if os.Getenv("AX_TEST_LONG") == "1" {
		people, moments = 4000, 1000
	}
	s := initialized(t, sqlite)
	before := s.files()
	end, trace := s.startTraced(strace, "-y", "-xx", "-s", "8192", "-e", "trace=pwrite64,write,fsync,fdatasync,ftruncate")
	recorded := make(chan *recording, 1)
	go func() { recorded <- record(trace, s.data) }()
	s.server.listening()
	s.createMany(people)
	end()
	rec := <-recorded
	rec.before = before
	if len(rec.acknowledged) != people {
		t.Fatalf("the trace has %d answers, of %d", len(rec.acknowledged), people)
	}
	seed := rand.Uint64()
	chance := rand.New(rand.NewPCG(seed, 0))
	for range moments {
		moment := 1 + chance.IntN(rec.moments)
		if ok := t.Run(fmt.Sprintf("seed-%d-moment-%d-of-%d", seed, moment, rec.moments), func(t *testing.T) { rec.survives(t, s, moment, chance) }); !ok {
			return // the first failure says enough
		}
	}
	t.Logf("%d users, %d calls, %d syncs", people, len(rec.calls), len(rec.syncs))
}

// createMany creates users over 8 connections.
func (s *site) createMany(people int) {
	s.t.Helper()
	numbers := make(chan int)
	done := make(chan error)
	for range connections {
		go func() {
			var failed error
			for n := range numbers {
				if _, err := createOver(s.t.Context(), http.DefaultClient, s.server.address, s.key, fmt.Sprintf("user%d@x.example", n)); err != nil {
					failed = err
				}
			}
			done <- failed
		}()
	}
	for n := range people {
		numbers <- n
	}
	close(numbers)
	for range connections {
		if err := <-done; err != nil {
			s.t.Error(err)
		}
	}
}

// files reads the database and its log.
func (s *site) files() map[string][]byte {
	s.t.Helper()
	all := map[string][]byte{}
	for _, name := range []string{"directory.db", "directory.db-wal"} {
		content, err := os.ReadFile(filepath.Join(s.data, name))
		if err != nil && !os.IsNotExist(err) {
			s.t.Fatal(err)
		}
		all[name] = content
	}
	return all
}

// A recording is what a server did to its files and told its clients, each at a moment: a line of the trace.
type recording struct {
	before       map[string][]byte // the files, by name
	calls        []diskCall
	syncs        []diskSync
	acknowledged []acknowledgement
	moments      int
}

// A diskCall writes data at an offset, or, without data, cuts the file off there.
type diskCall struct {
	moment int
	file   string
	offset int
	data   []byte
}

// A diskSync has on the disk what was written before it began, once it has ended.
type diskSync struct {
	began, ended int
	file         string
}

type acknowledgement struct {
	moment    int
	email, id string
}

// survives makes the files as they may be after a loss of power at a moment, and looks for everybody who was acknowledged.
func (r *recording) survives(t *testing.T, s *site, moment int, chance *rand.Rand) {
	after := *s
	after.t, after.data = t, t.TempDir()
	for name, content := range r.disk(moment, chance) {
		if err := os.WriteFile(filepath.Join(after.data, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string]string{}
	for _, a := range r.acknowledged {
		if a.moment < moment {
			want[a.email] = a.id
		}
	}
	db := after.database()
	if diff := cmp.Diff([]string{"ok"}, column(t, db, `PRAGMA integrity_check`)); diff != "" {
		t.Fatalf("the file is damaged:\n%s", diff)
	}
	log := entries(t, db)
	intact(t, log)
	after.whole(db, log, want)
	db.Close()
}

// disk is what the files hold after a loss of power at a moment.
func (r *recording) disk(moment int, chance *rand.Rand) map[string][]byte {
	synced := map[string]int{}
	for _, s := range r.syncs {
		if s.ended < moment {
			synced[s.file] = max(synced[s.file], s.began)
		}
	}
	files := maps.Clone(r.before)
	for name, content := range files {
		files[name] = slices.Clone(content)
	}
	luck := chance.IntN(101) // of a hundred sectors so many were written
	for _, c := range r.calls {
		if c.moment >= moment {
			break
		}
		durable := c.moment < synced[c.file]
		files[c.file] = c.onto(files[c.file], func() bool { return durable || chance.IntN(100) < luck })
	}
	return files
}

// onto does a call to a file's content, as far as the sectors are kept.
func (c diskCall) onto(content []byte, kept func() bool) []byte {
	const sector = 512
	if c.data == nil {
		if kept() && c.offset < len(content) {
			content = content[:c.offset]
		}
		return content
	}
	for at := 0; at < len(c.data); {
		n := min(sector-(c.offset+at)%sector, len(c.data)-at)
		if kept() {
			if missing := c.offset + at + n - len(content); missing > 0 {
				content = append(content, make([]byte, missing)...)
			}
			copy(content[c.offset+at:], c.data[at:at+n])
		}
		at += n
	}
	return content
}

// record reads a trace with all texts in hexadecimal digits.
func record(trace io.Reader, folder string) *recording {
	r := &recording{}
	syncing := map[string]diskSync{} // by thread
	lines := bufio.NewReaderSize(trace, 1<<20)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return r
		}
		r.moments++
		thread, call, _ := strings.Cut(line, " ")
		call = strings.TrimLeft(call, " ")
		name, _, _ := strings.Cut(call, "(")
		of, rest := opened(call)
		file, inFolder := strings.CutPrefix(of, folder+"/")
		switch {
		case strings.HasPrefix(call, "<... fsync resumed") || strings.HasPrefix(call, "<... fdatasync resumed"):
			r.sync(syncing[thread])
		case name == "write":
			r.answer(rest)
		case !inFolder || !strings.HasPrefix(file, "directory.db"):
		case name == "pwrite64":
			data, numbers := text(rest)
			r.calls = append(r.calls, diskCall{r.moments, file, number(numbers, 2), data})
		case name == "ftruncate":
			r.calls = append(r.calls, diskCall{r.moments, file, number(rest, 1), nil})
		case name == "fsync" || name == "fdatasync":
			syncing[thread] = diskSync{began: r.moments, file: file}
			if !strings.Contains(rest, "<unfinished") {
				r.sync(syncing[thread])
			}
		}
	}
}

func (r *recording) sync(s diskSync) {
	s.ended = r.moments
	r.syncs = append(r.syncs, s)
}

// answer keeps what a client was told, if it was that a user was created.
func (r *recording) answer(rest string) {
	data, _ := text(rest)
	if !bytes.HasPrefix(data, []byte("HTTP/1.1 201")) {
		return
	}
	_, body, _ := bytes.Cut(data, []byte("\r\n\r\n"))
	var u user
	if json.Unmarshal(body, &u) == nil {
		r.acknowledged = append(r.acknowledged, acknowledgement{r.moments, u.Email, u.ID})
	}
}

// opened returns the file that a call is about, and what stands behind it.
func opened(call string) (file, rest string) {
	_, after, _ := strings.Cut(call, "<")
	digits, rest, _ := strings.Cut(after, ">")
	return string(unhex(digits)), rest
}

// text returns the text of a call and what stands behind it.
func text(rest string) (data []byte, numbers string) {
	_, after, _ := strings.Cut(rest, `"`)
	digits, numbers, _ := strings.Cut(after, `"`)
	return unhex(digits), numbers
}

func unhex(digits string) []byte {
	data, err := hex.DecodeString(strings.ReplaceAll(digits, `\x`, ""))
	if err != nil {
		return nil // not one of ours
	}
	return data
}

// number is the n-th of the numbers behind a call's commas, from 1.
func number(rest string, n int) int {
	parts := strings.Split(rest, ",")
	digits, _, _ := strings.Cut(strings.TrimSpace(parts[n]), ")")
	digits, _, _ = strings.Cut(digits, " ")
	value, err := strconv.Atoi(digits)
	if err != nil {
		return -1
	}
	return value
}
