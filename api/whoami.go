package api

import (
	"cmp"
	"context"
	"errors"

	"extauthz/store"
)

// self is what callers are told about themselves.
type self struct {
	caller
	Roles      []store.Role
	Credential *store.Credential // the token or access key that was used; nil for other credentials
}

// whoAmI says more than MLflow's currentUser: how the caller has signed in, with which token, and which roles that brings.
func (o *operations) whoAmI(ctx context.Context, c caller, in noInput) (self, error) {
	if err := cmp.Or(c.mustOwn(c.Username), in.refuse()); err != nil {
		return self{}, err
	}
	me := self{caller: c}
	for _, id := range c.Roles {
		r, err := o.store.RoleByID(ctx, id)
		if err == nil {
			me.Roles = append(me.Roles, r)
		} else if !errors.Is(err, store.ErrNotFound) {
			return self{}, err
		}
	}
	for one, err := range o.store.Credentials(ctx, c.UserID) {
		if err != nil {
			return self{}, err
		}
		if one.ID == c.CredentialID {
			me.Credential = &one
		}
	}
	return me, nil
}

// roleName names a role to whoever need not see what it holds.
type roleName struct {
	ID        uint64 `json:"id"`
	Name      string `json:"name"`
	Workspace string `json:"workspace"`
}

func roleNameOf(r store.Role) roleName {
	return roleName{ID: r.ID, Name: r.Name, Workspace: r.Workspace}
}

func oneself(_ noInput, me self) any {
	object := map[string]any{
		"user":                 briefUser{ID: me.UserID, IsAdmin: me.Admin, Username: me.Username},
		"method":               string(me.Method),
		"must_change_password": me.MustChangePassword,
		"roles":                objects(me.Roles, roleNameOf),
		"credential":           nil,
	}
	if me.Credential != nil {
		object["credential"] = aCredential(*me.Credential)
	}
	return object
}
