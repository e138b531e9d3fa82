package api

import (
	"slices"
	"strings"

	"extauthz/authz"
)

// dialect is how one generation of MLflow's API speaks of permissions: which it takes, and how it says that there is one or none.
// The texts are formats of the resource's id, the username and the resource's kind.
type dialect struct {
	levels         []authz.Permission
	exists, absent string
}

// experimentDialect and modelDialect are the generation up to 3.12. USE came with 3.9; older clients never send it.
func experimentDialect() *dialect {
	return &dialect{
		levels: []authz.Permission{authz.Read, authz.Use, authz.Edit, authz.Manage, authz.NoPermissions},
		exists: "Experiment permission (experiment_id=%s, username=%s) already exists.",
		absent: "Experiment permission with experiment_id=%s and username=%s not found",
	}
}

func modelDialect() *dialect {
	return &dialect{
		levels: []authz.Permission{authz.Read, authz.Use, authz.Edit, authz.Manage, authz.NoPermissions},
		exists: "Registered model permission (name=%s, username=%s) already exists.",
		absent: "Registered model permission with name=%s and username=%s not found",
	}
}

// grantDialect is the generation from 3.13 on. Its word for "not even the default" is DENY.
func grantDialect() *dialect {
	return &dialect{
		levels: []authz.Permission{authz.Deny, authz.Edit, authz.Manage, authz.Read, authz.Use},
		exists: "Permission for user=%[2]s on resource_type=%[3]s, resource_id=%[1]s already exists.",
		absent: "Permission for user=%[2]s on resource_type=%[3]s, resource_id=%[1]s not found.",
	}
}

func (d *dialect) parse(permission string) (authz.Permission, error) {
	p, err := authz.ParsePermission(permission)
	if err != nil || !slices.Contains(d.levels, p) {
		return authz.NoGrant, invalid("Invalid permission %s. Valid permissions are: (%s)", quote(permission), d.names())
	}
	return p, nil
}

func (d *dialect) names() string {
	var names []string
	for _, p := range d.levels {
		names = append(names, quote(p.String()))
	}
	return strings.Join(names, ", ")
}
