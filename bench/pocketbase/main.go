// Command pocketbase is the peer that the directory is measured beside, as
// one would set it up: a collection of people with indexes, its defaults
// otherwise. It is a module of its own, so that it is built with the versions
// of SQLite and of all else that its authors chose.
//
// With -seed it reads people from standard input, one JSON object a line,
// keeps them and ends. Without, it serves them.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

func main() {
	dir := flag.String("data", "", "folder of the data")
	listen := flag.String("listen", "127.0.0.1:8090", "host and port")
	seed := flag.Bool("seed", false, "keep the people of standard input, and end")
	flag.Parse()
	if err := run(*dir, *listen, *seed); err != nil {
		log.Fatal(err)
	}
}

func run(dir, listen string, seed bool) error {
	app := pocketbase.NewWithConfig(pocketbase.Config{DefaultDataDir: dir, HideStartBanner: true})
	if err := app.Bootstrap(); err != nil {
		return err
	}
	if !seed {
		return apis.Serve(app, apis.ServeConfig{HttpAddr: listen})
	}
	if err := app.RunAllMigrations(); err != nil {
		return err
	}
	if err := administrator(app, filepath.Join(dir, "token")); err != nil {
		return err
	}
	people, err := collection(app)
	if err != nil {
		return err
	}
	if err := fill(app, people, os.Stdin); err != nil {
		return err
	}
	return app.ResetBootstrapState()
}

// administrator makes a superuser and leaves a token of theirs in a file: the
// counterpart of an administrator's API key.
func administrator(app core.App, file string) error {
	superusers, err := app.FindCollectionByNameOrId(core.CollectionNameSuperusers)
	if err != nil {
		return err
	}
	admin := core.NewRecord(superusers)
	admin.SetEmail("admin@example.com")
	admin.SetRandomPassword()
	if err := app.Save(admin); err != nil {
		return err
	}
	token, err := admin.NewStaticAuthToken(30 * 24 * time.Hour)
	if err != nil {
		return err
	}
	return os.WriteFile(file, []byte(token), 0o600)
}

func collection(app core.App) (*core.Collection, error) {
	people := core.NewBaseCollection("people")
	signedIn := types.Pointer(`@request.auth.id != ""`)
	people.ListRule, people.ViewRule = signedIn, signedIn
	people.Fields.Add(
		&core.EmailField{Name: "email", Required: true},
		&core.TextField{Name: "name", Required: true, Max: 255},
		&core.SelectField{Name: "role", Required: true, MaxSelect: 1, Values: []string{"ADMIN", "MEMBER", "ANNOTATOR"}},
		&core.SelectField{Name: "status", Required: true, MaxSelect: 1, Values: []string{"ACTIVE", "INVITED", "EXPIRED"}},
		&core.AutodateField{Name: "created", OnCreate: true},
	)
	people.AddIndex("people_email", true, "email", "")
	people.AddIndex("people_status", false, "status", "")
	people.AddIndex("people_created", false, "created", "")
	return people, app.Save(people)
}

// batch is how many records share a transaction.
const batch = 5000

// fill keeps people through the record API, without its validation, which is
// the fastest way that still makes ids and dates as usual.
func fill(app core.App, people *core.Collection, in io.Reader) error {
	lines := bufio.NewScanner(in)
	for more := true; more; {
		err := app.RunInTransaction(func(tx core.App) error {
			for n := 0; n < batch; n++ {
				if more = lines.Scan(); !more {
					return lines.Err()
				}
				record, err := person(people, lines.Bytes())
				if err != nil {
					return err
				}
				if err := tx.SaveNoValidate(record); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func person(people *core.Collection, line []byte) (*core.Record, error) {
	fields := map[string]any{}
	if err := json.Unmarshal(line, &fields); err != nil {
		return nil, fmt.Errorf("%s: %w", line, err)
	}
	record := core.NewRecord(people)
	record.Load(fields)
	return record, nil
}
