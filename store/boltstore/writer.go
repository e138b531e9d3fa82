package boltstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"extauthz/store"
)

// errNoWrite ends a change that found nothing to do.
var errNoWrite = errors.New("nothing to write")

// writer is one write transaction. Everything read through its snapshot is the state before the transaction, so a change first reads and
// then writes. The first error of a put or delete sticks.
type writer struct {
	snapshot
	state state // as it will be
	err   error
}

// write runs change in one transaction, with one fsync'd commit. An error of change is returned as it is and nothing is written.
func (s *Store) write(ctx context.Context, change func(*writer) error) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.writeLocked(ctx, change)
}

func (s *Store) writeLocked(ctx context.Context, change func(*writer) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.lost.Load() {
		return fmt.Errorf("%w: %s failed before; restart to try again", store.ErrCorrupt, s.path)
	}
	revision, err := s.transact(change)
	s.memo.generation.Add(1) // after an error as well: a commit whose fsync failed may be seen
	if errors.Is(err, errNoWrite) {
		return nil
	}
	if err == nil {
		s.anchor.advance(revision)
	}
	return err
}

// transact tells errors of change, which are returned as they are, from those of the commit, which are the disk's.
func (s *Store) transact(change func(*writer) error) (revision uint64, err error) {
	defer rescue(faultsPanic(), &err)
	defer s.loseOnPanic()
	var changed time.Time // when there was nothing left but the commit
	err = s.db.Update(func(tx *bbolt.Tx) error {
		w := &writer{snapshot: snapshot{tx, treeOf(tx)}}
		if err := w.run(change); err != nil {
			return err
		}
		revision, changed = w.state.revision, time.Now()
		return nil
	})
	if changed.IsZero() {
		return revision, err
	}
	if err != nil {
		err = fmt.Errorf("%w: %s: %v", store.ErrReadOnly, s.path, err)
	}
	s.commits(time.Since(changed), err)
	return revision, err
}

// run rescues by itself, so that damage rolls the transaction back in an orderly way.
func (w *writer) run(change func(*writer) error) (err error) {
	defer rescue(faultsPanic(), &err)
	w.state = w.snapshot.state()
	w.state.revision++
	if err := change(w); err != nil {
		return err
	}
	w.put(metaBucket, stateKey(), w.state.encode())
	return w.err
}

func (w *writer) put(b bucket, key, payload []byte) {
	if w.err == nil {
		w.err = w.tx.Bucket([]byte(b.name)).Put(key, seal(b, key, payload))
	}
}

func (w *writer) delete(b bucket, key []byte) {
	if w.err == nil {
		w.err = w.tx.Bucket([]byte(b.name)).Delete(key)
	}
}
