package store

import "extauthz/authz"

// Snapshot is a state, or a part of one, in which everything is named rather than numbered: what Export gives and Import applies.
// The IDs in it are ignored, and 0 in an export. An export has no LastUsedAt.
type Snapshot struct {
	Users       []User
	Roles       []Role
	Assignments []NamedAssignment
	Grants      []NamedGrant
	Credentials []NamedCredential

	// What Import deletes, before anything else is applied. Deleting what is not there is no error. Permissions are ignored.
	DeleteUsers       []string
	DeleteRoles       []RoleName
	DeleteAssignments []NamedAssignment
	DeleteGrants      []NamedGrant
	DeleteCredentials []CredentialName
}

// RoleName is how a role is called.
type RoleName struct{ Workspace, Name string }

// Holder names who holds a grant: a user when Username is set, else a role.
type Holder struct {
	Username string
	Role     RoleName
}

// NamedAssignment gives a role to a user.
type NamedAssignment struct {
	Username string
	Role     RoleName
}

// NamedGrant is a Grant.
type NamedGrant struct {
	Holder     Holder
	Resource   authz.Resource
	Permission authz.Permission
}

// NamedCredential is a credential of that user.
type NamedCredential struct {
	Username string
	Credential
}

// CredentialName is how a user's credential is called.
type CredentialName struct{ Username, Name string }
