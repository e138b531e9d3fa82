package boltstore

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"

	"extauthz/authz"
	"extauthz/store"
)

// Digest reads everything in one transaction, as Export does.
func (s *Store) Digest(ctx context.Context) (string, error) {
	return read(ctx, s, func(v *snapshot) (string, error) {
		h := digester{sha256.New()}
		if err := v.tour(ctx, h); err != nil {
			return "", err
		}
		return hex.EncodeToString(h.Sum(nil)), nil
	})
}

// digester hashes what it is shown. Every text has its length before it and every thing a letter, so that no two states are one stream.
type digester struct{ hash.Hash }

func (h digester) thing(letter byte, numbers []uint64, texts ...string) {
	b := []byte{letter}
	for _, n := range numbers {
		b = binary.BigEndian.AppendUint64(b, n)
	}
	for _, text := range texts {
		b = appendText(b, text)
	}
	_, _ = h.Write(b) // never fails
}

func (h digester) user(u store.User) {
	h.thing('u', []uint64{uint64(flagsOf(u))}, u.Username, u.PasswordHash)
}

func (h digester) role(r store.Role) { h.thing('r', []uint64{uint64(r.Default)}, r.Workspace, r.Name) }

func (h digester) assignment(a store.NamedAssignment) {
	h.thing('a', nil, a.Username, a.Role.Workspace, a.Role.Name)
}

func (h digester) grant(g store.NamedGrant) {
	h.thing('g', []uint64{uint64(g.Permission)}, append(namesIn(g.Resource), g.Holder.Username, g.Holder.Role.Workspace, g.Holder.Role.Name)...)
}

// credential includes when it expires, which decides.
func (h digester) credential(c store.NamedCredential) {
	rest := appendTime(appendScope(nil, c.Scope), c.ExpiresAt)
	h.thing('c', nil, c.Username, string(c.Kind), c.Name, string(c.Key), string(c.Sealed), string(rest))
}

func namesIn(r authz.Resource) []string { return []string{string(r.Kind), r.Workspace, r.ID} }
