package store

import "extauthz/authz"

// Grant gives one user one permission on one resource, or on all of a kind when the resource's ID is authz.AnyID.
type Grant struct {
	UserID     uint64
	Resource   authz.Resource
	Permission authz.Permission
}
