package boltstore

import (
	"context"
	"iter"
)

// read lets look read in one consistent view. What look returns must not be a part of the file.
func read[T any](ctx context.Context, s *Store, look func(v *snapshot) (T, error)) (result T, err error) {
	defer rescue(faultsPanic(), &err)
	v, err := s.begin(ctx)
	if err != nil {
		return result, err
	}
	defer v.end()
	return look(&v)
}

// listed yields what look finds in one consistent view: for lists that are short.
func listed[T any](ctx context.Context, s *Store, look func(v *snapshot) []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		items, err := read(ctx, s, func(v *snapshot) ([]T, error) { return look(v), nil })
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
	}
}
