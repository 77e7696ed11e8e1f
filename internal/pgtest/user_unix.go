//go:build unix

package pgtest

import (
	"errors"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// attributes puts a program into a process group of its own, so that the Ctrl-C meant for the tests does not reach it, and
// has it run as somebody who is not root: PostgreSQL's programs refuse root.
func attributes() (*syscall.SysProcAttr, error) {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if os.Geteuid() != 0 {
		return attr, nil
	}
	uid, gid, err := unprivileged()
	if err != nil {
		return nil, err
	}
	attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attr, nil
}

// own gives a file of ours to the user whom attributes chooses.
func own(path string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	uid, gid, err := unprivileged()
	if err != nil {
		return err
	}
	return os.Chown(path, uid, gid)
}

func unprivileged() (uid, gid int, err error) {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.Atoi(u.Uid)
		gid, errGID := strconv.Atoi(u.Gid)
		return uid, gid, errors.Join(errUID, errGID)
	}
	return 0, 0, errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody to run it as")
}
