package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
)

// newFile is written under another name, for the owner's eyes alone, and takes its place when it is whole.
type newFile struct {
	*os.File
	path    string
	written atomic.Int64
}

// createFile refuses to replace what is there unless replace says so.
func createFile(path string, replace bool) (*newFile, error) {
	if _, err := os.Lstat(path); err == nil && !replace {
		return nil, fmt.Errorf("%s is there already; choose another name, or --replace it", path)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*") // mode 0600
	if err != nil {
		return nil, err
	}
	return &newFile{File: f, path: path}, nil
}

// Write counts, for who watches.
func (f *newFile) Write(p []byte) (int, error) {
	n, err := f.File.Write(p)
	f.written.Add(int64(n))
	return n, err
}

func (f *newFile) amount() string { return ", " + size(f.written.Load()) }

// keep ends the file, checks it, and puts it in its place.
func (f *newFile) keep(check func(path string) error) error {
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := check(f.Name()); err != nil {
		return err
	}
	return os.Rename(f.Name(), f.path)
}

// drop takes an unfinished file away. After keep there is nothing to take.
func (f *newFile) drop() {
	_ = f.Close()
	_ = os.Remove(f.Name())
}

// readInput reads a file, or standard input for "-".
func readInput(stdin io.Reader, path string) ([]byte, error) {
	if path == "-" {
		return io.ReadAll(stdin)
	}
	return os.ReadFile(path)
}
