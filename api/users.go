package api

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/store"
)

// byName is the input of operations on one user.
type byName struct {
	Username string `json:"username" api:"required,name"`
	extra
}

type newUser struct {
	Username string `json:"username" api:"required,min=1,max=128"`
	Password string `json:"password" api:"required,min=12,max=1024,format=password"`
	extra
}

// createUser is open to who administers a workspace, too: an account alone may do nothing there.
func (o *operations) createUser(ctx context.Context, c caller, in newUser) (account, error) {
	if err := o.mayCreateUsers(ctx, c); err != nil {
		return account{}, err
	}
	if err := cmp.Or(in.refuse(), named("username", in.Username), required("password", in.Password),
		credential.CheckUsername(in.Username), o.checkPassword(in.Password)); err != nil {
		return account{}, err
	}
	hash, err := o.passwords.Hash(ctx, in.Password)
	if err != nil {
		return account{}, err
	}
	u, err := o.insert(ctx, store.User{Username: in.Username, PasswordHash: hash, CreatedAt: o.now()})
	if err != nil {
		return account{}, err
	}
	o.log.InfoContext(ctx, "user created", "by", c.Username, "user", u.Username, "id", u.ID)
	return account{User: u}, nil
}

func (o *operations) mayCreateUsers(ctx context.Context, c caller) error {
	if c.MustChangePassword || c.Unbounded() {
		return c.mustBeUsable()
	}
	if ok, err := o.managesAny(ctx, c); ok || err != nil {
		return err
	}
	return denied("only an admin, or who manages a workspace, may do this.")
}

func (o *operations) insert(ctx context.Context, u store.User) (store.User, error) {
	o.creating.Lock()
	defer o.creating.Unlock()
	if err := o.free(ctx, u.Username, 0); err != nil {
		return store.User{}, err
	}
	created, err := o.store.CreateUser(ctx, u)
	if errors.Is(err, store.ErrExists) {
		return store.User{}, taken(u.Username)
	}
	return created, err
}

// free reports that nobody but that user has the name, in any spelling.
func (o *operations) free(ctx context.Context, username string, but uint64) error {
	for other, err := range o.store.Users(ctx) {
		switch {
		case err != nil:
			return err
		case other.ID == but:
		case other.Username == username:
			return taken(username)
		case strings.EqualFold(other.Username, username):
			return exists("User (username=%s) already exists, spelt %s: upper and lower case make no difference.", username, quote(other.Username))
		}
	}
	return nil
}

func taken(username string) error { return exists("User (username=%s) already exists.", username) }

func (o *operations) getUser(ctx context.Context, c caller, in byName) (account, error) {
	if err := cmp.Or(named("username", in.Username), c.mustBe(in.Username), in.refuse()); err != nil {
		return account{}, err
	}
	u, err := o.user(ctx, in.Username)
	if err != nil {
		return account{}, err
	}
	grants, err := o.grantsOf(ctx, u.ID)
	return account{User: u, Workspace: c.Workspace, Grants: grants}, err
}

// currentUser tells callers who they are. It is one of the two things that an account with a documented password may do.
func (o *operations) currentUser(_ context.Context, c caller, in noInput) (signedIn, error) {
	if err := cmp.Or(c.mustOwn(c.Username), in.refuse()); err != nil {
		return signedIn{}, err
	}
	return signedIn{User: store.User{ID: c.UserID, Username: c.Username, Admin: c.Admin}, Method: c.Method}, nil
}

// signedIn is a user, and how the user proved it.
type signedIn struct {
	store.User
	Method authz.Method
}
