package api

import (
	"strings"

	"extauthz/authz/mlflow"
	"extauthz/store"
)

type newRole struct {
	Name        string  `json:"name" api:"required,name"`
	Workspace   string  `json:"workspace" api:"required,min=2,max=63"`
	Description *string `json:"description" api:"max=1024"`
	extra
}

type byRole struct {
	RoleID number `json:"role_id" api:"required"`
	extra
}

// changedRole has pointers: what is absent stays as it is.
type changedRole struct {
	byRole
	Name        *string `json:"name" api:"name"`
	Description *string `json:"description" api:"max=1024"`
}

// hiddenPrefix begins the names of the roles on which MLflow keeps what is granted to a user directly.
const hiddenPrefix = "__user_"

func checkRoleName(name string) error {
	switch {
	case strings.TrimSpace(name) == "":
		return invalid("Role name cannot be empty.")
	case strings.HasPrefix(name, hiddenPrefix):
		return invalid("Role name %s uses the reserved '%s' prefix, which is held for the per-user permission representation. "+
			"Choose a different name.", quote(name), hiddenPrefix)
	default:
		return named("name", name)
	}
}

func checkWorkspace(name string) error {
	if mlflow.CanonicalWorkspace(name) {
		return nil
	}
	return invalid("Invalid workspace %s: it must be %s.", quote(name), mlflow.FormWorkspace)
}

func checkDescription(text *string) error {
	if text == nil || *text == "" {
		return nil
	}
	return named("description", *text)
}

func (in changedRole) apply(r *store.Role) {
	if in.Name != nil {
		r.Name = *in.Name
	}
	if in.Description != nil {
		r.Description = *in.Description
	}
}

func (in changedRole) check() error {
	if in.Name == nil && in.Description == nil {
		return invalid("At least one of 'name' or 'description' must be provided to update a role.")
	}
	if in.Name != nil {
		if err := checkRoleName(*in.Name); err != nil {
			return err
		}
	}
	return checkDescription(in.Description)
}
