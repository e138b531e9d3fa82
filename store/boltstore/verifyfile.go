package boltstore

import (
	"context"
	"errors"
)

// VerifyFile is Verify for a file that is not in use, such as a backup copy. It needs no other file beside it and writes nothing, so that
// it also tells whether an older schema is sound before Open upgrades it. store.ErrLocked when a process has it open.
func VerifyFile(ctx context.Context, path string) (report Report, err error) {
	s, err := openToRead(path)
	if err != nil {
		return Report{}, err
	}
	report, err = s.Verify(ctx)
	return report, errors.Join(err, s.closeDB())
}

// openToRead opens the file alone, under a lock that lets others read.
func openToRead(path string) (*Store, error) {
	o := Options{readOnly: true}.withDefaults()
	s := &Store{path: path, now: o.Now, memo: &memo{}}
	err := s.openDB(o)
	if err == nil {
		_, _, err = s.checkFile()
	}
	if err != nil {
		s.abandon()
		return nil, err
	}
	return s, nil
}
