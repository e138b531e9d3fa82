package store

import (
	"time"

	"extauthz/authz"
)

// Credential is one of the tokens and access keys that a user may have beside the password. What it points to is shared with other
// readers and must not be changed: Key, Sealed and Scope.
type Credential struct {
	ID     uint64 // never given out twice
	UserID uint64
	Kind   CredentialKind
	Name   string // unique among the user's credentials
	// Key is what the credential is looked up by, unique in its kind: the SHA-256 digest of a token, the id of an access key.
	Key []byte
	// Sealed is an access key's secret, encrypted by the caller with a key that the store does not have; nil for a token.
	Sealed     []byte
	Scope      *authz.Scope // nil is everything that the user may do
	CreatedAt  time.Time
	ExpiresAt  time.Time // zero: never. Whether it has expired is the caller's concern
	LastUsedAt time.Time // zero: not yet. See Touch
}

// CredentialKind is what sort of secret it is. The zero value is invalid.
type CredentialKind string

const (
	Token     CredentialKind = "token"
	AccessKey CredentialKind = "access_key"
)

// digestSize is that of SHA-256.
const digestSize = 32
