package api

import (
	"cmp"

	"extauthz/authz"
)

// ceiling is the most that a credential may do with one resource, or with all of a kind ("*").
type ceiling struct {
	ResourceType string     `json:"resource_type" api:"required"`
	ResourceID   identifier `json:"resource_id" api:"required"`
	Workspace    string     `json:"workspace"`
	Permission   string     `json:"permission" api:"required,enum=READ|USE|EDIT|MANAGE"`
	extra
}

// mostCeilings bounds what every check of a credential has to look through.
const mostCeilings = 64

// scope is nil when nothing is restricted.
func (in newCredential) scope() (*authz.Scope, error) {
	if !in.ReadOnly && in.Resources == nil {
		return nil, nil
	}
	if len(in.Resources) > mostCeilings {
		return nil, invalid("Invalid value for parameter 'resources': a credential can be for %d of them at most.", mostCeilings)
	}
	scope := &authz.Scope{ReadOnly: in.ReadOnly}
	for _, c := range in.Resources {
		one, err := c.ceiling()
		if err != nil {
			return nil, err
		}
		scope.Ceilings = append(scope.Ceilings, one)
	}
	if !in.ReadOnly && len(scope.Ceilings) == 0 {
		return nil, invalid("Invalid value for parameter 'resources': a credential for nothing is good for nothing. Leave it out for all.")
	}
	return scope, nil
}

func (c ceiling) ceiling() (authz.Ceiling, error) {
	if err := c.refuse(); err != nil {
		return authz.Ceiling{}, err
	}
	r, err := resourceOf("resource_id", c.ResourceType, c.ResourceID)
	if err != nil {
		return authz.Ceiling{}, err
	}
	r.Workspace = cmp.Or(c.Workspace, authz.DefaultWorkspace)
	p, err := authz.ParsePermission(c.Permission)
	if err != nil || p < authz.Read {
		return authz.Ceiling{}, invalid("Invalid permission %s. Valid permissions are: ('READ', 'USE', 'EDIT', 'MANAGE')", quote(c.Permission))
	}
	return authz.Ceiling{Resource: r, Permission: p}, nil
}
