package jwt

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// keys are the public keys of an issuer at one time. They do not change.
type keys struct {
	list   []jose.JSONWebKey
	digest [sha256.Size]byte // of the document that they were read from
}

const (
	maxKeys    = 100
	minRSABits = 2048
	maxRSABits = 8192 // a longer one makes each verification slow
)

// readKeys reads a JWKS document (RFC 7517). What cannot verify signatures (secret and encryption keys, unknown kinds) is left out. A set of
// none is one as well: its issuer has withdrawn every key.
func readKeys(document []byte) (*keys, error) {
	var set struct {
		Keys []jsontext.Value `json:"keys"`
	}
	if err := json.Unmarshal(document, &set); err != nil {
		return nil, fmt.Errorf("no JSON web key set: %w", err)
	}
	if len(set.Keys) > maxKeys {
		return nil, fmt.Errorf("a set of %d keys; %d are read at most", len(set.Keys), maxKeys)
	}
	k := &keys{digest: sha256.Sum256(document)}
	for _, text := range set.Keys {
		var key jose.JSONWebKey
		if err := key.UnmarshalJSON(text); err == nil && verifies(key) {
			k.list = append(k.list, key)
		}
	}
	return k, nil
}

func verifies(key jose.JSONWebKey) bool {
	if !key.IsPublic() || !key.Valid() || key.Use != "" && key.Use != "sig" {
		return false
	}
	for _, a := range algorithms {
		if fits(key, a) {
			return true
		}
	}
	return false
}

// fits says whether a key is for an algorithm: what the key is decides, never what the token says.
func fits(key jose.JSONWebKey, a jose.SignatureAlgorithm) bool {
	if key.Algorithm != "" && key.Algorithm != string(a) {
		return false
	}
	switch k := key.Key.(type) {
	case *rsa.PublicKey:
		bits := k.N.BitLen()
		return (a[:2] == "RS" || a[:2] == "PS") && bits >= minRSABits && bits <= maxRSABits
	case *ecdsa.PublicKey:
		return a == jose.ES256 && k.Curve == elliptic.P256() || a == jose.ES384 && k.Curve == elliptic.P384() || a == jose.ES512 && k.Curve == elliptic.P521()
	case ed25519.PublicKey:
		return a == jose.EdDSA
	default:
		return false
	}
}

// find returns the keys that may have made a signature: those of that id, or the only one that fits when the token names none.
func (k *keys) find(h header) []jose.JSONWebKey {
	var found []jose.JSONWebKey
	for _, key := range k.list {
		if fits(key, h.algorithm) && (h.keyID == "" || key.KeyID == h.keyID) {
			found = append(found, key)
		}
	}
	if h.keyID == "" && len(found) > 1 {
		return nil
	}
	return found
}
