package config

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"extauthz/internal/app"
)

// TestEveryFieldHasOneSetting: a field without one cannot be set, and one with two is set by whichever comes last.
func TestEveryFieldHasOneSetting(t *testing.T) {
	v := &values{}
	all := settings(v)
	fields := append(fieldsOf(&v.Config), fieldsOf(&v.Live)...)
	for name, field := range slices.All(fields) {
		bound := 0
		for _, s := range all {
			if s.field == field.pointer {
				bound++
			}
		}
		if bound != 1 {
			t.Errorf("%d: app.Config.%s has %d settings, want 1", name, field.name, bound)
		}
	}
}

type field struct {
	name    string
	pointer any
}

func fieldsOf(structure any) (all []field) {
	v := reflect.ValueOf(structure).Elem()
	for i := range v.NumField() {
		if name := v.Type().Field(i).Name; name != "Live" && name != "Build" {
			all = append(all, field{name, v.Field(i).Addr().Interface()})
		}
	}
	return all
}

func TestSettingsAreDescribed(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range settings(&values{}) {
		for _, v := range s.variables() {
			if seen[v.name] {
				t.Errorf("%s is set by two settings", v.name)
			}
			seen[v.name] = true
		}
		if seen[s.Name] || s.Name != strings.ToLower(s.Name) || s.Help == "" || strings.HasSuffix(s.Help, ".") {
			t.Errorf("%s: want one setting of that name in lower case, with help that is no sentence", s.Name)
		}
		if _, isSecret := s.value.(*secretValue); isSecret != strings.HasSuffix(s.Name, fileSuffix) {
			t.Errorf("%s: settings of secrets, and no others, end with %s", s.Name, fileSuffix)
		}
		seen[s.Name] = true
		described(t, s.Name, s.schema())
	}
}

// described wants help for every field of a structure.
func described(t *testing.T, name string, s *Schema) {
	t.Helper()
	if s.Items != nil {
		described(t, name+"[]", s.Items)
	}
	for key, property := range s.Properties {
		if property.Description == "" {
			t.Errorf("%s.%s has no help tag", name, key)
		}
		described(t, name+"."+key, property)
	}
}

// TestDefaultsAreValid also shows that what the reference calls a default is one.
func TestDefaultsAreValid(t *testing.T) {
	v, said := &values{}, &values{}
	all := settings(said)
	for i, s := range settings(v) {
		if s.Default == "" {
			continue
		}
		if err := all[i].set([]string{s.Default}); err != nil || !s.is(all[i]) {
			t.Errorf("%s: the default is not %q: %v", s.Name, s.Default, err)
		}
	}
	if err := v.Validate(); err != nil {
		t.Error(err)
	}
}

func TestLive(t *testing.T) {
	v := &values{}
	var live []string
	for _, s := range settings(v) {
		if s.live(v) {
			live = append(live, s.Name)
		}
	}
	if want := reflect.TypeFor[app.Live]().NumField() + 1; len(live) != want || !slices.Contains(live, "default-permission") {
		t.Errorf("%v change without a restart, want %d: all of app.Live and auth-config", live, want)
	}
}
