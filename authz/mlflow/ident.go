package mlflow

import (
	"strings"
	"unicode/utf8"

	"extauthz/authz"
)

const (
	maxName     = 1024 // bytes of a model's or experiment's name
	maxIDDigits = 19   // of an int64
	maxRunID    = 256
)

// canonicalExperimentID reports whether id is written the one way that cannot name another experiment. MLflow passes ids through Python's
// int(), to which "02", " 2", "+2", "0_2" and "２" are all experiment 2.
func canonicalExperimentID(id string) bool {
	if id == "" || len(id) > maxIDDigits || id[0] == '0' && len(id) > 1 {
		return false
	}
	for i := range len(id) {
		if id[i] < '0' || id[i] > '9' {
			return false
		}
	}
	return true
}

// canonicalRunID accepts the ASCII part of what MLflow's own pattern accepts; logged models' ids ("m-…") have the same form.
func canonicalRunID(id string) bool {
	if id == "" || len(id) > maxRunID || id[0] == '-' || id[0] == '_' {
		return false
	}
	for i := range len(id) {
		c := id[i]
		alphanumeric := c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !alphanumeric && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// canonicalName accepts any name that is exactly itself everywhere: names are compared byte for byte and never normalised. A model that
// is called "*" would own every model, since that is how grants name them all.
func canonicalName(name string) bool {
	return name != "" && name != authz.AnyID && len(name) <= maxName && utf8.ValidString(name) && !strings.ContainsRune(name, 0)
}
