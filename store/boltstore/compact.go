package boltstore

import (
	"context"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"
)

// copiedAtOnce bounds the memory of a transaction.
const copiedAtOnce = 50_000

// Compact writes to destination, which must not exist, what the file source holds, without the room that was ever free. The source must be
// sound and not in use; only the store file is written, so the files beside the source are right for it, too.
func Compact(ctx context.Context, source, destination string) error {
	s, err := openToRead(source)
	if err != nil {
		return err
	}
	defer s.closeDB()
	report, err := s.Verify(ctx)
	if err = errors.Join(err, report.Err()); err != nil {
		return fmt.Errorf("compacting %s: %w", source, err)
	}
	return putInPlace(destination, func(temp string) error { return s.copyRecords(ctx, temp, report.Schema) })
}

func (s *Store) copyRecords(ctx context.Context, path string, schema uint64) (err error) {
	db, err := bbolt.Open(path, fileMode, &bbolt.Options{FreelistType: bbolt.FreelistMapType, NoSync: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Sync(), db.Close()) }()
	if err := db.Update(func(tx *bbolt.Tx) error { return createBuckets(tx, schema) }); err != nil {
		return err
	}
	_, err = read(ctx, s, func(v *snapshot) (struct{}, error) {
		for _, b := range bucketsOf(schema) {
			if err := v.copyBucket(ctx, b, db); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, nil
	})
	return err
}

// copyBucket copies in order, so that the pages are full.
func (v *snapshot) copyBucket(ctx context.Context, b bucket, to *bbolt.DB) error {
	for after, more := []byte(nil), true; more; {
		err := to.Update(func(tx *bbolt.Tx) error {
			into := tx.Bucket([]byte(b.name))
			into.FillPercent = filled
			var err error
			after, more, err = v.copySome(b, after, into)
			return err
		})
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
	}
	return nil
}

func (v *snapshot) copySome(b bucket, after []byte, into *bbolt.Bucket) (last []byte, more bool, err error) {
	n := 0
	v.scanFile(b, nil, after, func(key, payload []byte) bool {
		err = into.Put(key, seal(b, key, payload))
		last = key
		n++
		return err == nil && n < copiedAtOnce
	})
	return last, n == copiedAtOnce, err
}
