package main

import (
	"slices"
	"strings"

	"extauthz/authz"
)

// resource is what a permission is on, as it is typed: experiment/7, registered_model/churn, experiment/*, workspace/team.
type resource struct{ kind, id, workspace string }

// parseResource splits at the first slash: an id may have others.
func parseResource(text, workspace string) (resource, error) {
	kind, id, ok := strings.Cut(text, "/")
	if !ok || id == "" {
		return resource{}, usage("%q is no resource: write TYPE/ID, for example experiment/7, registered_model/churn or, for all of a type, experiment/*", text)
	}
	if kind = strings.ReplaceAll(kind, "-", "_"); !authz.Kind(kind).Known() {
		return resource{}, usage("%q is no type of resource; choose one of %s", kind, strings.Join(kindNames(), ", "))
	}
	if authz.Kind(kind) != authz.Workspace {
		return resource{kind, id, workspace}, nil
	}
	if id != authz.AnyID && workspace != "" && workspace != id {
		return resource{}, usage("%s and --workspace %s are two workspaces", text, workspace)
	}
	if id != authz.AnyID {
		workspace = id
	}
	return resource{kind, authz.AnyID, workspace}, nil
}

func kindNames() []string {
	var names []string
	for _, k := range authz.Kinds() {
		names = append(names, string(k))
	}
	slices.Sort(names)
	return names
}

func (r resource) String() string {
	if r.kind == string(authz.Workspace) && r.workspace != "" {
		return r.kind + "/" + r.workspace
	}
	return qualified(r.kind+"/"+r.id, r.workspace)
}

// permissionNamed takes lower case as well: nobody means anything else by it.
func permissionNamed(text string) (string, error) {
	p, err := authz.ParsePermission(strings.ReplaceAll(strings.ToUpper(text), "-", "_"))
	if err != nil {
		return "", usage("%q is no permission; choose READ, USE, EDIT, MANAGE, NO_PERMISSIONS or DENY", text)
	}
	return p.String(), nil
}
