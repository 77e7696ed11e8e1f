//go:build linux

package target

import (
	"context"
	"path/filepath"

	"ax/bench/process"
	"ax/bench/report"
)

// NewBare starts the limit. It is asked for /fixed and /page and has no dialect.
func NewBare(ctx context.Context, n *process.Nursery, binary, folder string) (*Target, error) {
	address, err := FreeAddress(ctx)
	if err != nil {
		return nil, err
	}
	t := &Target{Name: report.Bare, Address: address, log: filepath.Join(folder, "bare.log")}
	t.server, err = serve(ctx, n, process.Program{Path: binary, Args: []string{"-listen", address}, Log: t.log}, address, "/fixed")
	return t, err
}
