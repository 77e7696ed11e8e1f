package storetest

import (
	"time"

	"ax/internal/directory"
)

func installationCases() []testCase {
	return []testCase{
		{"Installation reports ok false before the directory was made", noInstallation},
		{"InsertInstallation reports false when there is one already", oneInstallation},
	}
}

func noInstallation(s subject) {
	if i, ok, err := s.Read(s.Context()).Installation(); ok || err != nil {
		s.Fatalf("on an empty store: %+v, ok %v, error %v", i, ok, err)
	}
}

func oneInstallation(s subject) {
	first := directory.Installation{CreatedAt: noon, KeyCheck: []byte{0, 0xff, 7}}
	second := directory.Installation{CreatedAt: noon.Add(time.Hour), KeyCheck: []byte("another")}
	insert := func(i directory.Installation) (inserted bool) {
		s.write(func(tx directory.Tx) (err error) {
			inserted, err = tx.InsertInstallation(i)
			return err
		})
		return inserted
	}
	if !insert(first) {
		s.Fatal("the first was not inserted")
	}
	if insert(second) || insert(first) {
		s.Error("another was inserted beside the first")
	}
	got, ok, err := s.Read(s.Context()).Installation()
	if err != nil || !ok {
		s.Fatalf("ok %v, error %v", ok, err)
	}
	same(s, "the first stands", got, first)
	if got.CreatedAt.Location() != time.UTC {
		s.Errorf("its time is in %v, not UTC", got.CreatedAt.Location())
	}
}
