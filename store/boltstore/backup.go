package boltstore

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Backup writes a consistent copy of the store file to w; Open takes it with AcceptOlder. It copies to a temporary file beside the store
// first, since w may be slow and a long transaction would keep a growing file from being remapped. Writes go on meanwhile.
func (s *Store) Backup(ctx context.Context, w io.Writer) (err error) {
	temp, err := os.CreateTemp(filepath.Dir(s.path), filepath.Base(s.path)+".backup-*") // mode 0600
	if err != nil {
		return fmt.Errorf("backing up %s: %w", s.path, err)
	}
	defer os.Remove(temp.Name())
	defer temp.Close() // only read by then
	if err := s.copyTo(ctx, temp); err != nil {
		return fmt.Errorf("backing up %s: %w", s.path, err)
	}
	if _, err := temp.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err = io.Copy(cancelled{ctx, w}, temp)
	return err
}

func (s *Store) copyTo(ctx context.Context, w io.Writer) (err error) {
	defer rescue(faultsPanic(), &err)
	v, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer v.end()
	_, err = v.tx.WriteTo(cancelled{ctx, w})
	return err
}

// cancelled is a writer that fails once ctx is done.
type cancelled struct {
	ctx context.Context
	w   io.Writer
}

func (c cancelled) Write(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.w.Write(p)
}

// Stats are the store's sizes, for metrics and for the operator.
type Stats struct {
	Revision, Users, Admins, Grants uint64 // Admins are those who govern
	Roles, Assignments, Credentials uint64
	AuditRecords                    uint64
	Intents                         int
	FileSize                        int64 // the file never shrinks
	AnchorErr                       error // the last write of the revision file failed: writes stand, but a rollback might go unnoticed
}

// Stats costs one small read.
func (s *Store) Stats(ctx context.Context) (stats Stats, err error) {
	defer rescue(faultsPanic(), &err)
	info, err := s.file.Stat()
	if err != nil {
		return Stats{}, err
	}
	stats, err = s.counts(ctx)
	stats.FileSize = info.Size()
	s.writing.Lock()
	stats.AnchorErr = s.anchor.err
	s.writing.Unlock()
	s.journal.mu.Lock()
	stats.Intents = len(s.journal.live)
	s.journal.mu.Unlock()
	return stats, err
}

func (s *Store) counts(ctx context.Context) (Stats, error) {
	v, err := s.begin(ctx)
	if err != nil {
		return Stats{}, err
	}
	defer v.end()
	t := v.state()
	return Stats{
		Revision: t.revision, Users: t.users, Admins: t.admins, Grants: t.grants,
		Roles: t.roles, Assignments: t.assignments, Credentials: t.credentials, AuditRecords: t.audits,
	}, nil
}
