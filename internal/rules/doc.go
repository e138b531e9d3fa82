// Package rules holds the rules of the house that no compiler knows, as tests: which package may import which.
package rules
