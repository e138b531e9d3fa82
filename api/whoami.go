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

// roleNameObject names a role to whoever need not see what it holds.
type roleNameObject struct {
	ID        uint64 `json:"id"`
	Name      string `json:"name"`
	Workspace string `json:"workspace"`
}

func roleNameOf(r store.Role) roleNameObject {
	return roleNameObject{ID: r.ID, Name: r.Name, Workspace: r.Workspace}
}

type selfAnswer struct {
	Credential         *credentialObject `json:"credential"`
	Method             string            `json:"method"`
	MustChangePassword bool              `json:"must_change_password"`
	Roles              []roleNameObject  `json:"roles"`
	User               briefUserObject   `json:"user"`
}

func oneself(_ noInput, me self) selfAnswer {
	answer := selfAnswer{
		User: briefUserObject{ID: me.UserID, IsAdmin: me.Admin, Username: me.Username}, Method: string(me.Method),
		MustChangePassword: me.MustChangePassword, Roles: objects(me.Roles, roleNameOf),
	}
	if me.Credential != nil {
		used := aCredential(*me.Credential)
		answer.Credential = &used
	}
	return answer
}
