package api

import (
	"cmp"
	"context"
	"net/http"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/store"
)

type newPassword struct {
	Username        string `json:"username" api:"required,name"`
	Password        string `json:"password" api:"required,min=12,max=1024,format=password"`
	CurrentPassword string `json:"current_password" api:"format=password"`
	extra
}

// updatePassword sets a user's password, one's own or, for an admin, anybody's.
func (o *operations) updatePassword(ctx context.Context, c caller, in newPassword) (nothing, error) {
	if err := cmp.Or(named("username", in.Username), c.mustOwn(in.Username), in.refuse(),
		required("password", in.Password), o.checkPassword(in.Password)); err != nil {
		return nothing{}, err
	}
	u, err := o.user(ctx, in.Username)
	if err != nil {
		return nothing{}, err
	}
	if u.ServiceAccount {
		return nothing{}, badRequest("User %s is a service account, which has no password. Give it a token instead.", quote(u.Username))
	}
	if c.is(in.Username) {
		if err := o.proveOwner(ctx, c, u, in); err != nil {
			return nothing{}, err
		}
	}
	hash, err := o.passwords.Hash(ctx, in.Password)
	if err != nil {
		return nothing{}, err
	}
	if _, err := o.store.UpdateUser(ctx, in.Username, replacePassword(u, hash)); err != nil {
		return nothing{}, userFailure(in.Username, err)
	}
	o.log.InfoContext(ctx, "password changed", "by", c.Username, "user", u.Username, "id", u.ID)
	return nothing{}, nil
}

// proveOwner checks current_password. MLflow's clients up to 3.12 do not know it: they have just sent the current password as their
// credential. A browser adds that credential by itself, for whoever found it unlocked, so there the parameter is required; and so it is with any
// other credential: a stolen token must not become a password, which outlives its expiry and its revocation.
func (o *operations) proveOwner(ctx context.Context, c caller, u store.User, in newPassword) error {
	if in.CurrentPassword == "" {
		if c.Browser || c.Method != authz.ByPassword {
			return invalid("Current password is required when changing your own password.")
		}
		return nil
	}
	ok, err := o.passwords.Verify(ctx, u, in.CurrentPassword)
	switch {
	case err != nil:
		return err
	case !ok:
		return invalid("Current password does not match.")
	case in.Password == in.CurrentPassword:
		return invalid("New password must differ from the current password.")
	default:
		return nil
	}
}

// replacePassword refuses when the password is no longer the one that was looked at: of two changes at a time one must lose, and it must
// not be the later one of a thief whose credential was just replaced.
func replacePassword(seen store.User, hash string) func(*store.User) error {
	return func(u *store.User) error {
		if u.ID != seen.ID || u.ServiceAccount || u.PasswordHash != seen.PasswordHash {
			return &failure{
				status: http.StatusConflict, code: "RESOURCE_CONFLICT",
				text: "The password was changed by another request at the same time; nothing was changed by this one.",
			}
		}
		u.PasswordHash, u.MustChangePassword = hash, false
		return nil
	}
}

// checkPassword is the rule for passwords that somebody chooses: long enough, and not one that MLflow's documentation names.
func (o *operations) checkPassword(password string) error {
	if credential.DefaultPassword(password) && !o.allowDefault {
		return invalid("This password is named in MLflow's documentation; choose another one.")
	}
	return credential.CheckPassword(password)
}
