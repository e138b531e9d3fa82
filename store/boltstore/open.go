package boltstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"extauthz/store"
)

const fileMode = 0o600 // password hashes

// Open opens the store that Create made at path. It never creates one: an empty store would let the first caller set up a new admin.
func Open(path string, o Options) (*Store, error) {
	o = o.withDefaults()
	m, err := newMemo()
	if err != nil {
		return nil, err
	}
	s := &Store{path: path, memo: m, now: o.Now, onAudit: o.OnAudit, commits: o.Committed}
	if err = s.openDB(o); err == nil {
		err = s.openRest(o)
	}
	if err != nil {
		s.abandon()
		return nil, err
	}
	return s, nil
}

// openDB opens the file and takes its lock. bbolt panics on some damage; what it had opened is closed by abandon.
func (s *Store) openDB(o Options) (err error) {
	defer rescue(faultsPanic(), &err)
	defer s.loseOnPanic()
	db, err := bbolt.Open(s.path, fileMode, &bbolt.Options{
		Timeout: o.LockTimeout, InitialMmapSize: o.InitialMmapSize, MaxSize: o.MaxSize, FreelistType: bbolt.FreelistMapType,
		NoStatistics: true, NoSync: o.noSync, ReadOnly: o.readOnly, OpenFile: s.openExisting,
	})
	if err != nil {
		return openError(s.path, err)
	}
	s.db = db
	return s.stillThere()
}

// stillThere notices a file that was replaced while its lock was waited for: what is written to it would be lost.
func (s *Store) stillThere() error {
	held, err1 := s.file.Stat()
	there, err2 := os.Stat(s.path)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	if !os.SameFile(held, there) {
		return fmt.Errorf("%w: %s was replaced meanwhile; try again", store.ErrLocked, s.path)
	}
	return nil
}

// openExisting stands between bbolt and the file, since bbolt would create a missing file and fill an empty one.
func (s *Store) openExisting(path string, flag int, mode os.FileMode) (*os.File, error) {
	f, err := os.OpenFile(path, flag&^os.O_CREATE, mode)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && info.Size() == 0 {
		err = fmt.Errorf("%w: %s is empty; restore a backup in its place", store.ErrMissing, path)
	}
	if err != nil {
		_ = f.Close() // it was only looked at
		return nil, err
	}
	s.file = f
	return f, nil
}

func openError(path string, err error) error {
	switch {
	case errors.Is(err, store.ErrMissing):
		return err
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: there is no %s; create one, or restore a backup there", store.ErrMissing, path)
	case errors.Is(err, bolterrors.ErrTimeout):
		return fmt.Errorf("%w: %s is locked; stop the other process, or ask it through its admin API", store.ErrLocked, path)
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrChecksum), errors.Is(err, bolterrors.ErrVersionMismatch):
		return fmt.Errorf("%w: %s is no store, or is damaged (%v); restore a backup", store.ErrCorrupt, path, err)
	default:
		return fmt.Errorf("opening %s: %w", path, err)
	}
}

// openRest checks what the file says about itself against the files beside it. The lock is held.
func (s *Store) openRest(o Options) error {
	revision, found, err := s.checkFile()
	if err != nil {
		return err
	}
	if s.anchor, err = openAnchor(s.path, revision, o.AcceptOlder); err != nil {
		return err
	}
	if s.journal, err = openJournal(s.path + journalSuffix); err != nil || found == schema {
		return err
	}
	if err := s.upgrade(); err != nil {
		return fmt.Errorf("upgrading %s to schema %d: %w", s.path, schema, err)
	}
	return nil
}

func (s *Store) checkFile() (revision, found uint64, err error) {
	defer rescue(faultsPanic(), &err)
	v, err := s.begin(context.Background())
	if err != nil {
		return 0, 0, err
	}
	defer v.end()
	if info, err := s.file.Stat(); err != nil || info.Size() < v.tx.Size() {
		return 0, 0, fmt.Errorf("%w: %s is cut short (%v); restore a backup", store.ErrCorrupt, s.path, err)
	}
	if found, err = v.schema(); err != nil {
		return 0, 0, fmt.Errorf("%s: %w", s.path, err)
	}
	return v.state().revision, found, nil
}

// abandon lets go of everything that a failed Open holds; its error is the one that matters.
func (s *Store) abandon() {
	if s.db != nil && !s.lost.Load() {
		_ = s.closeDB()
	} else if s.file != nil {
		_ = s.letGo()
	}
	_ = s.anchor.close()
	_ = s.journal.close()
}

// letGo unlocks and closes the file behind bbolt's back. Closing alone would not unlock it: the mapping that bbolt left holds it open.
func (s *Store) letGo() error {
	_ = syscall.Flock(int(s.file.Fd()), syscall.LOCK_UN)
	return s.file.Close()
}
