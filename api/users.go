package api

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"extauthz/authz/credential"
	"extauthz/store"
)

// byName is the input of operations on one user.
type byName struct {
	Username string `json:"username"`
	extra
}

// account is a user with everything granted to it.
type account struct {
	store.User
	Grants []store.Grant
}

type newUser struct {
	Username string `json:"username"`
	Password string `json:"password"`
	extra
}

func (o *operations) createUser(ctx context.Context, c caller, in newUser) (account, error) {
	if err := c.mustBeAdmin(); err != nil {
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

func (o *operations) insert(ctx context.Context, u store.User) (store.User, error) {
	o.creating.Lock()
	defer o.creating.Unlock()
	for other, err := range o.store.Users(ctx) {
		switch {
		case err != nil:
			return store.User{}, err
		case other.Username == u.Username:
			return store.User{}, exists("User (username=%s) already exists.", u.Username)
		case strings.EqualFold(other.Username, u.Username):
			return store.User{}, exists("User (username=%s) already exists, spelt %s: upper and lower case make no difference.",
				u.Username, quote(other.Username))
		}
	}
	created, err := o.store.CreateUser(ctx, u)
	if errors.Is(err, store.ErrExists) {
		return store.User{}, exists("User (username=%s) already exists.", u.Username)
	}
	return created, err
}

func (o *operations) getUser(ctx context.Context, c caller, in byName) (account, error) {
	if err := cmp.Or(named("username", in.Username), c.mustBe(in.Username), in.refuse()); err != nil {
		return account{}, err
	}
	return o.account(ctx, in.Username)
}

func (o *operations) account(ctx context.Context, username string) (account, error) {
	u, err := o.user(ctx, username)
	if err != nil {
		return account{}, err
	}
	a := account{User: u}
	for g, err := range o.store.GrantsOf(ctx, u.ID) {
		if err != nil {
			return account{}, err
		}
		a.Grants = append(a.Grants, g)
	}
	return a, nil
}

// listUsers is open to every user, as in MLflow: reviewers are chosen from it. It names accounts and says nothing of their permissions.
func (o *operations) listUsers(ctx context.Context, c caller, in noInput) ([]store.User, error) {
	if err := cmp.Or(c.mustBeUsable(), in.refuse()); err != nil {
		return nil, err
	}
	var users []store.User
	for u, err := range o.store.Users(ctx) {
		if err != nil {
			return nil, err
		}
		users = append(users, u)
	}
	slices.SortFunc(users, func(a, b store.User) int { return cmp.Compare(a.ID, b.ID) })
	return users, nil
}

// currentUser tells callers who they are. It is one of the two things that an account with a documented password may do.
func (o *operations) currentUser(_ context.Context, c caller, in noInput) (store.User, error) {
	if err := cmp.Or(c.mustOwn(c.Username), in.refuse()); err != nil {
		return store.User{}, err
	}
	return store.User{ID: c.UserID, Username: c.Username, Admin: c.Admin}, nil
}
