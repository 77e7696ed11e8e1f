package pgtest

import (
	"bytes"
	"cmp"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Dump returns what pg_dump writes about a database: all that is in it, as SQL.
func Dump(t testing.TB, databaseURL string) []byte {
	t.Helper()
	folder, err := findBinaries(os.Getenv("PATH"), usualFolders)
	if err != nil {
		giveUp(t, err, os.Getenv("AX_TEST_REQUIRE") == "1")
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), patience)
	defer cancel()
	var errs bytes.Buffer
	cmd := exec.CommandContext(ctx, filepath.Join(folder, "pg_dump"), "--dbname="+databaseURL)
	cmd.Env, cmd.Stderr = environment(), &errs
	dump, err := cmd.Output()
	if err = cmp.Or(err, ctx.Err()); err != nil {
		t.Fatalf("pgtest: pg_dump: %v: %s", err, errs.Bytes())
	}
	return dump
}
