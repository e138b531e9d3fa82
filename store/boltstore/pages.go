package boltstore

import (
	"bytes"
	"context"
	"iter"
)

const pageOfRecords = 1000

// pages yields the records under prefix, decoded. It reads a page of them in one short transaction and yields them outside it: a consumer
// that writes to a slow client would otherwise hold a transaction open, and the next remap of a growing file would wait for it, and every
// new reader for the remap.
func pages[T any](ctx context.Context, s *Store, b bucket, prefix []byte, decode func(key, payload []byte) T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var after []byte
		for {
			items, last, err := readPage(ctx, s, b, prefix, after, decode)
			if err != nil {
				var zero T
				yield(zero, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if len(items) < pageOfRecords {
				return
			}
			after = last
		}
	}
}

func readPage[T any](ctx context.Context, s *Store, b bucket, prefix, after []byte, decode func(key, payload []byte) T) (
	items []T, last []byte, err error,
) {
	defer rescue(faultsPanic(), &err)
	v, err := s.begin(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer v.end()
	v.scanFile(b, prefix, after, func(key, payload []byte) bool {
		items = append(items, decode(key, payload))
		last = key
		return len(items) < pageOfRecords
	})
	return items, bytes.Clone(last), nil
}
