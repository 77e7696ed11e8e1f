//go:build linux

package measure

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/argon2"

	"ax/bench/load"
	"ax/bench/people"
	"ax/bench/proc"
	"ax/bench/report"
	"ax/bench/target"
)

const signInPath = "/sign-in"

// SignIn measures many people who sign in at the same time, and what others
// notice of it. The passwords are wrong: they are hashed all the same.
func (b *Bench) SignIn(ctx context.Context, s *report.Section) error {
	s.Title, s.People = "Many sign-ins at a time", b.Plan.Few
	a, err := target.NewAx(ctx, b.Nursery, b.Binaries, b.Folder, nil, people.New(s.People), func(string) {})
	if err != nil {
		return err
	}
	f, err := readForm(ctx, a.Address)
	if err == nil {
		err = b.storm(ctx, s, a, f)
	} else {
		s.Note(fmt.Sprintf("Sign-ins were not measured: %v", err))
		err = nil
	}
	return errors.Join(err, a.Stop())
}

// A form is the page that people sign in with.
type form struct {
	email, password string // the names of its fields
	hidden          url.Values
	cookies         string
}

// readForm finds out how the page wants to be answered.
func readForm(ctx context.Context, address string) (f form, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+signInPath, nil)
	if err != nil {
		return f, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return f, err
	}
	defer func() { _ = answer.Body.Close() }()
	page, err := io.ReadAll(answer.Body)
	if err != nil {
		return f, err
	}
	if answer.StatusCode != http.StatusOK {
		return f, fmt.Errorf("GET %s answers %s", signInPath, answer.Status)
	}
	var cookies []string
	for _, c := range answer.Cookies() {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	f.cookies = strings.Join(cookies, "; ")
	return f, f.fields(string(page))
}

// fields reads the inputs of the page.
func (f *form) fields(page string) error {
	f.hidden = url.Values{}
	attribute := regexp.MustCompile(`(?i)\b(type|name|value)\s*=\s*"([^"]*)"`)
	for _, input := range regexp.MustCompile(`(?is)<input\b[^>]*>`).FindAllString(page, -1) {
		has := map[string]string{}
		for _, a := range attribute.FindAllStringSubmatch(input, -1) {
			has[strings.ToLower(a[1])] = html.UnescapeString(a[2])
		}
		switch name := has["name"]; {
		case name == "":
		case has["type"] == "password":
			f.password = name
		case has["type"] == "hidden":
			f.hidden.Set(name, has["value"])
		case has["type"] == "email" || strings.Contains(name, "email"):
			f.email = name
		}
	}
	if f.email == "" || f.password == "" {
		return fmt.Errorf("GET %s: no form with an address and a password", signInPath)
	}
	return nil
}

// guesses are sign-ins of people whom nobody knows, each from a place of its
// own, so that no counter stops them.
func (f form) guesses(a *target.Ax, conns int) load.Job {
	var n atomic.Int64
	header := "Origin: http://" + a.Address + "\r\nSec-Fetch-Site: same-origin\r\n"
	if f.cookies != "" {
		header += "Cookie: " + f.cookies + "\r\n"
	}
	return load.Job{
		Address: a.Address, Header: header, Conns: conns,
		From: func(conn int) net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 1, byte(1+conn))} },
		Next: func(int) (load.Request, bool) {
			fields := url.Values{}
			for name := range f.hidden {
				fields.Set(name, f.hidden.Get(name))
			}
			fields.Set(f.email, fmt.Sprintf("stranger%d@example.org", n.Add(1)))
			fields.Set(f.password, "correct horse battery staple")
			return load.Request{Method: http.MethodPost, Target: signInPath, Body: fields.Encode(), Type: "application/x-www-form-urlencoded"}, true
		},
	}
}

// refusal finds out with which status a wrong password is answered.
func (f form) refusal(ctx context.Context, a *target.Ax) (int, error) {
	j := f.guesses(a, 1)
	next, once := j.Next, true
	j.Next = func(conn int) (load.Request, bool) {
		r, _ := next(conn)
		defer func() { once = false }()
		return r, once
	}
	r, err := load.Run(ctx, j)
	if err != nil {
		return 0, err
	}
	for what := range r.Failed {
		var status int
		if _, err := fmt.Sscanf(what, "status %d", &status); err == nil && status != http.StatusNotFound && status < 500 {
			return status, nil
		}
	}
	return 0, fmt.Errorf("POST %s: %v", signInPath, r.Failed)
}

func (b *Bench) storm(ctx context.Context, s *report.Section, a *target.Ax, f form) error {
	const crowd = 64
	long := 4 * b.Plan.For
	storm := f.guesses(a, crowd)
	var err error
	if storm.Want, err = f.refusal(ctx, a); err != nil {
		return err
	}
	storm.For = long
	slots := max(1, runtime.NumCPU()-1)
	ceiling := hashes(slots, long/2)
	gets, _ := getJob(a.Target, 4, nil)
	gets.Conns, gets.For, gets.Pace = 4, long, 10*time.Millisecond
	idle, err := load.Run(ctx, gets)
	if err != nil {
		return err
	}
	before, err := proc.MemoryOf(a.ID())
	if err != nil {
		return err
	}
	if err := proc.ForgetPeak(a.ID()); err != nil {
		return err
	}
	var stormed, beside load.Result
	var err1, err2 error
	var both sync.WaitGroup
	both.Go(func() { stormed, err1 = load.Run(ctx, storm) })
	both.Go(func() { beside, err2 = load.Run(ctx, gets) })
	both.Wait()
	after, err3 := proc.MemoryOf(a.ID())
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	s.Add("ceiling", ceiling, "hashes/s", fmt.Sprintf("Argon2id, 19 MiB, 2 passes, %d at a time, nothing else running", slots))
	s.Add("sign-ins", stormed.Rate(), "requests/s", fmt.Sprintf("%d at a time; %s", crowd, trouble(stormed)))
	s.Add("share of ceiling", stormed.Rate()/ceiling, "", "")
	s.Add("sign-in p99", ms(stormed.Percentiles(0.99)[0]), "ms", "")
	s.Add("get p99 idle", ms(idle.Percentiles(0.99)[0]), "ms", "400 a second")
	s.Add("get p99 storm", ms(beside.Percentiles(0.99)[0]), "ms", trouble(beside))
	s.Add("memory more", float64(after.Peak-before.Now)/(1<<20), "MiB", "at most during the storm, beside before it")
	return nil
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// hashes is how many passwords a second can be hashed, so many at a time.
func hashes(slots int, long time.Duration) float64 {
	var n atomic.Int64
	var all sync.WaitGroup
	begun := time.Now()
	for range slots {
		all.Go(func() {
			for time.Since(begun) < long {
				argon2.IDKey([]byte("correct horse battery staple"), []byte("0123456789abcdef"), 2, 19<<10, 1, 32)
				n.Add(1)
			}
		})
	}
	all.Wait()
	return float64(n.Load()) / time.Since(begun).Seconds()
}
