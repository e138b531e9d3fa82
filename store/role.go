package store

import (
	"time"

	"extauthz/authz"
)

// Role holds grants for whoever it is assigned to. Its id is from the users' sequence, so that a grant's holder is one number.
type Role struct {
	ID          uint64
	Workspace   string
	Name        string // unique in its workspace, compared byte for byte
	Description string
	// Default takes the place of the service's default permission for those who have the role; NoGrant leaves that.
	Default   authz.Permission
	CreatedAt time.Time
}

// Assignment gives a role to a user.
type Assignment struct {
	ID     uint64
	UserID uint64
	RoleID uint64
}
