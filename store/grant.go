package store

import "extauthz/authz"

// Grant gives one holder one permission on one resource, or on all of a kind when the resource's ID is authz.AnyID.
type Grant struct {
	// ID is given by the store and kept for as long as the grant stands, through updates and moves. It is 0 for a grant written before
	// grants had ids, until it is written again.
	ID         uint64
	Holder     uint64 // a user's or a role's id
	Resource   authz.Resource
	Permission authz.Permission
}
