package boltstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"extauthz/store"
)

// Restore puts a copy of the file backup in the place of the store at path, which nobody may be using; one that is there is replaced only if that
// is asked for. The backup is verified first. What was under way in MLflow when the old store ended is forgotten: it is about ids that may be
// others' by now. Open the store with AcceptOlder next; without, it is refused as older than the one before.
func Restore(ctx context.Context, backup, path string, replace bool) (Report, error) {
	report, err := VerifyFile(ctx, backup)
	if err = errors.Join(err, report.Err()); err != nil {
		return report, fmt.Errorf("restoring %s: %w", backup, err)
	}
	old, err := holdForReplacing(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return report, err
	default:
		defer old.Close()
		if err := mayReplace(backup, path, old, replace); err != nil {
			return report, err
		}
	}
	if err := copyOver(ctx, backup, path); err != nil {
		return report, fmt.Errorf("restoring %s: %w", path, err)
	}
	if err := os.Remove(path + journalSuffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return report, err
	}
	return report, nil
}

func mayReplace(backup, path string, old *os.File, replace bool) error {
	if !replace {
		return fmt.Errorf("%w: %s; say that it is to be replaced, or move it away", store.ErrExists, path)
	}
	held, err1 := old.Stat()
	source, err2 := os.Stat(backup)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	if os.SameFile(held, source) {
		return fmt.Errorf("%w: %s is the store itself", store.ErrInvalid, backup)
	}
	return nil
}

// holdForReplacing takes the lock of a store's file without reading it: it may be damaged. fs.ErrNotExist when there is none.
func holdForReplacing(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %s is locked; stop the other process", store.ErrLocked, path), f.Close())
	}
	return f, nil
}

// copyOver replaces path at once, when the copy is whole and on disk.
func copyOver(ctx context.Context, source, path string) error {
	from, err := os.Open(source)
	if err != nil {
		return err
	}
	defer from.Close()
	temp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".restored-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = io.Copy(cancelled{ctx, temp}, from)
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	return renameOver(temp.Name(), path)
}

func renameOver(from, path string) error {
	return errors.Join(os.Rename(from, path), syncDir(filepath.Dir(path)))
}

// CompactInPlace is Compact with the result in the source's place. The sizes are the file's before and after.
func CompactInPlace(ctx context.Context, path string) (before, after int64, err error) {
	was, err := os.Stat(path)
	if err != nil {
		return 0, 0, openError(path, err)
	}
	compacted := path + ".compacted"
	if err := os.Remove(compacted); err != nil && !errors.Is(err, fs.ErrNotExist) { // of one that was cut short
		return 0, 0, err
	}
	defer os.Remove(compacted)
	if err := Compact(ctx, path, compacted); err != nil {
		return 0, 0, err
	}
	held, err := holdForReplacing(path)
	if err != nil {
		return 0, 0, err
	}
	defer held.Close()
	is, err1 := held.Stat()
	small, err2 := os.Stat(compacted)
	if err := errors.Join(err1, err2); err != nil {
		return 0, 0, err
	}
	if !os.SameFile(was, is) || was.Size() != is.Size() || !was.ModTime().Equal(is.ModTime()) {
		return 0, 0, fmt.Errorf("%w: %s was written meanwhile; nothing was changed", store.ErrLocked, path)
	}
	return was.Size(), small.Size(), renameOver(compacted, path)
}
