//go:build linux

package target

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"ax/bench/proc"
	"ax/bench/process"
)

// A Cluster is a private PostgreSQL with its defaults: durable, 128 MB of
// buffers. It listens on a socket in a folder that only it can enter, and us.
type Cluster struct {
	bin    string
	folder string
	as     *syscall.Credential
	server *process.Process
	empty  int64 // bytes of its files before there was anything in it
}

const role, database = "ax", "ax"

// NewCluster makes one and starts it.
func NewCluster(ctx context.Context, n *process.Nursery, folder string) (*Cluster, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	c := &Cluster{bin: bin, folder: filepath.Join(folder, "postgres")}
	if err := c.own(); err != nil {
		return nil, err
	}
	if err := c.initialise(ctx); err != nil {
		return nil, err
	}
	c.server, err = n.Start(ctx, process.Program{
		Path: filepath.Join(bin, "postgres"), As: c.as, Dir: c.folder, Log: filepath.Join(c.folder, "log"),
		Args: []string{"-D", c.data(), "-k", c.folder, "-c", "listen_addresses="},
		End:  syscall.SIGQUIT, // nothing in it is needed again
	})
	if err != nil {
		return nil, err
	}
	for begun := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		if err = c.run(ctx, "createdb", "-h", c.folder, "-U", role, database); err == nil {
			break
		}
		if time.Since(begun) > time.Minute || !c.server.Alive() || ctx.Err() != nil {
			return nil, errors.Join(fmt.Errorf("PostgreSQL does not start: %w", err), c.server.Stop())
		}
	}
	c.empty, err = size(c.base())
	return c, err
}

// initialise makes the files. Texts are in the order of a language, as on
// nearly every server; a build without ICU falls back to bytes.
func (c *Cluster) initialise(ctx context.Context) error {
	arguments := []string{"-D", c.data(), "-U", role, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"}
	if err := c.run(ctx, "initdb", append(arguments, "--locale-provider=icu", "--icu-locale=en")...); err == nil {
		return nil
	}
	return c.run(ctx, "initdb", arguments...)
}

func (c *Cluster) data() string { return filepath.Join(c.folder, "data") }
func (c *Cluster) base() string { return filepath.Join(c.data(), "base") }

// own makes the folder, and gives it to somebody who is not root, whom
// PostgreSQL refuses.
func (c *Cluster) own() error {
	if err := os.Mkdir(c.folder, 0o700); err != nil || os.Geteuid() != 0 {
		return err
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		c.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		return errors.Join(err1, err2, os.Chown(c.folder, int(uid), int(gid)))
	}
	return errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody")
}

// run runs one of PostgreSQL's programs to its end.
func (c *Cluster) run(ctx context.Context, program string, arguments ...string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(c.bin, program), arguments...) //nolint:gosec // PostgreSQL's
	cmd.Dir, cmd.Env = c.folder, append(process.Environment(), "LC_ALL=C")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: c.as}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", program, err, out)
	}
	return nil
}

// binaries is the folder of the newest PostgreSQL on the machine.
func binaries() (string, error) {
	var folders []string
	for _, pattern := range []string{"/usr/pgsql-*/bin", "/usr/lib/postgresql/*/bin"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			return "", err
		}
		slices.Sort(found) // versions of two digits
		folders = append(folders, found...)
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err != nil { // its neighbours are where it really is
			return "", err
		}
		folders = append(folders, filepath.Dir(path))
	}
	for _, folder := range slices.Backward(folders) {
		if _, err := os.Stat(filepath.Join(folder, "initdb")); err == nil {
			return folder, nil
		}
	}
	return "", errors.New("no PostgreSQL: there is no initdb in $PATH or the usual folders")
}

// Version is what the server calls itself.
func (c *Cluster) Version(ctx context.Context) string {
	out, err := exec.CommandContext(ctx, filepath.Join(c.bin, "postgres"), "--version").Output() //nolint:gosec // PostgreSQL's
	if err != nil {
		return "PostgreSQL"
	}
	return strings.TrimSpace(string(out))
}

// URL is what ax is given.
func (c *Cluster) URL() string {
	return "postgres:///" + database + "?" + url.Values{"host": {c.folder}, "user": {role}}.Encode()
}

// Settle does what autovacuum would have done a minute after the filling.
func (c *Cluster) Settle(ctx context.Context) error {
	return c.run(ctx, "vacuumdb", "--analyze", "--quiet", "-h", c.folder, "-U", role, database)
}

// Size is what the database takes on the disk, without its log.
func (c *Cluster) Size() (int64, error) {
	now, err := size(c.base())
	return now - c.empty, err
}

// Processes are the server and its backends.
func (c *Cluster) Processes() []int {
	children, err := proc.Children(c.server.ID())
	if err != nil {
		children = nil
	}
	return append(children, c.server.ID())
}

// Stop ends it.
func (c *Cluster) Stop() error { return c.server.Stop() }
