package store

import (
	"errors"
	"testing"

	"extauthz/authz"
)

// TestAZeroValueCannotBeStored: nothing is stored by mistake.
func TestAZeroValueCannotBeStored(t *testing.T) {
	for _, v := range []interface{ Validate() error }{User{}, Grant{}, Role{}, Credential{}} {
		if err := v.Validate(); !errors.Is(err, ErrInvalid) {
			t.Errorf("%T: %v", v, err)
		}
	}
	r := authz.InDefault(authz.Experiment, "1")
	for _, v := range []interface{ Validate() error }{
		User{Username: "alice", PasswordHash: "hash"},
		User{Username: "robot", ServiceAccount: true},
		Grant{Resource: r, Permission: authz.Deny},
		Role{Workspace: "default", Name: "readers"},
		Credential{Kind: Token, Name: "laptop", Key: make([]byte, digestSize)},
		Credential{Kind: AccessKey, Name: "laptop", Key: []byte("AKIA1"), Sealed: []byte("x"), Scope: &authz.Scope{}},
	} {
		if err := v.Validate(); err != nil {
			t.Errorf("%+v: %v", v, err)
		}
	}
}

func TestOnlyWhoCanSignInGoverns(t *testing.T) {
	for _, u := range []User{{}, {Admin: true, Disabled: true}, {Admin: true, ServiceAccount: true}} {
		if u.Governs() {
			t.Errorf("%+v governs", u)
		}
	}
	if !(User{Admin: true}).Governs() {
		t.Error("an admin does not govern")
	}
}
