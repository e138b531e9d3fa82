package migrate_test

import (
	"strings"
	"testing"

	"extauthz/internal/migrate"
	"extauthz/store"
)

// TestWhatIsNoDatabaseOfBasicAuth is refused, with what to do.
func TestWhatIsNoDatabaseOfBasicAuth(t *testing.T) {
	version := func(numbers ...string) (all []migrate.Version) {
		for _, n := range numbers {
			all = append(all, migrate.Version{Number: n})
		}
		return all
	}
	experiments := []migrate.Thing{{Experiment: "1"}}
	for _, one := range []struct {
		name   string
		change func(*migrate.Tables)
		error  string
	}{
		{"the tracking server's", func(t *migrate.Tables) { t.Users, t.TrackedExperiments = nil, experiments }, "database_uri"},
		{"nobody's", func(t *migrate.Tables) { t.Users = nil }, `no table "users"`},
		{"one that is newer", func(t *migrate.Tables) { t.AlembicAuth = version("0123456789ab") }, "a newer extauthz is needed"},
		{"an older one's number", func(t *migrate.Tables) { t.Alembic = version("0123456789ab") }, "a newer extauthz is needed"},
		{"one in the middle of an upgrade", func(t *migrate.Tables) { t.AlembicAuth = version("8606fa83a998", "0965eb92f5f0") }, "finish its upgrade"},
		{"one without a version", func(t *migrate.Tables) { t.Alembic = []migrate.Version{} }, "finish its upgrade"},
		{"half of one", func(t *migrate.Tables) { t.AlembicAuth = version("0965eb92f5f0") }, `no table "scorer_permissions"`},
		{"half of a recent one", func(t *migrate.Tables) { t.AlembicAuth = version("f1a2b3c4d5e6") }, `no table "roles"`},
	} {
		d := old("alice")
		one.change(&d.Tables)
		_, err := migrate.New(t.Context(), d, migrate.Dump{}, store.Snapshot{}, migrate.Options{Passwords: secrets{}})
		if err == nil || !strings.Contains(err.Error(), one.error) {
			t.Errorf("%s: %v, want %q", one.name, err, one.error)
		}
	}
	// Up to 3.5 both servers used one table for their versions.
	shared := old("alice")
	shared.Tables.Alembic, shared.Tables.TrackedExperiments = version("bd07f7e963c5"), experiments
	if _, err := migrate.New(t.Context(), shared, migrate.Dump{}, store.Snapshot{}, migrate.Options{Passwords: secrets{}}); err != nil {
		t.Errorf("a database that both share: %v", err)
	}
}

// TestDumpsAreReadStrictly since what is not understood might be a denial. No error quotes them: they have password hashes.
func TestDumpsAreReadStrictly(t *testing.T) {
	for _, text := range []string{
		`{"format": 2, "dialect": "sqlite", "tables": {}}`, `{"format": 1, "tables": {"users": [{"id": 1, "secret": "hash"}]}}`, `{"format": 1, "tables": {"secret": []}}`,
		`{"format": 1, "format": 1}`, `{"format": 1`, ``,
	} {
		_, err := migrate.ParseDump([]byte(text))
		if err == nil || strings.Contains(err.Error(), "hash\"") {
			t.Errorf("%s: %v", text, err)
		}
	}
	if _, err := migrate.ParseDump([]byte(`{"format": 1, "dialect": "sqlite", "tables": {"users": []}}`)); err != nil {
		t.Error(err)
	}
}
