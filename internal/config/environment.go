package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// environment are variables by name.
type environment map[string]string

func newEnvironment(lines []string) environment {
	e := environment{}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, "=")
		e[name] = value
	}
	return e
}

// layer finds what is set, be it to nothing: an empty secret that was injected must not fall back to an old one, as in MLflow. A secret that
// comes from two variables at once is an error: one of them is forgotten.
func (e environment) layer(all []Setting) (layer, []error) {
	found, errs := layer{}, []error(nil)
	for _, s := range all {
		var before string
		for _, v := range s.variables() {
			text, set := e[v.name]
			_, isSecret := s.value.(*secretValue)
			switch {
			case !set:
			case before == "":
				before = v.name
				found[s.Name] = given{origin: fromVariable(v.name), texts: []string{text}, direct: v.direct}
			case isSecret:
				errs = append(errs, fmt.Errorf("%s and %s are both set: keep one", before, v.name))
			}
		}
	}
	return found, errs
}

// warnings names variables that look like a slip. Others of the prefix are none of ours: Kubernetes makes some for a service of that name.
func (e environment) warnings(all []Setting) (warnings []string) {
	known := []string{configVariable}
	for _, s := range all {
		for _, v := range s.variables() {
			known = append(known, v.name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(e)) {
		ours := strings.HasPrefix(name, variablePrefix) || strings.HasPrefix(name, "MLFLOW_AUTH_")
		if ours && !slices.Contains(known, name) && suggest(name, known) != "" {
			warnings = append(warnings, "the variable "+name+" sets nothing"+didYouMean(name, known))
		}
	}
	return warnings
}
