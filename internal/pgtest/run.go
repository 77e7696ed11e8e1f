package pgtest

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// run runs one of PostgreSQL's programs to its end.
func (c *cluster) run(program string, arguments ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(c.bin, program), arguments...)
	cmd.Dir, cmd.Env = c.folder, environment() // the test's own folder may be closed to the server's user
	cmd.WaitDelay = time.Second
	attr, err := attributes()
	if err != nil {
		return err
	}
	cmd.SysProcAttr = attr
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", program, err, bytes.TrimSpace(output))
	}
	return nil
}

// environment is the process's own without what would steer PostgreSQL's programs elsewhere or translate them.
func environment() []string {
	var kept []string
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, "PG") && !strings.HasPrefix(entry, "LC_") {
			kept = append(kept, entry)
		}
	}
	return append(kept, "LC_ALL=C")
}

// execute runs statements one by one, outside a transaction, on a connection of its own.
func execute(databaseURL string, statements ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	db, err := sql.Open("pgx", databaseURL)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	for _, statement := range statements {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}
