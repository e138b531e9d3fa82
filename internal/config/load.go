package config

import (
	"errors"
	"fmt"

	"extauthz/internal/app"
)

// Sources are where settings come from, besides the files that they name.
type Sources struct {
	Flags   *Flags
	Environ []string // as os.Environ gives it
}

// Loaded is a configuration with what is known of it.
type Loaded struct {
	Config   app.Config
	Files    []string // that were read and can change: the YAML file and basic_auth.ini
	Warnings []string // about files of secrets that others may read, and about variables that look like a slip

	values   *values
	settings []Setting // bound to values
	origins  map[string]origin
}

// Load reads every source and checks the result. Its error joins everything that is wrong.
func (from Sources) Load() (Loaded, error) {
	l := &loading{from: from, env: newEnvironment(from.Environ), values: &values{}, origins: map[string]origin{}, failed: map[string]bool{}}
	l.settings = settings(l.values)
	l.read()
	l.apply()
	l.validate()
	if err := errors.Join(l.errs...); err != nil {
		return Loaded{}, err
	}
	return Loaded{Config: l.values.Config, Files: l.files, Warnings: l.warnings, values: l.values, settings: l.settings, origins: l.origins}, nil
}

type loading struct {
	from     Sources
	env      environment
	values   *values
	settings []Setting
	layers   []layer // what counts less comes first
	origins  map[string]origin
	failed   map[string]bool
	files    []string
	warnings []string
	errs     []error
}

// read collects what the sources say. Where basic_auth.ini is, one of the others says.
func (l *loading) read() {
	flags := l.from.Flags.layer(l.settings)
	variables, errs := l.env.layer(l.settings)
	l.errs = append(l.errs, errs...)
	l.warnings = l.env.warnings(l.settings)
	l.layers = []layer{l.file(), variables, flags}
	l.layers = append([]layer{l.ini()}, l.layers...)
}

func (l *loading) file() layer {
	path := l.from.Flags.config
	if path == "" {
		path = l.env[configVariable]
	}
	if path == "" {
		return nil
	}
	l.files = append(l.files, path)
	found, errs := readFile(path, l.settings)
	l.errs = append(l.errs, errs...)
	return found
}

func (l *loading) ini() layer {
	var path string
	for _, s := range l.settings {
		if s.field == &l.values.AuthConfig && l.set(s) {
			path = l.values.AuthConfig
		}
	}
	if path == "" {
		return nil
	}
	l.files = append(l.files, path)
	found, errs := readINI(path)
	l.errs = append(l.errs, errs...)
	return found
}

func (l *loading) apply() {
	for _, s := range l.settings {
		l.origins[s.Name] = fromDefault(s)
		l.set(s)
		if v, ok := s.value.(*secretValue); ok && v.warning() != "" {
			l.warnings = append(l.warnings, l.origins[s.Name].at+": "+v.warning())
		}
	}
}

// set takes the value of the source that counts most. What the others say is checked, too, but of secrets: a file that is not used need not
// be there.
func (l *loading) set(s Setting) bool {
	var all []given
	for _, layer := range l.layers {
		if g, ok := layer[s.Name]; ok {
			all = append(all, g)
		}
	}
	if _, ok := s.value.(*secretValue); ok && len(all) > 1 {
		all = all[len(all)-1:]
	}
	for _, g := range all {
		l.origins[s.Name] = g.origin
		if err := g.apply(s); err != nil {
			l.failed[s.Name] = true
			l.errs = append(l.errs, fmt.Errorf("%s: %w", g.at, err))
		}
	}
	return len(all) > 0
}

// validate names settings by where they were written. What could not be read is not judged as well.
func (l *loading) validate() {
	for _, err := range leaves(l.values.Validate()) {
		var invalid *app.Invalid
		if !errors.As(err, &invalid) {
			l.errs = append(l.errs, err)
			continue
		}
		if !l.failed[invalid.Setting] {
			l.errs = append(l.errs, fmt.Errorf("%s %s", l.origins[invalid.Setting].at, invalid.Text))
		}
	}
}

func leaves(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	if err == nil {
		return nil
	}
	return []error{err}
}
