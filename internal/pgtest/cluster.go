package pgtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	role = "ax_admin" // not a usual name, so that a test with a guessed login fails

	// What a step may take on a loaded machine before it counts as hung.
	patience = time.Minute
)

// A cluster is a private server: its binaries, its folder and where it listens.
type cluster struct {
	bin      string // initdb and pg_ctl are here
	folder   string // data/, log
	port     int
	password string
	life     io.Closer // closing it is what the janitor waits for
	janitor  *exec.Cmd
}

// launch makes a folder, a janitor for it, and a running server in it, on the data that fill leaves there.
func launch(fill func(*cluster) error) (*cluster, error) {
	bin, err := findBinaries(os.Getenv("PATH"), usualFolders)
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "ax-pgtest-")
	if err != nil {
		return nil, err
	}
	c := &cluster{bin: bin, folder: folder, password: rand.Text()}
	if err := c.hire(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	if err := c.open(fill); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// janitor ends what the test process leaves, once that process has closed its end of the pipe or has ended.
const janitor = `cat >/dev/null
"$2/pg_ctl" stop -D "$1/data" -m immediate -t 30 >/dev/null 2>&1
rm -rf "$1"`

// hire starts the janitor before there is anything to clean, so that no moment is left in which a kill leaks.
func (c *cluster) hire() error {
	if err := own(c.folder); err != nil {
		return err
	}
	c.janitor = exec.CommandContext(context.Background(), "/bin/sh", "-c", janitor, "ax-pgtest-janitor", c.folder, c.bin)
	c.janitor.Dir, c.janitor.Env = "/", environment()
	attr, err := attributes()
	if err != nil {
		return err
	}
	c.janitor.SysProcAttr = attr
	if c.life, err = c.janitor.StdinPipe(); err != nil {
		return err
	}
	return c.janitor.Start()
}

// close has the janitor do its work now. Its exit code says nothing: a server that was killed cannot be stopped.
func (c *cluster) close() {
	_ = c.life.Close()
	_ = c.janitor.Wait()
	_ = os.RemoveAll(c.folder) // only where the janitor's user may not remove from the temporary folder
}

// open makes the files and starts the server on a port that is free now. Another process may take the port in between,
// so there are a few tries.
func (c *cluster) open(fill func(*cluster) error) error {
	if err := fill(c); err != nil {
		return err
	}
	var err error
	for range 5 {
		if c.port, err = freePort(); err != nil {
			return err
		}
		if err = c.start(); err == nil {
			return nil
		}
	}
	return err
}

// initialised makes a data folder with nothing in it yet.
func initialised(options []Option) func(*cluster) error {
	return func(c *cluster) error { return c.initialise(options) }
}

// initialise makes the data folder. ICU's order is what production servers have nearly always; a build without it falls
// back to bytes.
func (c *cluster) initialise(options []Option) error {
	secret := filepath.Join(c.folder, "password")
	if err := os.WriteFile(secret, []byte(c.password), 0o600); err != nil {
		return err
	}
	if err := own(secret); err != nil {
		return err
	}
	arguments := []string{
		"-D", c.data(), "-U", role, "--pwfile=" + secret, "--auth=scram-sha-256",
		"--encoding=UTF8", "--locale=C", "--no-sync",
	}
	err := c.run("initdb", append(arguments, "--locale-provider=icu", "--icu-locale=en")...)
	if err != nil {
		err = c.run("initdb", arguments...)
	}
	if err != nil {
		return err
	}
	return c.configure(options)
}

// configure appends to postgresql.conf. Without Unix sockets there is no limit on the length of the folder's name, and no
// way in without the password.
func (c *cluster) configure(options []Option) error {
	file, err := os.OpenFile(filepath.Join(c.data(), "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	fixed := []Option{
		{"listen_addresses", "127.0.0.1"},
		{"unix_socket_directories", ""},
		{"max_connections", "300"}, // every parallel test has a pool
	}
	for _, o := range append(fixed, options...) {
		if _, err := fmt.Fprintf(file, "%s = %s\n", o.name, quote(o.value)); err != nil {
			return err
		}
	}
	return nil
}

// start returns when the server accepts connections, or with the end of its log.
func (c *cluster) start() error {
	log := filepath.Join(c.folder, "log")
	err := c.run("pg_ctl", "start", "-s", "-w", "-D", c.data(), "-l", log, "-o", "-p "+strconv.Itoa(c.port))
	if err != nil {
		text, _ := os.ReadFile(log) // no log is no reason to lose the error
		return fmt.Errorf("%w; its log ends: %s", err, text[max(0, len(text)-1000):])
	}
	return nil
}

// kill sends SIGKILL to the postmaster. Its children end by themselves when they notice.
func (c *cluster) kill() error {
	if !c.listening() {
		return errors.New("the server is not running")
	}
	file, err := os.ReadFile(filepath.Join(c.data(), "postmaster.pid"))
	if err != nil {
		return err
	}
	first, _, _ := strings.Cut(string(file), "\n")
	id, err := strconv.Atoi(first)
	if err != nil {
		return err
	}
	process, err := os.FindProcess(id)
	if err != nil {
		return err
	}
	if err := process.Kill(); err != nil {
		return err
	}
	return until(func() error {
		if c.listening() {
			return fmt.Errorf("process %d still listens", id)
		}
		return nil
	})
}

// restart tries for a while: after a kill, old children still hold the shared memory for a moment.
func (c *cluster) restart() error {
	if c.listening() {
		if err := c.run("pg_ctl", "stop", "-D", c.data(), "-m", "fast"); err != nil {
			return err
		}
	}
	return until(c.start)
}

func (c *cluster) listening() bool {
	dialer := net.Dialer{Timeout: patience}
	connection, err := dialer.DialContext(context.Background(), "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(c.port)))
	if err != nil {
		return false
	}
	_ = connection.Close()
	return true
}

func (c *cluster) data() string { return filepath.Join(c.folder, "data") }

func (c *cluster) url(database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(role, c.password),
		Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(c.port)), Path: "/" + database, RawQuery: "sslmode=disable",
	}
	return u.String()
}

func freePort() (int, error) {
	var configuration net.ListenConfig
	listener, err := configuration.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// until repeats a step until it succeeds or patience ends, and then returns its last error.
func until(step func() error) error {
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		if err := step(); err == nil || time.Now().After(deadline) {
			return err
		}
	}
}
