package migrate_test

import (
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"extauthz/internal/golden"
	"extauthz/internal/migrate"
	"extauthz/store"
)

// TestPlans compares what is planned for each real database, and has every password's hash stay out of it.
func TestPlans(t *testing.T) {
	for _, name := range databases(t) {
		s, _ := newStore(t)
		d := dump(t, name)
		text, err := json.Marshal(planNamed(t, s, name, migrate.Options{}), jsontext.WithIndent("  "))
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range d.Tables.Users {
			if strings.Contains(string(text), *u.PasswordHash) || strings.Contains(string(text), "scrypt:") {
				t.Errorf("%s: the plan shows a hash", name)
			}
		}
		golden.Compare(t, "testdata/"+name+".plan.json", string(text)+"\n")
	}
}

// TestImportingAgainChangesNothing imports each real database twice, and once more after somebody has signed in, which hashes the password
// anew.
func TestImportingAgainChangesNothing(t *testing.T) {
	for _, name := range databases(t) {
		s, _ := newStore(t)
		first := planNamed(t, s, name, migrate.Options{})
		if first.Empty() {
			t.Fatalf("%s: the first plan is empty", name)
		}
		before := apply(t, s, first)
		second := planNamed(t, s, name, migrate.Options{})
		if after := apply(t, s, second); !second.Empty() || after != before {
			t.Errorf("%s: the second time %d users, %d grants; digest %s, was %s", name, len(second.Users), len(second.Grants), after, before)
		}
		if got, want := second.Same.Grants, len(first.Grants); got != want {
			t.Errorf("%s: %d grants are the same, want %d", name, got, want)
		}
		_, err := s.UpdateUser(t.Context(), first.Users[0].Username, func(u *store.User) error { u.PasswordHash = "$argon2id$…"; return nil })
		if err != nil {
			t.Fatal(err)
		}
		if third := planNamed(t, s, name, migrate.Options{}); !third.Empty() {
			t.Errorf("%s: after a sign-in there is something to do: %+v", name, third.Users)
		}
	}
}

// TestReplacingTwiceChangesNothing is the same with MLflow's side winning.
func TestReplacingTwiceChangesNothing(t *testing.T) {
	s, _ := newStore(t)
	d := dump(t, "2.22.5")
	apply(t, s, plan(t, s, d, migrate.Options{}))
	_, err := s.UpdateUser(t.Context(), "bob", func(u *store.User) error { u.PasswordHash, u.Admin = "$argon2id$…", true; return nil })
	if err != nil {
		t.Fatal(err)
	}
	if p := plan(t, s, d, migrate.Options{}); !p.Empty() || len(found(p, migrate.Kept)) != 1 {
		t.Errorf("without Replace there is something to do: %+v %+v", p.Users, p.Findings)
	}
	replace := plan(t, s, d, migrate.Options{Replace: true})
	if len(replace.Users) != 1 || replace.Users[0].Username != "bob" || replace.Users[0].Admin || replace.Users[0].New {
		t.Fatalf("with Replace: %+v, want bob as MLflow has him", replace.Users)
	}
	apply(t, s, replace)
	if again := plan(t, s, d, migrate.Options{Replace: true}); !again.Empty() {
		t.Errorf("the second time: %+v", again)
	}
}

func found(p migrate.Plan, kind migrate.FindingKind) (what []string) {
	for _, f := range p.Findings {
		if f.Kind == kind {
			what = append(what, f.What)
		}
	}
	return what
}
