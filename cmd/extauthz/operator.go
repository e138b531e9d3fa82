package main

import (
	"context"
	"errors"
	"os/user"
	"path/filepath"

	"extauthz/api"
	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/internal/client"
	"extauthz/store"
	"extauthz/store/boltstore"
)

// operator is whoever can write the store's file on its machine: an admin there, by the rights on the file. Audit records name the account of
// the operating system, with a colon that no user's name has.
type operator struct{}

// operatorID is no user's: the largest whole number that every reader of JSON has.
const operatorID = 1<<53 - 1

// byFile is the operator's way of proving it.
const byFile authz.Method = "store_file"

func operatorName() string {
	if u, err := user.Current(); err == nil {
		return "os:" + u.Username
	}
	return "os:unknown"
}

// Authenticate asks for nothing: the file has been opened.
func (operator) Authenticate(context.Context, authz.Request) (authz.Principal, error) {
	return authz.Principal{UserID: operatorID, Username: operatorName(), Admin: true, Method: byFile}, nil
}

// asOperator notes the operator in what is written past the admin API.
func asOperator(ctx context.Context) context.Context {
	return store.WithActor(ctx, store.Actor{Username: operatorName(), Method: byFile})
}

// openStoreFile serves the admin API from the file, inside of this process. store.ErrLocked while the service has it.
func openStoreFile(path, workspace string) (*client.Client, func() error, error) {
	s, err := boltstore.Open(path, boltstore.Options{})
	if errors.Is(err, store.ErrLocked) {
		err = errors.Join(err, errors.New("hint: the service is up: without --store the command asks it"))
	}
	if err != nil {
		return nil, nil, err
	}
	hasher, err := credential.NewHasher(credential.HasherConfig{})
	if err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	handler, err := api.New(api.Config{
		Store: s, Authenticator: operator{}, Passwords: newPasswords{hasher}, Workspaces: true,
		Decider: &authz.Authorizer{Grants: s},
	})
	if err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	return client.Over(handler, filepath.Base(path), workspace), s.Close, nil
}

// newPasswords hashes them. The operator has no own one to prove.
type newPasswords struct{ *credential.Hasher }

func (newPasswords) Verify(context.Context, store.User, string) (bool, error) {
	return false, errors.New("the operator has no password")
}
