package boltstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"extauthz/store"
)

const (
	probeSuffix = ".probe"
	probeSize   = 64 << 10 // more than one grant takes, with the pages above it
)

// Writable tells whether a write would find room, without making one: store.ErrReadOnly for a disk that is full or read-only, and for the
// files beside the store when they could not be written last time. It writes and removes a small file, so ask every few seconds and not
// on the path of a check.
func (s *Store) Writable(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.lost.Load() {
		return fmt.Errorf("%w: %s failed before; restart to try again", store.ErrCorrupt, s.path)
	}
	if err := errors.Join(s.lastWrites(), s.tryDisk()); err != nil {
		return fmt.Errorf("%w: %w", store.ErrReadOnly, err)
	}
	return nil
}

// lastWrites are the errors of the files beside the store.
func (s *Store) lastWrites() error {
	s.writing.Lock()
	anchor := s.anchor.err
	s.writing.Unlock()
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	return errors.Join(anchor, s.journal.err)
}

// tryDisk always takes the same name: a process that is killed here leaves one small file, which the next one removes.
func (s *Store) tryDisk() error {
	path := filepath.Clean(s.path) + probeSuffix
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode)
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, probeSize))
	return errors.Join(err, f.Close(), os.Remove(path))
}
