package main

import (
	"slices"
	"strings"

	"extauthz/authz"
	"extauthz/authz/mlflow"
)

// routeFilter says which rows of the table to print; its zero value says all.
type routeFilter struct{ release, resource, permission string }

func (f routeFilter) routes() ([]route, error) {
	all := allRoutes()
	if err := f.check(all); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(r route) bool { return !f.matches(r) }), nil
}

func allRoutes() []route {
	rows := mlflow.Rows()
	served, all := mlflow.Served(rows), make([]route, len(rows))
	for i := range rows {
		row := &rows[i]
		r := route{
			Method: row.Method, Path: row.Path, Operation: row.Operation, Needs: row.Describe(), Response: string(row.Response),
			Releases: served[i], asks: row.Asks(),
		}
		for _, ask := range r.asks {
			r.Permissions = append(r.Permissions, ask.Permission)
			if ask.Resource != "" {
				r.Resources = append(r.Resources, ask.Resource)
			}
		}
		r.Permissions = slices.Compact(r.Permissions) // asks are sorted by it
		slices.Sort(r.Resources)
		r.Resources = slices.Compact(r.Resources)
		all[i] = r
	}
	return all
}

// matches keeps what is not MLflow's own in every release.
func (f routeFilter) matches(r route) bool {
	if f.release != "" && len(r.Releases) > 0 && !slices.Contains(r.Releases, f.release) {
		return false
	}
	return slices.ContainsFunc(r.asks, func(a mlflow.Ask) bool {
		return (f.resource == "" || f.resource == string(a.Resource)) && (f.permission == "" || f.permission == a.Permission)
	})
}

// check refuses a filter that no row could ever match, and says what it might have been.
func (f routeFilter) check(all []route) error {
	permissions := []string{"READ", "USE", "EDIT", "MANAGE", mlflow.AskAdmin, mlflow.AskAny, mlflow.AskPublic, mlflow.AskAuthAPI, mlflow.AskNobody}
	var resources []string
	for _, r := range all {
		for _, kind := range r.Resources {
			resources = append(resources, string(kind))
		}
	}
	slices.Sort(resources)
	for _, of := range []struct {
		flag, value, what string
		known             []string
	}{
		{"release", f.release, "no supported MLflow release", mlflow.Releases()},
		{"resource", f.resource, "no type of resource", slices.Compact(resources)},
		{"permission", f.permission, "nothing that a row asks for", permissions},
	} {
		if of.value != "" && !slices.Contains(of.known, of.value) && !(of.flag == "resource" && authz.Kind(of.value).Known()) {
			return usage("--%s %q: %s; choose one of %s", of.flag, of.value, of.what, strings.Join(of.known, ", "))
		}
	}
	return nil
}
