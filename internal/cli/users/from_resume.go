package users

import (
	"bytes"
	"fmt"
	"os"
	"slices"

	"ax/internal/cli/command"
	"ax/internal/client"
	"ax/internal/rows"
)

// resume reads the results so far into the items.
func (j *journal) resume(list string, items []*item) error {
	if err := j.mend(); err != nil {
		return err
	}
	file, err := rows.Open(j.path, nil)
	if err != nil {
		return &command.InputError{Err: err}
	}
	defer file.Close() //nolint:errcheck // it was only read
	known := map[string]*item{}
	for _, i := range items {
		known["id "+i.id], known["email "+client.AddressKey(i.email)] = i, i
	}
	delete(known, "id ")
	delete(known, "email ")
	gone := map[string]string{} // rows that are done and not in the list
	for row, err := range file.All() {
		if err != nil {
			return command.Usagef("%s: %v", j.path, err)
		}
		r := earlier{row}
		i, err := j.match(known, r)
		if err != nil {
			return err
		}
		if i == nil {
			gone[r.get("email")+" "+r.get("user_id")] = r.get("status")
			continue
		}
		j.take(i, r)
	}
	for _, i := range items {
		if i.status == "" && i.sent && j.verb.settled != nil {
			j.verb.settled(i)
		}
	}
	return j.refuse(list, gone)
}

// An earlier result, by the columns of the file.
type earlier struct{ rows.Row }

func (e earlier) get(name string) string {
	v, _ := e.Get(name)
	return v
}

// match finds the item of an earlier result.
func (j *journal) match(known map[string]*item, r earlier) (*item, error) {
	status, ok := r.Get("status")
	if !ok || !slices.Contains(j.verb.statuses(), status) {
		return nil, command.Usagef("%s:%d: this is no result of 'ax users %s'", j.path, r.Line, j.verb.name)
	}
	if i := known["email "+client.AddressKey(r.get("email"))]; i != nil {
		return i, nil
	}
	return known["id "+r.get("user_id")], nil
}

// take keeps what an earlier result says of an item: what is done stays done,
// what may have been sent is to be settled, all else is done again.
func (j *journal) take(i *item, r earlier) {
	status := r.get("status")
	i.userID, i.status, i.problem, i.kept = r.get("user_id"), "", "", true
	i.before = &rowResult{Status: status, Error: r.get("error")}
	if p := r.get("temporary_password"); p != "" {
		i.password = p
	}
	switch {
	case slices.Contains(j.verb.done, status), slices.Contains(j.verb.closed, status):
		i.status, i.problem, i.sent = status, r.get("error"), false
	default:
		i.sent = status == begun || status == unknown
	}
}

// refuse refuses results of another list.
func (j *journal) refuse(list string, gone map[string]string) error {
	var names []string
	for who, status := range gone {
		if slices.Contains(j.verb.done, status) || slices.Contains(j.verb.closed, status) {
			names = append(names, who)
		}
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	return command.Usagef("%s is about %s, whom %s does not have; is it of another list?", j.path, listed(names, 3), list)
}

// mend cuts off a line that was not written to its end.
func (j *journal) mend() error {
	text, err := os.ReadFile(j.path)
	if err != nil {
		return &command.InputError{Err: fmt.Errorf("cannot resume %s: %w", j.path, bareError(err))}
	}
	if whole := bytes.LastIndexByte(text, '\n') + 1; whole < len(text) {
		return j.cannot(os.Truncate(j.path, int64(whole)))
	}
	return nil
}
