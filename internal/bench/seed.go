package main

import (
	"context"
	"fmt"
	"strconv"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/store"
	"extauthz/store/boltstore"
)

const (
	users    = 100
	caller   = "user7" // who sends the load: no admin, with a grant on what it asks about
	password = "correct horse battery"
)

// seed creates a store with an admin and with grants that all users share evenly. It returns one experiment that the caller may edit. The
// caller has a token and the access key of known, which gets the token.
func seed(ctx context.Context, path string, grants int, known *secrets) (experiment string, err error) {
	s, err := boltstore.Create(path, boltstore.Options{})
	if err != nil {
		return "", err
	}
	defer s.Close()
	hasher, err := credential.NewHasher(credential.HasherConfig{})
	if err != nil {
		return "", err
	}
	hash, err := hasher.Hash(ctx, password)
	if err != nil {
		return "", err
	}
	if _, err := s.CreateUser(ctx, store.User{Username: "admin", PasswordHash: hash, Admin: true}); err != nil {
		return "", err
	}
	share := max(1, grants/users)
	for i := range users {
		name := fmt.Sprint("user", i)
		u, err := s.CreateUser(ctx, store.User{Username: name, PasswordHash: hash})
		if err != nil {
			return "", err
		}
		if err := s.CreateGrants(ctx, shareOf(u.ID, i*share, share)); err != nil {
			return "", err
		}
		if name == caller {
			experiment = strconv.Itoa(i*share + share/2)
			if err := issue(ctx, s, u.ID, known); err != nil {
				return "", err
			}
		}
	}
	return experiment, nil
}

func shareOf(user uint64, first, count int) []store.Grant {
	list := make([]store.Grant, count)
	for k := range list {
		list[k] = store.Grant{Holder: user, Resource: authz.InDefault(authz.Experiment, strconv.Itoa(first+k)), Permission: authz.Edit}
	}
	return list
}

func issue(ctx context.Context, s *boltstore.Store, user uint64, known *secrets) error {
	token, digest := credential.NewToken()
	known.token = token
	for _, c := range []store.Credential{
		{UserID: user, Kind: store.Token, Name: "token", Key: digest[:]},
		{UserID: user, Kind: store.AccessKey, Name: "key", Key: []byte(known.key.ID), Sealed: known.sealer.Seal(known.key)},
	} {
		if _, err := s.CreateCredential(ctx, c); err != nil {
			return err
		}
	}
	return nil
}
