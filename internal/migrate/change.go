package migrate

// Source is what was read.
type Source struct {
	Dialect  string `json:"dialect"`
	Revision string `json:"revision"`
	Releases string `json:"releases"` // of MLflow, that have this schema
}

// UserChange is a user to be created or changed.
type UserChange struct {
	Username string `json:"username"`
	Was      string `json:"was,omitzero"` // in MLflow, when it is another
	New      bool   `json:"new"`
	Admin    bool   `json:"admin"`
	// MustChangePassword is for those who have a password that everybody knows.
	MustChangePassword bool `json:"must_change_password"`
}

// RoleChange is a role to be created or described anew.
type RoleChange struct {
	Workspace string `json:"workspace"`
	Name      string `json:"name"`
	New       bool   `json:"new"`
}

// Membership is a role that a user will have.
type Membership struct {
	Username  string `json:"username"`
	Workspace string `json:"workspace"`
	Role      string `json:"role"`
}

// Grant is one that will be made, or changed from Before.
type Grant struct {
	Username   string `json:"username,omitzero"` // or else Role
	Role       string `json:"role,omitzero"`
	Workspace  string `json:"workspace"` // of the resource and of the role
	Type       string `json:"resource_type"`
	ID         string `json:"resource_id"`
	Permission string `json:"permission"`
	Before     string `json:"before,omitzero"`
}

// Counts are numbers of things.
type Counts struct {
	Users       int `json:"users"`
	Roles       int `json:"roles"`
	Assignments int `json:"assignments"`
	Grants      int `json:"grants"`
}
