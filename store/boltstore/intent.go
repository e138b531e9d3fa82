package boltstore

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"extauthz/authz"
	"extauthz/store"
)

// What a line of the journal says: the operation, then its fields.
const (
	putOperation    = 'p'
	deleteOperation = 'd'
)

// PutIntent records i. No fsync: it is on the path of a check.
func (s *Store) PutIntent(ctx context.Context, i store.Intent) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if i.ID == "" {
		return fmt.Errorf("%w: an intent needs an id", store.ErrInvalid)
	}
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	return s.journal.append(encodeIntent(i))
}

// DeleteIntent of an unknown id is no error. It is here that the journal is compacted, never on the path of a check.
func (s *Store) DeleteIntent(ctx context.Context, id string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j := s.journal
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, ok := j.live[id]; !ok {
		return nil
	}
	if err := j.append(appendText([]byte{deleteOperation}, id)); err != nil {
		return err
	}
	if j.size > compactionSize && j.liveSize() < j.size/4 {
		_ = j.compact() // the intent is deleted; the old file serves on
	}
	return nil
}

// Intents returns those not deleted, oldest first.
func (s *Store) Intents(ctx context.Context) ([]store.Intent, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	var intents []store.Intent
	for _, e := range s.journal.sorted() {
		intents = append(intents, e.intent)
	}
	return intents, nil
}

func (j *journal) sorted() []entry {
	return slices.SortedFunc(maps.Values(j.live), func(a, b entry) int {
		return cmp.Or(a.intent.At.Compare(b.intent.At), cmp.Compare(a.order, b.order))
	})
}

func (j *journal) liveSize() (size int64) {
	for _, e := range j.live {
		size += int64(len(e.line))
	}
	return size
}

// apply does in memory what a line says.
func (j *journal) apply(payload, line []byte) {
	d := decoder{payload[1:]}
	switch payload[0] {
	case putOperation:
		i := d.intent()
		j.next++
		j.live[i.ID] = entry{i, j.next, slices.Clone(line)}
	case deleteOperation:
		delete(j.live, d.text())
	default:
		panic(damage("a line of the journal says neither put nor delete"))
	}
}

func encodeIntent(i store.Intent) []byte {
	b := []byte{putOperation}
	b = appendText(b, i.ID)
	b = appendText(b, string(i.Kind))
	b = binary.AppendUvarint(b, i.UserID)
	b = appendText(b, string(i.Resource.Kind))
	b = appendText(b, i.Resource.Workspace)
	b = appendText(b, i.Resource.ID)
	b = appendText(b, i.Name)
	return appendTime(appendTime(b, i.NotBefore), i.At)
}

func (d *decoder) intent() (i store.Intent) {
	i.ID = d.text()
	i.Kind = store.IntentKind(d.text())
	i.UserID = d.uvarint()
	i.Resource.Kind = authz.Kind(d.text())
	i.Resource.Workspace = d.text()
	i.Resource.ID = d.text()
	i.Name = d.text()
	i.NotBefore = d.time()
	i.At = d.time()
	return i
}
