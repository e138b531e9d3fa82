package state

import "time"

// Version is the format's. A document of another is refused.
const Version = 1

// Document is a state, or the part of one that it has sections for.
type Document struct {
	Version int `json:"version" yaml:"version"`
	// Secrets says that the document has every user's password hash and credentials.
	Secrets bool   `json:"secrets,omitzero" yaml:"secrets,omitempty"`
	Users   []User `json:"users,omitzero" yaml:"users"` // nil: nothing is said of users
	Roles   []Role `json:"roles,omitzero" yaml:"roles"` // nil: nothing is said of roles
}

// User is an account with all that it has. What a document leaves out is false, or none.
type User struct {
	Username           string       `json:"username" yaml:"username"`
	Admin              bool         `json:"admin,omitzero" yaml:"admin,omitempty"`
	Disabled           bool         `json:"disabled,omitzero" yaml:"disabled,omitempty"`
	ServiceAccount     bool         `json:"service_account,omitzero" yaml:"service_account,omitempty"`
	MustChangePassword bool         `json:"must_change_password,omitzero" yaml:"must_change_password,omitempty"`
	CreatedAt          time.Time    `json:"created_at,omitzero" yaml:"created_at,omitempty"`       // zero: as it is
	PasswordHash       string       `json:"password_hash,omitzero" yaml:"password_hash,omitempty"` // empty: as it is
	Roles              []RoleName   `json:"roles,omitzero" yaml:"roles,omitempty"`
	Permissions        []Permission `json:"permissions,omitzero" yaml:"permissions,omitempty"`
	Credentials        []Credential `json:"credentials,omitzero" yaml:"credentials,omitempty"`
}

// Role is a role with all that it holds.
type Role struct {
	Name              string       `json:"name" yaml:"name"`
	Workspace         string       `json:"workspace,omitzero" yaml:"workspace,omitempty"` // empty: default
	Description       string       `json:"description,omitzero" yaml:"description,omitempty"`
	DefaultPermission string       `json:"default_permission,omitzero" yaml:"default_permission,omitempty"`
	CreatedAt         time.Time    `json:"created_at,omitzero" yaml:"created_at,omitempty"` // zero: as it is
	Permissions       []Permission `json:"permissions,omitzero" yaml:"permissions,omitempty"`
}

// RoleName names a role that a user has.
type RoleName struct {
	Name      string `json:"name" yaml:"name"`
	Workspace string `json:"workspace,omitzero" yaml:"workspace,omitempty"` // empty: default
}

// Permission is what is granted on a resource.
type Permission struct {
	ResourceType string `json:"resource_type" yaml:"resource_type"`
	ResourceID   string `json:"resource_id" yaml:"resource_id"`
	Workspace    string `json:"workspace,omitzero" yaml:"workspace,omitempty"` // empty: a role's own, default for a user
	Permission   string `json:"permission" yaml:"permission"`
}

// Credential is a token or an access key. Key and Sealed are base64: they are a digest, an id, and an encrypted secret.
type Credential struct {
	Kind      string    `json:"kind" yaml:"kind"`
	Name      string    `json:"name" yaml:"name"`
	Key       string    `json:"key" yaml:"key"`
	Sealed    string    `json:"sealed,omitzero" yaml:"sealed,omitempty"`
	Scope     *Scope    `json:"scope,omitzero" yaml:"scope,omitempty"` // absent: everything that the user may do
	CreatedAt time.Time `json:"created_at,omitzero" yaml:"created_at,omitempty"`
	ExpiresAt time.Time `json:"expires_at,omitzero" yaml:"expires_at,omitempty"` // absent: never
}

// Scope is what a credential is restricted to.
type Scope struct {
	ReadOnly    bool         `json:"read_only,omitzero" yaml:"read_only,omitempty"`
	Permissions []Permission `json:"permissions,omitzero" yaml:"permissions,omitempty"`
}
