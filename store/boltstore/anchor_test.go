package boltstore

import (
	"context"
	"os"
	"testing"

	"extauthz/store"
)

// TestADamagedMetaPageIsNotSilentlyYesterday: bbolt would fall back to the transaction before.
func TestADamagedMetaPageIsNotSilentlyYesterday(t *testing.T) {
	for meta := range 2 {
		path := closedStore(t)
		file, err := os.OpenFile(path, os.O_RDWR, 0)
		check(t, err)
		_, err = file.WriteAt([]byte{0xff}, int64(meta*os.Getpagesize()+40))
		check(t, err)
		check(t, file.Close())
		s, err := Open(path, Options{})
		if err != nil {
			wantRefusal(t, err, store.ErrStale, path)
			continue
		}
		if n, _ := s.Revision(context.Background()); n != 2 {
			t.Errorf("meta page %d: revision %d", meta, n)
		}
		verifyAndClose(t, s)
	}
}

func TestTheAnchorFollowsEveryWrite(t *testing.T) {
	path := closedStore(t)
	s, err := Open(path, Options{})
	check(t, err)
	check(t, s.DeleteUser(context.Background(), "ann"))
	if n, err := readAnchor(path); n != 3 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	verifyAndClose(t, s)
	old, err := os.OpenFile(path+anchorSuffix, os.O_RDWR, 0)
	check(t, err)
	_, err = old.WriteString(anchorLine(1)) // as after a power cut
	check(t, err)
	check(t, old.Close())
	s, err = Open(path, Options{})
	check(t, err)
	if n, err := readAnchor(path); n != 3 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	verifyAndClose(t, s)
}

func TestAMissingOrDamagedAnchorIsRefused(t *testing.T) {
	path := closedStore(t)
	check(t, os.WriteFile(path+anchorSuffix, []byte("revision 00000000000000000001 check 00000000\n"), 0o600))
	_, err := Open(path, Options{})
	wantRefusal(t, err, store.ErrCorrupt, anchorSuffix)
	check(t, os.Remove(path+anchorSuffix))
	_, err = Open(path, Options{})
	wantRefusal(t, err, store.ErrStale, anchorSuffix)
	s, err := Open(path, Options{AcceptOlder: true})
	check(t, err)
	verifyAndClose(t, s)
}
