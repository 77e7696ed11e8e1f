//go:build linux

package target

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"ax/bench/people"
	"ax/bench/process"
	"ax/bench/report"
)

// NewPocketBase fills the peer and starts it.
func NewPocketBase(ctx context.Context, n *process.Nursery, binary, folder string, crowd people.Crowd) (*Target, error) {
	data := filepath.Join(folder, "pocketbase")
	t := &Target{Name: report.PocketBase, log: data + ".log", Ask: theirs{crowd.Size()}}
	var in bytes.Buffer
	lines := json.NewEncoder(&in)
	for i := range crowd.Size() {
		if err := lines.Encode(crowd.At(i)); err != nil {
			return nil, err
		}
	}
	begun := time.Now()
	seeding, err := n.Start(ctx, process.Program{Path: binary, Args: []string{"-seed", "-data", data}, In: &in, Log: t.log})
	if err != nil {
		return nil, err
	}
	if err := seeding.Wait(); err != nil {
		said, _ := os.ReadFile(t.log) // no log is no reason to lose the error
		return nil, fmt.Errorf("fill PocketBase: %w\n%s", err, said)
	}
	t.Seed = seedOf(crowd.Size(), time.Since(begun))
	if t.Seed.Disk, err = size(data); err != nil {
		return nil, err
	}
	token, err := os.ReadFile(filepath.Join(data, "token"))
	if err != nil {
		return nil, err
	}
	t.Header = "Authorization: " + string(token) + "\r\n"
	if t.Address, err = FreeAddress(ctx); err != nil {
		return nil, err
	}
	program := process.Program{Path: binary, Args: []string{"-data", data, "-listen", t.Address}, Log: t.log}
	if t.server, err = serve(ctx, n, program, t.Address, "/api/health"); err != nil {
		return nil, err
	}
	return t, t.learnTheirs(ctx, string(token))
}

// learnTheirs reads the ids.
func (t *Target) learnTheirs(ctx context.Context, token string) error {
	const most = 1000 // records on a page
	for page := 1; ; page++ {
		url := fmt.Sprintf("http://%s%s?skipTotal=1&sort=@rowid&fields=id&perPage=%d&page=%d", t.Address, records, most, page)
		status, body, err := fetch(ctx, url, map[string]string{"Authorization": token})
		if err != nil {
			return err
		}
		var answer struct{ Items []struct{ ID string } }
		if err := json.Unmarshal(body, &answer); err != nil {
			return fmt.Errorf("%s: status %d: %w", url, status, err)
		}
		for _, item := range answer.Items {
			t.IDs = append(t.IDs, item.ID)
		}
		if len(answer.Items) < most {
			return nil
		}
	}
}

func seedOf(n int, took time.Duration) Seed {
	return Seed{People: n, Took: took, Rate: float64(n) / took.Seconds()}
}

// size is what the files under a folder take on the disk.
func size(folder string) (total int64, err error) {
	err = filepath.Walk(folder, func(_ string, info os.FileInfo, err error) error {
		if os.IsNotExist(err) {
			return nil // a file that a server has just removed
		}
		if err == nil && info.Mode().IsRegular() {
			total += info.Size()
		}
		return err
	})
	return total, err
}
