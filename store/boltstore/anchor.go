package boltstore

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"

	"extauthz/store"
)

const anchorSuffix = ".revision"

// anchor is the file that remembers the highest revision seen. bbolt keeps two meta pages and silently uses the older when the newer is
// damaged, and an operator can put yesterday's file back by mistake: either way revoked grants would stand again. So a store that is older
// than its anchor is refused.
//
// It is written in place after each commit, without fsync: it must survive the process, not a power cut. A power cut can only leave it
// behind the store, which is harmless.
type anchor struct {
	file *os.File
	err  error // of the last write: the commit itself stands, so it is reported by Stats
}

const anchorFormat = "revision %020d check %08x\n"

func anchorLine(revision uint64) string {
	number := fmt.Sprintf("%020d", revision)
	return fmt.Sprintf(anchorFormat, revision, crc32.Checksum([]byte(number), castagnoli))
}

// readAnchor returns fs.ErrNotExist when there is none.
func readAnchor(path string) (revision uint64, err error) {
	text, err := os.ReadFile(path + anchorSuffix)
	if err != nil {
		return 0, err
	}
	var check uint32
	_, err = fmt.Sscanf(string(text), anchorFormat, &revision, &check)
	if err != nil || string(text) != anchorLine(revision) {
		return 0, fmt.Errorf("%w: %s is damaged, so nothing says whether %s is the newest; if it is, move it away and restore it from there",
			store.ErrCorrupt, path+anchorSuffix, path)
	}
	return revision, nil
}

// createAnchor starts at 0, and is on disk before the store is.
func createAnchor(path string) error {
	f, err := os.OpenFile(path+anchorSuffix, os.O_RDWR|os.O_CREATE|os.O_TRUNC, fileMode)
	if err != nil {
		return err
	}
	_, err = f.WriteString(anchorLine(0))
	return errors.Join(err, f.Sync(), f.Close())
}

// openAnchor refuses a store at a revision lower than the anchor's, unless acceptOlder, and then remembers the store's.
func openAnchor(path string, revision uint64, acceptOlder bool) (*anchor, error) {
	seen, err := readAnchor(path)
	if acceptOlder {
		seen, err = revision, nil
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w: %s is missing, so nothing says whether %s is the newest; if it is, move it away and restore it from there",
			store.ErrStale, path+anchorSuffix, path)
	case err != nil:
		return nil, err
	case seen > revision:
		return nil, fmt.Errorf("%w: %s is at revision %d, but %d was seen; restore a newer backup, or, to lose what came after, move this one away and restore it from there",
			store.ErrStale, path, revision, seen)
	}
	f, err := os.OpenFile(path+anchorSuffix, os.O_RDWR|os.O_CREATE, fileMode)
	if err != nil {
		return nil, err
	}
	a := &anchor{file: f}
	if err := f.Truncate(int64(len(anchorLine(0)))); err != nil {
		return a, err
	}
	a.advance(revision)
	return a, a.err
}

func (a *anchor) advance(revision uint64) {
	_, a.err = a.file.WriteAt([]byte(anchorLine(revision)), 0)
}

func (a *anchor) close() error {
	if a == nil {
		return nil
	}
	return a.file.Close()
}
