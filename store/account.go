package store

import "extauthz/authz"

// Account is a user with everything else that a check needs of them, read at one moment.
//
// Roles are ordered by id. They are shared with other readers: whoever wants to change the slice clones it first.
type Account struct {
	User
	Roles []Role
}

// Principal is the user as decisions know one. Whether it may sign in, and how it did, is not in it. The default permission is the highest
// that any of the roles sets.
func (a Account) Principal() authz.Principal {
	p := authz.Principal{UserID: a.ID, Username: a.Username, Admin: a.Admin, MustChangePassword: a.MustChangePassword}
	for _, r := range a.Roles {
		p.Roles = append(p.Roles, r.ID)
		p.Default = max(p.Default, r.Default)
	}
	return p
}
