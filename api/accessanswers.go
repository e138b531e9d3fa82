package api

// accessObject is one user's permission on one resource.
type accessObject struct {
	Permission   string    `json:"permission"`
	Reason       whyObject `json:"reason"`
	ResourceID   string    `json:"resource_id"`
	ResourceType string    `json:"resource_type"`
	Username     string    `json:"username"`
	Workspace    string    `json:"workspace"`
}

// whyObject has the resource that a grant is on, and the role whose it is; text is for people.
type whyObject struct {
	By           string          `json:"by"`
	ResourceID   string          `json:"resource_id,omitzero"`
	ResourceType string          `json:"resource_type,omitzero"`
	Role         *roleNameObject `json:"role"`
	Text         string          `json:"text"`
}

func accessObjectOf(a access) accessObject {
	o := accessObject{
		Permission: a.Permission.String(), ResourceID: a.Resource.ID, ResourceType: string(a.Resource.Kind), Username: a.User.Username,
		Workspace: a.Resource.Workspace,
		Reason:    whyObject{By: string(a.Why.By), ResourceID: a.Why.On.ID, ResourceType: string(a.Why.On.Kind), Text: a.Why.String()},
	}
	if a.Why.Role != nil {
		name := roleNameOf(*a.Why.Role)
		o.Reason.Role = &name
	}
	return o
}

type accessListAnswer struct {
	Users []accessObject `json:"users"`
}

func accessList(_ question, all []access) accessListAnswer {
	return accessListAnswer{objects(all, accessObjectOf)}
}

type holdingsAnswer struct {
	DefaultPermission *string        `json:"default_permission"`
	Disabled          bool           `json:"disabled"`
	IsAdmin           bool           `json:"is_admin"`
	Permissions       []accessObject `json:"permissions"`
	Username          string         `json:"username"`
}

func holdingsOf(_ byName, h holdings) holdingsAnswer {
	return holdingsAnswer{
		Username: h.Username, IsAdmin: h.Admin, Disabled: h.Disabled, DefaultPermission: levelOrNull(h.Default),
		Permissions: objects(h.Access, accessObjectOf),
	}
}
