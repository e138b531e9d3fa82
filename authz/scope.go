package authz

// Scope narrows what a credential may do, of what its user may. The zero Scope allows nothing.
type Scope struct {
	// ReadOnly allows reading and nothing else.
	ReadOnly bool `json:"read_only,omitzero"`
	// Ceilings are the resources that the credential is for, and the most that it may do with each. A resource that none of them names is
	// out of reach, unless there are none and the Scope is ReadOnly.
	Ceilings []Ceiling `json:"ceilings,omitzero"`
}

// Ceiling is the most that a credential may do with a resource, or with all of a kind when its ID is AnyID.
type Ceiling struct {
	Resource   Resource
	Permission Permission
}

// Limit is the most that the credential may do with r: NoPermissions for nothing.
func (s *Scope) Limit(r Resource) Permission {
	if s == nil {
		return Manage
	}
	limit := NoPermissions
	if len(s.Ceilings) == 0 && s.ReadOnly {
		limit = Read
	}
	for _, c := range s.Ceilings {
		if c.names(r) {
			limit = max(limit, c.Permission)
		}
	}
	if s.ReadOnly {
		limit = min(limit, Read)
	}
	return limit
}

func (c Ceiling) names(r Resource) bool {
	return c.Resource.Kind == r.Kind && c.Resource.Workspace == r.Workspace && (c.Resource.ID == r.ID || c.Resource.ID == AnyID)
}
