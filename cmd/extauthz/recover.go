package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"extauthz/authz/credential"
	"extauthz/store"
	"extauthz/store/boltstore"
)

func adminCommandGroup() *cobra.Command {
	return group("admin", "What only whoever has the store's file can do", recoverCommand())
}

func recoverCommand() *cobra.Command {
	var password passwordFlag
	cmd := storeFileCommand("recover USERNAME", "Make an admin who can sign in, when nobody else can", func(f storeFile, args []string) error {
		s, err := boltstore.Open(f.path, boltstore.Options{})
		if err != nil {
			return err
		}
		made, err := recoverAdmin(f.Command, s, args[0], password)
		if err := errors.Join(err, s.Close()); err != nil {
			return err
		}
		what := map[bool]string{true: "created", false: "recovered"}[made]
		return f.tell(f.OutOrStdout(), byUsername{args[0]}, "%s admin %s, with the new password", what, args[0])
	})
	cmd.Long = "Make a user an admin who can sign in with a new password: the one of that name, whatever it was, or a new one. For when no admin can sign in\n" +
		"any more. It works on the store's file while the service is down, and is on record."
	password.flag(cmd)
	return cmd
}

// recoverAdmin reports whether the account is a new one.
func recoverAdmin(cmd *cobra.Command, s *boltstore.Store, username string, password passwordFlag) (made bool, err error) {
	ctx := asOperator(cmd.Context())
	u, err := s.UserByName(ctx, username)
	made = errors.Is(err, store.ErrNotFound)
	switch {
	case made:
		err = freeName(ctx, s, username)
	case err == nil && u.ServiceAccount:
		err = fmt.Errorf("%s is a service account, which never has a password: choose a person's", username)
	}
	if err != nil {
		return made, err
	}
	hash, err := newHash(cmd, username, password)
	if err != nil {
		return made, err
	}
	if made {
		_, err = s.CreateUser(ctx, store.User{Username: username, PasswordHash: hash, Admin: true, CreatedAt: time.Now()})
		return made, err
	}
	_, err = s.UpdateUser(ctx, username, func(u *store.User) error {
		u.PasswordHash, u.Admin, u.Disabled, u.MustChangePassword = hash, true, false, false
		return nil
	})
	return made, err
}

func newHash(cmd *cobra.Command, username string, password passwordFlag) (string, error) {
	secret, err := password.chosen(cmd, username)
	if err != nil {
		return "", err
	}
	if credential.DefaultPassword(secret) {
		return "", errors.New("this password is named in MLflow's documentation; choose another one")
	}
	if err := credential.CheckPassword(secret); err != nil {
		return "", err
	}
	hasher, err := credential.NewHasher(credential.HasherConfig{})
	if err != nil {
		return "", err
	}
	return hasher.Hash(cmd.Context(), secret)
}

// freeName is the rule of the admin API: two names that differ in case only are one.
func freeName(ctx context.Context, s *boltstore.Store, username string) error {
	for other, err := range s.Users(ctx) {
		if err != nil {
			return err
		}
		if strings.EqualFold(other.Username, username) {
			return fmt.Errorf("there is a user %s, spelt like this: upper and lower case make no difference", other.Username)
		}
	}
	return credential.CheckUsername(username)
}
