package app

import (
	"path/filepath"
	"testing"

	"extauthz/authz/credential"
	"extauthz/store"
	"extauthz/store/boltstore"
)

// TestResemble: all accounts' hashes get to the authenticator, and a store that cannot be read is an error.
func TestResemble(t *testing.T) {
	s, err := boltstore.Create(filepath.Join(t.TempDir(), "store.db"), boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	const imported = "pbkdf2:sha256:1$salt$5c3d0b0a5c3d0b0a5c3d0b0a5c3d0b0a5c3d0b0a5c3d0b0a5c3d0b0a5c3d0b0a"
	if _, err := s.CreateUser(t.Context(), store.User{Username: "alice", PasswordHash: imported}); err != nil {
		t.Fatal(err)
	}
	hasher, err := credential.NewHasher(credential.HasherConfig{Cost: credential.Argon2id{MemoryKiB: 64, Time: 1, Threads: 1}})
	if err != nil {
		t.Fatal(err)
	}
	basic, err := credential.NewBasic(credential.Config{Accounts: accounts{s}, Hasher: hasher})
	if err != nil {
		t.Fatal(err)
	}
	if err := resembleNow(t.Context(), s, basic); err != nil || basic.Resembles() != 1 {
		t.Errorf("%d of one account: %v", basic.Resembles(), err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := resembleNow(t.Context(), s, basic); err == nil {
		t.Error("a closed store is no error")
	}
}
