package config

import (
	"reflect"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Setting is one thing that can be set, by every way that there is to set it.
type Setting struct {
	Name    string // of its flag, without dashes in front: "grpc-listen"
	Help    string
	Default string // as one would write it; "" for none

	mlflow     string // MLflow's own variable for it, or a standard's
	fileOnly   bool   // lists of structures are written in the YAML file alone
	firstStart bool   // means nothing once there is a store with an admin
	field      any    // a pointer to what is set
	value
}

// value is how a setting is written and read.
type value interface {
	schema() *Schema
	// set takes what flags or a variable say: several texts only of a flag that was given several times.
	set(texts []string) error
	// load takes what stands in the YAML file. The schema holds for it.
	load(n *yaml.Node) error
	// dump is what load would take; nil for nothing.
	dump() *yaml.Node
}

// Key is its name in the YAML file.
func (s Setting) Key() string { return strings.ReplaceAll(s.Name, "-", "_") }

// variable is one of the environment.
type variable struct {
	name   string
	direct bool // holds a secret itself, not the name of a file with it
}

const (
	variablePrefix = "EXTAUTHZ_"
	fileSuffix     = "-file" // of settings that name the file of a secret
)

// variables are those that set it, the one that counts first.
func (s Setting) variables() []variable {
	if s.fileOnly {
		return nil
	}
	var all []variable
	own := variablePrefix + strings.ToUpper(s.Key())
	if _, ok := s.value.(*secretValue); ok {
		all = append(all, variable{strings.TrimSuffix(own, "_FILE"), true})
		if s.mlflow != "" {
			all = append(all, variable{s.mlflow, true}, variable{s.mlflow + "_FILE", false})
		}
		return append(all, variable{own, false})
	}
	all = append(all, variable{own, false})
	if s.mlflow != "" {
		all = append(all, variable{s.mlflow, false})
	}
	return all
}

// live reports whether the setting is one of those that change without a restart.
func (s Setting) live(in *values) bool {
	if s.field == &in.AuthConfig {
		return true // what is read from there counts
	}
	fields := reflect.ValueOf(&in.Live).Elem()
	for i := range fields.NumField() {
		if fields.Field(i).Addr().Interface() == s.field {
			return true
		}
	}
	return false
}

// is reports whether both are set to the same.
func (s Setting) is(other Setting) bool {
	return reflect.DeepEqual(reflect.ValueOf(s.field).Elem().Interface(), reflect.ValueOf(other.field).Elem().Interface())
}

// orMLflow gives a setting MLflow's own variable, too.
func (s Setting) orMLflow(name string) Setting {
	s.mlflow = name
	return s
}

// orStandard gives a setting the variable that every program has for it, too.
func (s Setting) orStandard(name string) Setting { return s.orMLflow(name) }

// once marks what only the first start looks at.
func (s Setting) once() Setting {
	s.firstStart = true
	return s
}
