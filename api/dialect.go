package api

import (
	"fmt"
	"slices"
	"strings"

	"extauthz/authz"
)

// dialect is how one generation of MLflow's API speaks of permissions. The zero value is the generation from 3.13 on, for any kind of
// resource; the one up to 3.12 names the kind and its own parameters ("Experiment", "experiment_id=7").
type dialect struct {
	kind, named string
	// workspace says that it is about a workspace as a whole, which knows two levels.
	workspace bool
}

// levels are the permissions that can be given. Each generation has its own word for "not even the default": NO_PERMISSIONS, DENY.
// MLflow knows USE since 3.9; clients before never send it.
func (d dialect) levels() []authz.Permission {
	switch {
	case d.workspace && d.kind == "":
		return []authz.Permission{authz.Manage, authz.Use}
	case d.workspace:
		return []authz.Permission{authz.Use, authz.Manage, authz.NoPermissions}
	case d.kind == "":
		return []authz.Permission{authz.Deny, authz.Edit, authz.Manage, authz.Read, authz.Use}
	default:
		return []authz.Permission{authz.Read, authz.Use, authz.Edit, authz.Manage, authz.NoPermissions}
	}
}

func (d dialect) parse(permission string) (authz.Permission, error) {
	p, err := authz.ParsePermission(permission)
	if err != nil || !slices.Contains(d.levels(), p) {
		return authz.NoGrant, invalid("Invalid permission %s. Valid permissions are: (%s)", quote(permission), d.names())
	}
	return p, nil
}

func (d dialect) names() string {
	var names []string
	for _, p := range d.levels() {
		names = append(names, quote(p.String()))
	}
	return strings.Join(names, ", ")
}

func (d dialect) exists(r authz.Resource, username string) string {
	if d.kind == "" {
		return fmt.Sprintf("Permission for user=%s on resource_type=%s, resource_id=%s already exists.", username, r.Kind, r.ID)
	}
	return fmt.Sprintf("%s permission (%s, username=%s) already exists.", d.kind, d.named, username)
}

func (d dialect) absent(r authz.Resource, username string) string {
	if d.kind == "" {
		return fmt.Sprintf("Permission for user=%s on resource_type=%s, resource_id=%s not found.", username, r.Kind, r.ID)
	}
	return fmt.Sprintf("%s permission with %s and username=%s not found", d.kind, d.named, username)
}
