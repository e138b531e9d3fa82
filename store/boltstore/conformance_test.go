package boltstore

import (
	"context"
	"path/filepath"
	"testing"

	"extauthz/store"
	"extauthz/store/storetest"
)

// TestConformance runs without fsync; the crash tests run with it.
func TestConformance(t *testing.T) {
	storetest.Run(t, func(t testing.TB) store.Store {
		s, err := Create(filepath.Join(t.TempDir(), "store.db"), Options{noSync: true, InitialMmapSize: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { verifyAndClose(t, s) })
		return s
	})
}

// TestConformanceWithSmallPages makes deep trees, with overflow pages.
func TestConformanceWithSmallPages(t *testing.T) {
	storetest.Run(t, func(t testing.TB) store.Store {
		return newStore(t, Options{noSync: true, InitialMmapSize: 1 << 16, pageSize: 1024})
	})
}

func newStore(t testing.TB, o Options) *Store {
	t.Helper()
	s, err := Create(filepath.Join(t.TempDir(), "store.db"), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { verifyAndClose(t, s) })
	return s
}

// verifyAndClose also serves stores that the test has closed.
func verifyAndClose(t testing.TB, s *Store) {
	t.Helper()
	report, err := s.Verify(context.Background())
	if err == nil {
		err = report.Err()
	}
	if root, rootErr := s.rootIsLeaf(); rootErr == nil && !root {
		t.Error("the buckets' own tree is not one page")
	}
	if closed := s.db.Path() == ""; err != nil && !closed {
		t.Errorf("Verify: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

// rootIsLeaf is what ballast is for.
func (s *Store) rootIsLeaf() (bool, error) {
	return read(context.Background(), s, func(v *snapshot) (bool, error) { return v.page(v.root).isLeaf(), nil })
}
