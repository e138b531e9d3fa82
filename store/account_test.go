package store

import (
	"slices"
	"testing"

	"extauthz/authz"
)

func TestPrincipalOfAnAccount(t *testing.T) {
	u := User{ID: 7, Username: "bob", MustChangePassword: true}
	if p := (Account{User: u}).Principal(); p.UserID != 7 || p.Username != "bob" || p.Admin || !p.MustChangePassword || p.Default != authz.NoGrant {
		t.Errorf("without roles: %+v", p)
	}
	p := Account{User: u, Roles: []Role{{ID: 3}, {ID: 8, Default: authz.Edit}, {ID: 9, Default: authz.NoPermissions}}}.Principal()
	if !slices.Equal(p.Roles, []uint64{3, 8, 9}) || p.Default != authz.Edit {
		t.Errorf("with roles: %+v", p)
	}
}
