//go:build unix

package profile

import (
	"io/fs"
	"os"
	"syscall"
)

// owned holds for what belongs to the user who runs this: root writing into
// another's home would take their files away.
func owned(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return !ok || int(stat.Uid) == os.Geteuid()
}
