package main

import (
	"errors"
	"os"

	"extauthz/internal/client"
)

// loginTokenName is what the token of this machine's login is called; signing in again replaces it.
func loginTokenName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "an unnamed host"
	}
	return "login on " + host
}

// renewToken issues the token of that name anew, in the place of an older one.
func renewToken(s session, name string, life lifetime) (string, error) {
	if err := revokeToken(s, name); err != nil {
		return "", err
	}
	var made madeToken
	err := s.call("POST", ours+"tokens/create", newToken{Name: name, ExpiresIn: life.seconds()}, &made)
	return made.Token, err
}

// revokeToken is content when there is none.
func revokeToken(s session, name string) error {
	err := s.call("DELETE", ours+"tokens/delete", map[string]string{"name": name}, nil)
	if refused, ok := errors.AsType[*client.Error](err); ok && refused.Status == 404 {
		return nil
	}
	return err
}

// newToken asks for a token or an access key.
type newToken struct {
	Username  string          `json:"username,omitzero"`
	Name      string          `json:"name"`
	ExpiresIn *int64          `json:"expires_in,omitzero"`
	ReadOnly  bool            `json:"read_only,omitzero"`
	Resources []ceilingAnswer `json:"resources,omitzero"`
}

type madeToken struct {
	Token      string           `json:"token"`
	Username   string           `json:"username"`
	Credential credentialAnswer `json:"credential"`
}
