package sigv4

import (
	"bytes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"
)

// Sealer encrypts the secrets of access keys for the store. The service has to know a secret to check a signature, so it cannot keep a hash; it
// keeps what is worth nothing without a key that is not in the store. A secret is sealed for the id of its access key: exchanged for another's
// in the store, it does not open.
//
// Sealed is the name of the sealing key (4 bytes), a nonce (24) and XChaCha20-Poly1305's ciphertext.
type Sealer struct{ keys []sealingKey }

type sealingKey struct {
	name []byte // derived, so that nobody has to choose one
	aead cipher.AEAD
}

const (
	nameSize   = 4
	minSealing = 32 // bytes
	separator  = "\n"
)

var errSealed = errors.New("the secret of an access key does not open: it is damaged or another's, or the key that sealed it is missing")

// NewSealer takes secrets of at least 32 bytes from outside of the store, the same for all replicas. Every one opens and the first one seals: to
// change it, put a new one in front, Reseal all that is stored, and drop the old one.
func NewSealer(secrets ...[]byte) (*Sealer, error) {
	if len(secrets) == 0 {
		return nil, errors.New("access keys need a secret that encrypts theirs")
	}
	s := &Sealer{}
	for _, secret := range secrets {
		k, err := newSealingKey(secret)
		if err != nil {
			return nil, err
		}
		if s.named(k.name) != nil {
			return nil, errors.New("a secret that encrypts those of access keys is there twice")
		}
		s.keys = append(s.keys, k)
	}
	return s, nil
}

func newSealingKey(secret []byte) (k sealingKey, err error) {
	if len(secret) < minSealing {
		return k, errors.New("a secret that encrypts those of access keys must have at least 32 bytes")
	}
	key, err1 := hkdf.Key(sha256.New, secret, nil, "extauthz: secrets of access keys, version 1", chacha20poly1305.KeySize)
	name, err2 := hkdf.Key(sha256.New, secret, nil, "extauthz: name of the key of access keys, version 1", nameSize)
	if err := errors.Join(err1, err2); err != nil {
		return k, err
	}
	aead, err := chacha20poly1305.NewX(key)
	return sealingKey{name, aead}, err
}

// Seal encrypts the secret and the session token.
func (s *Sealer) Seal(k AccessKey) []byte {
	with := s.keys[0]
	sealed := append(bytes.Clone(with.name), random(with.aead.NonceSize())...)
	return with.aead.Seal(sealed, sealed[nameSize:], []byte(k.Secret+separator+k.SessionToken), []byte(k.ID))
}

// Reseal encrypts with the first sealing key what another one has sealed; changed is false when there is nothing to do.
func (s *Sealer) Reseal(id string, sealed []byte) (fresh []byte, changed bool, err error) {
	k, err := s.open(id, sealed)
	if err != nil || bytes.HasPrefix(sealed, s.keys[0].name) {
		return sealed, false, err
	}
	return s.Seal(k), true, nil
}

func (s *Sealer) open(id string, sealed []byte) (AccessKey, error) {
	if len(sealed) < nameSize+chacha20poly1305.NonceSizeX {
		return AccessKey{}, errSealed
	}
	with := s.named(sealed[:nameSize])
	if with == nil {
		return AccessKey{}, errSealed
	}
	nonce, sealed := sealed[nameSize:nameSize+chacha20poly1305.NonceSizeX], sealed[nameSize+chacha20poly1305.NonceSizeX:]
	text, err := with.Open(nil, nonce, sealed, []byte(id))
	secret, session, whole := strings.Cut(string(text), separator)
	if err != nil || !whole || secret == "" {
		return AccessKey{}, errSealed
	}
	return AccessKey{ID: id, Secret: secret, SessionToken: session}, nil
}

func (s *Sealer) named(name []byte) cipher.AEAD {
	for _, k := range s.keys {
		if bytes.Equal(k.name, name) {
			return k.aead
		}
	}
	return nil
}
