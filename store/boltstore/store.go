package boltstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"

	"extauthz/store"
)

// Store is an open store. It holds the file's lock until Close.
type Store struct {
	path    string
	db      *bbolt.DB
	file    *os.File // bbolt's, to be let go of when bbolt can no longer do it
	anchor  *anchor
	journal *journal
	memo    *memo
	commits func(took time.Duration, err error)
	now     func() time.Time
	onAudit func(store.Audit) // nil: nobody listens

	writing sync.Mutex // one writer, anchor included, so that the anchor never goes back
	lost    atomic.Bool
	closed  sync.Once
}

var _ store.Store = (*Store)(nil)

// begin opens a snapshot; end it before returning. A panic inside bbolt leaves its locks held, so after one nothing calls it again.
func (s *Store) begin(ctx context.Context) (snapshot, error) {
	if err := ctx.Err(); err != nil {
		return snapshot{}, err
	}
	if s.lost.Load() {
		return snapshot{}, fmt.Errorf("%w: %s failed before; restart to try again", store.ErrCorrupt, s.path)
	}
	defer s.loseOnPanic()
	tx, err := s.db.Begin(false)
	if err != nil {
		return snapshot{}, fmt.Errorf("reading %s: %w", s.path, err)
	}
	return snapshot{tx: tx, tree: treeOf(tx)}, nil
}

func (v *snapshot) end() { _ = v.tx.Rollback() } // fails only when already ended

func (s *Store) loseOnPanic() {
	if p := recover(); p != nil {
		s.lost.Store(true)
		s.memo.generation.Add(1) // nothing is remembered from before
		panic(p)
	}
}

// rescue turns damage, slices out of range and faults of mapped memory into store.ErrCorrupt. Use it as
//
//	defer rescue(faultsPanic(), &err)
func rescue(before bool, err *error) {
	debug.SetPanicOnFault(before)
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: %v", store.ErrCorrupt, p)
	}
}

// faultsPanic makes a fault of mapped memory (a truncated file, an unreadable disk) a panic of this goroutine instead of the process's end.
func faultsPanic() (before bool) { return debug.SetPanicOnFault(true) }

// Revision counts the writes ever made.
func (s *Store) Revision(ctx context.Context) (uint64, error) {
	return read(ctx, s, func(v *snapshot) (uint64, error) { return v.state().revision, nil })
}

// Close waits for reads and writes under way, and lets go of the file. Closing twice is no error.
func (s *Store) Close() (err error) {
	s.closed.Do(func() {
		s.writing.Lock()
		defer s.writing.Unlock()
		s.memo.generation.Add(1)
		err = errors.Join(s.journal.close(), s.anchor.close(), s.closeDB())
	})
	return err
}

func (s *Store) closeDB() (err error) {
	defer rescue(faultsPanic(), &err)
	if s.lost.Load() {
		return s.letGo() // bbolt would wait for its own locks for ever
	}
	return s.db.Close()
}
