package mlflow

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"
)

// servedText lists every route of the supported MLflow releases, and the first and last of them that serves it (schema/merge.py).
//
//go:embed schema/served.txt
var servedText string

// Releases are the supported releases whose routes are known, oldest first.
func Releases() []string {
	first, _, _ := strings.Cut(servedText, "\n")
	return strings.Fields(first)[1:]
}

// Served tells which releases serve each of the rows. It is empty for a row that is not MLflow's own, as the auth API, which this service
// answers whatever the release behind it is.
func Served(rows []Row) [][]string {
	releases, by := Releases(), map[routeKey][]string{}
	_, lines, _ := strings.Cut(servedText, "\n")
	for line := range strings.Lines(lines) {
		c := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		first, last, _ := strings.Cut(c[2], "..")
		path := strings.Replace(c[1], bothPrefixes, "/api/", 1)
		by[routeKey{c[0], shape(path)}] = releases[slices.Index(releases, first) : slices.Index(releases, last)+1]
	}
	all := make([][]string, len(rows))
	for i := range rows {
		all[i] = by[routeKey{rows[i].Method, shape(rows[i].Path)}]
	}
	return all
}

// bothPrefixes is how inventories write a path that is served below /api and below /ajax-api.
const bothPrefixes = "/{api,ajax-api}/"

var variable = regexp.MustCompile(`<(path:)?\w+>`)

// shape is a path without the names of its variables, which may differ between releases and rows.
func shape(path string) string { return variable.ReplaceAllString(path, "<$1>") }
