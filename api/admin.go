package api

import (
	"cmp"
	"context"
	"errors"

	"extauthz/store"
)

// adminFlag needs a pointer: false and absent are two things.
type adminFlag struct {
	Username string `json:"username" api:"required,name"`
	IsAdmin  *bool  `json:"is_admin" api:"required"`
	extra
}

func (in adminFlag) check() error {
	if err := cmp.Or(in.refuse(), named("username", in.Username)); err != nil {
		return err
	}
	if in.IsAdmin == nil {
		return required("is_admin", "")
	}
	return nil
}

func (o *operations) updateAdmin(ctx context.Context, c caller, in adminFlag) (nothing, error) {
	if err := cmp.Or(c.mustBeAdmin(), in.check()); err != nil {
		return nothing{}, err
	}
	u, err := o.store.UpdateUser(ctx, in.Username, func(u *store.User) error {
		u.Admin = *in.IsAdmin
		return nil
	})
	if err != nil {
		return nothing{}, userFailure(in.Username, err)
	}
	o.log.InfoContext(ctx, "admin flag set", "by", c.Username, "user", u.Username, "id", u.ID, "admin", u.Admin)
	return nothing{}, nil
}

// deleteUser takes the user's grants along. MLflow before 3.13 refused to delete who owned any.
func (o *operations) deleteUser(ctx context.Context, c caller, in byName) (nothing, error) {
	if err := cmp.Or(c.mustBeAdmin(), in.refuse(), named("username", in.Username)); err != nil {
		return nothing{}, err
	}
	if c.is(in.Username) {
		return nothing{}, badRequest("Users cannot delete their own account. Ask another admin to delete this user instead.")
	}
	if err := o.store.DeleteUser(ctx, in.Username); err != nil {
		return nothing{}, userFailure(in.Username, err)
	}
	o.log.InfoContext(ctx, "user deleted", "by", c.Username, "user", in.Username)
	return nothing{}, nil
}

func userFailure(username string, err error) error {
	switch {
	case errors.Is(err, store.ErrNotFound):
		return noUser(username)
	case errors.Is(err, store.ErrLastAdmin):
		return badRequest("User %s is the last admin who can sign in. Make somebody else an admin first.", quote(username))
	default:
		return err
	}
}
