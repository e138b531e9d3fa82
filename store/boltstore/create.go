package boltstore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"

	"extauthz/store"
)

// Create makes an empty store at path and opens it. It refuses when anything is there already, or when the files beside it show that a
// store was there and is lost: silently starting afresh would forget every NO_PERMISSIONS.
//
// The file is made under another name and linked into place when it is whole and on disk, since bbolt's own creation can be torn by a
// power cut. The link fails if somebody else was faster.
func Create(path string, o Options) (*Store, error) {
	if err := refuseRemains(path); err != nil {
		return nil, err
	}
	if err := createAnchor(path); err != nil {
		return nil, fmt.Errorf("creating %s: %w", path, err)
	}
	if err := createFile(path, o); err != nil {
		return nil, fmt.Errorf("creating %s: %w", path, err)
	}
	return Open(path, o)
}

func refuseRemains(path string) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%w: %s; open it, or move it away to start afresh", store.ErrExists, path)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	revision, err := readAnchor(path)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && revision == 0: // 0: a Create that was cut short; nothing was ever written
	case err != nil:
		return err
	default:
		return fmt.Errorf("%w: there is no %s, but %s remembers revision %d of it: the store is lost; restore a backup, "+
			"or delete %[2]s to start afresh and forget all users and grants", store.ErrExists, path, path+anchorSuffix, revision)
	}
	if info, err := os.Lstat(path + journalSuffix); err == nil && info.Size() > 0 {
		return fmt.Errorf("%w: there is no %s, but %s belongs to one: delete it to start afresh", store.ErrExists, path, path+journalSuffix)
	}
	return nil
}

func createFile(path string, o Options) error {
	return putInPlace(path, func(temp string) error { return fill(temp, o) })
}

// putInPlace lets write make a file under another name, and links it into place when it is whole.
func putInPlace(path string, write func(temp string) error) error {
	temp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	if err := temp.Close(); err != nil {
		return err
	}
	if err := write(temp.Name()); err != nil {
		return err
	}
	if err := os.Link(temp.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// fill lets bbolt make the file, which it leaves synced, with our buckets and the two records that every open reads.
func fill(path string, o Options) (err error) {
	db, err := bbolt.Open(path, fileMode, &bbolt.Options{PageSize: o.pageSize, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return db.Update(func(tx *bbolt.Tx) error {
		if err := createBuckets(tx, schema); err != nil {
			return err
		}
		var empty state
		return errors.Join(
			putOrDelete(tx, metaBucket, schemaKey(), []byte{schema}),
			putOrDelete(tx, metaBucket, stateKey(), empty.encode()))
	})
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
