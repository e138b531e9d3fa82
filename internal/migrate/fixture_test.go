package migrate_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"extauthz/authz/credential"
	"extauthz/internal/migrate"
	"extauthz/store"
	"extauthz/store/boltstore"
)

// databases are those that real servers wrote, by name; e2e/migration makes them.
func databases(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.dump.json")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	var names []string
	for _, p := range paths {
		names = append(names, strings.TrimSuffix(filepath.Base(p), ".dump.json"))
	}
	return names
}

func dump(t *testing.T, name string) migrate.Dump { return parsed(t, name+".dump.json") }

// tracking is what the tracking server has told, where that was recorded.
func tracking(t *testing.T, name string) migrate.Dump {
	if _, err := os.Stat("testdata/" + name + ".tracking.json"); err != nil {
		return migrate.Dump{}
	}
	return parsed(t, name+".tracking.json")
}

func parsed(t *testing.T, file string) migrate.Dump {
	t.Helper()
	text, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	d, err := migrate.ParseDump(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// secrets is a verifier to whom no password fits, so that what is not about passwords need not hash.
type secrets struct{}

func (secrets) Verify(context.Context, string, string) (bool, error) { return false, nil }

func hasher(t *testing.T) *credential.Hasher {
	t.Helper()
	h, err := credential.NewHasher(credential.HasherConfig{Queue: 1000})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func newStore(t *testing.T) (*boltstore.Store, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s.db")
	s, err := boltstore.Create(path, boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() }) // some tests have closed it
	return s, path
}

// plan plans against what the store has.
func plan(t *testing.T, s store.Store, d migrate.Dump, o migrate.Options) migrate.Plan {
	t.Helper()
	return planWith(t, s, d, migrate.Dump{}, o)
}

// planNamed plans the import of a recorded database.
func planNamed(t *testing.T, s store.Store, name string, o migrate.Options) migrate.Plan {
	t.Helper()
	return planWith(t, s, dump(t, name), tracking(t, name), o)
}

func planWith(t *testing.T, s store.Store, d, tracking migrate.Dump, o migrate.Options) migrate.Plan {
	t.Helper()
	there, err := s.Export(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if o.Passwords == nil {
		o.Passwords = secrets{}
	}
	p, err := migrate.New(t.Context(), d, tracking, there, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func apply(t *testing.T, s store.Store, p migrate.Plan) (digest string) {
	t.Helper()
	if err := s.Import(t.Context(), p.Snapshot); err != nil {
		t.Fatal(err)
	}
	digest, err := s.Digest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return digest
}
