package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"extauthz/authz/mlflow"
	"extauthz/internal/golden"
)

const routesPage = "../../docs/reference/routes.md"

const routesIntroduction = `# Routes

Made from the route table by ` + "`make generate`; `extauthz routes`" + ` prints it, and filters it by release, resource and permission.

A path that begins with ` + "`/api/`" + ` answers below ` + "`/ajax-api/`" + `, too. What no row names is refused to everybody but admins.

**Needs.** *public* is open to all, *any user* to whoever has signed in, *admin* to admins, *nobody* to nobody; *auth API* is answered by extauthz, which [decides
itself](auth-api.md). ` + "`read`, `use`, `update`, `delete` and `manage`" + ` take a permission on what the parameter behind it names: READ, USE, EDIT, MANAGE, MANAGE.
` + "`[]`" + ` is a list, of which everything is checked, ` + "`?`" + ` a parameter that may be missing, ` + "`a|b`" + ` two names of one.

**Response.** *filter*: rows that the caller may not read go missing. *withhold*: what it mentions of denied things does. *create*: the caller gets MANAGE.
*delete*, *rename*: what is granted goes along. *learn*: whose the new thing is, is remembered.

**Releases** are those of MLflow that serve it, among the nine whose inventories are kept; without one it is extauthz', Envoy's or a browser's.
`

var familyOf = regexp.MustCompile(`^/(?:(?:ajax-)?api/\d\.0/)?(?:mlflow/)?([\w-]+)`)

// family is what the path of a row is about.
func (r route) family() string {
	if found := familyOf.FindStringSubmatch(r.Path); found != nil {
		return found[1]
	}
	return ""
}

// families are the rows of each family, with all that have hardly any at the end.
func families() (names []string, rows map[string][]route) {
	rows = map[string][]route{}
	for _, r := range allRoutes() {
		rows[r.family()] = append(rows[r.family()], r)
	}
	const few, others = 2, "others"
	for _, r := range allRoutes() {
		if name := r.family(); len(rows[name]) <= few {
			rows[others] = append(rows[others], r)
		} else if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return append(names, others), rows
}

// TestRoutesAreDocumented holds the page of routes to the table.
func TestRoutesAreDocumented(t *testing.T) {
	var page strings.Builder
	page.WriteString(routesIntroduction)
	names, rows := families()
	for _, name := range names {
		fmt.Fprintf(&page, "\n## %s\n\n| request | operation | needs | response | releases |\n|---|---|---|---|---|\n", name)
		for _, r := range rows[name] {
			needs := strings.ReplaceAll(r.Needs, "|", `\|`)
			fmt.Fprintf(&page, "| `%s %s` | %s | %s | %s | %s |\n", r.Method, r.Path, r.Operation, needs, r.Response, span(r.Releases))
		}
	}
	golden.Compare(t, routesPage, page.String())
}

// span is the first and the last of the releases, and those between them that lack it.
func span(releases []string) string {
	if len(releases) == 0 {
		return ""
	}
	known := mlflow.Releases()
	first, last := slices.Index(known, releases[0]), slices.Index(known, releases[len(releases)-1])
	text := known[first]
	if last > first {
		text += "–" + known[last]
	}
	for _, between := range known[first:last] {
		if !slices.Contains(releases, between) {
			text += ", not " + between
		}
	}
	return text
}
