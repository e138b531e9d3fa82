package boltstore

import (
	"go.etcd.io/bbolt"

	"extauthz/store"
)

// upgrade makes a file of schema 1 one of schema 2, in one transaction: the buckets that it lacks are made. Its records are read as they
// are, with zero for what they do not say, and get their new form when they are next written.
func (s *Store) upgrade() (err error) {
	defer rescue(faultsPanic(), &err)
	defer s.loseOnPanic()
	var records []store.Audit
	err = s.db.Update(func(tx *bbolt.Tx) error {
		w := &writer{snapshot: snapshot{tx, treeOf(tx), overlay{}}, now: s.now()}
		records, err = w.upgrade()
		return err
	})
	if err == nil {
		s.tell(records)
	}
	return err
}

func (w *writer) upgrade() (records []store.Audit, err error) {
	defer rescue(faultsPanic(), &err)
	w.state = w.snapshot.state()
	w.note(store.StoreUpgrade, "store", facts{"schema": 1}, facts{"schema": schema})
	w.put(metaBucket, schemaKey(), []byte{schema})
	w.put(metaBucket, stateKey(), w.state.encode())
	if err := createBuckets(w.tx, schema); err != nil {
		return nil, err
	}
	for b, written := range w.pending {
		for key, payload := range written {
			if err := putOrDelete(w.tx, b, []byte(key), payload); err != nil {
				return nil, err
			}
		}
	}
	return w.records, nil
}

// createBuckets makes what a file of that schema has, and leaves what is there.
func createBuckets(tx *bbolt.Tx, schema uint64) error {
	for _, b := range bucketsOf(schema) {
		if _, err := tx.CreateBucketIfNotExists([]byte(b.name)); err != nil {
			return err
		}
		if schema == 1 {
			continue // had no ballast
		}
		if err := putBallast(tx, b); err != nil {
			return err
		}
	}
	return nil
}
