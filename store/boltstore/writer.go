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

// writer is one write transaction. It reads its own writes.
type writer struct {
	snapshot
	state   state // as it will be
	now     time.Time
	actor   store.Actor
	records []store.Audit // of this transaction
}

// write runs change in one transaction, with one fsync'd commit, which raises the revision. An error of change is returned as it is and
// nothing is written.
func (s *Store) write(ctx context.Context, change func(*writer) error) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.writeLocked(ctx, change)
}

func (s *Store) writeLocked(ctx context.Context, change func(*writer) error) error {
	w, err := s.transact(ctx, func(w *writer) error { return w.decide(change) })
	if errors.Is(err, errNoWrite) {
		return nil
	}
	s.memo.generation.Add(1) // after an error as well: a commit whose fsync failed may be seen
	if err != nil {
		return err
	}
	s.anchor.advance(w.state.revision)
	s.tell(w.records)
	return nil
}

// writeAside is write for what decides nothing: the revision stays, and what reads have found stays remembered.
func (s *Store) writeAside(ctx context.Context, change func(*writer) error) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	w, err := s.transact(ctx, change)
	if errors.Is(err, errNoWrite) {
		return nil
	}
	if err == nil {
		s.tell(w.records)
	}
	return err
}

// transact tells errors of change, which are returned as they are, from those of the commit, which are the disk's.
func (s *Store) transact(ctx context.Context, change func(*writer) error) (w *writer, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.lost.Load() {
		return nil, fmt.Errorf("%w: %s failed before; restart to try again", store.ErrCorrupt, s.path)
	}
	defer rescue(faultsPanic(), &err)
	defer s.loseOnPanic()
	var changed time.Time // when there was nothing left but the commit
	err = s.db.Update(func(tx *bbolt.Tx) error {
		w = &writer{snapshot: snapshot{tx, treeOf(tx), overlay{}}, now: s.now(), actor: store.ActorOf(ctx)}
		if err := w.run(change); err != nil {
			return err
		}
		changed = time.Now()
		return nil
	})
	if changed.IsZero() {
		return w, err
	}
	if err != nil {
		err = fmt.Errorf("%w: %s: %v", store.ErrReadOnly, s.path, err)
	}
	s.commits(time.Since(changed), err)
	return w, err
}

// run rescues by itself, so that damage rolls the transaction back in an orderly way.
func (w *writer) run(change func(*writer) error) (err error) {
	defer rescue(faultsPanic(), &err)
	w.state = w.snapshot.state()
	if err := change(w); err != nil {
		return err
	}
	w.put(metaBucket, stateKey(), w.state.encode())
	return w.pending.flush(&w.snapshot)
}

// decide is for changes of what decides: each counts, is on record, and leaves somebody who governs.
func (w *writer) decide(change func(*writer) error) error {
	admins := w.state.admins
	w.state.revision++
	if err := change(w); err != nil {
		return err
	}
	switch {
	case len(w.records) == 0:
		return errors.New("a change without an audit record")
	case admins > 0 && w.state.admins == 0:
		return store.ErrLastAdmin
	default:
		return nil
	}
}

func (w *writer) put(b bucket, key, payload []byte) { w.pending.set(b, key, payload) }
func (w *writer) delete(b bucket, key []byte)       { w.pending.set(b, key, nil) }
