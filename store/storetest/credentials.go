package storetest

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"extauthz/authz"
	"extauthz/store"
)

func credentialCases() []conformance {
	return []conformance{
		{"ACredentialIsReadBackAsWritten", testCredentialRoundTrip},
		{"AnUnknownKeyIsNotFound", testUnknownKey},
		{"ACredentialsNameIsUniquePerUserAndItsKeyInItsKind", testCredentialUnique},
		{"AnInvalidCredentialIsRefused", testInvalidCredential},
		{"DeleteCredentialEndsItAtOnce", testDeleteCredential},
		{"DeleteUserDeletesTheCredentials", testDeleteUserCredentials},
		{"TouchMovesForwardAndIsNoWrite", testTouch},
	}
}

// token is one whose digest is made of the byte digest.
func token(user uint64, name string, digest byte) store.Credential {
	return store.Credential{UserID: user, Kind: store.Token, Name: name, Key: bytes.Repeat([]byte{digest}, 32)}
}

func accessKey(user uint64, name, id string) store.Credential {
	return store.Credential{UserID: user, Kind: store.AccessKey, Name: name, Key: []byte(id), Sealed: []byte("sealed " + id)}
}

func newCredential(t tester, l *ledger, c store.Credential) store.Credential {
	t.Helper()
	c, err := l.CreateCredential(context.Background(), c)
	check(t, err)
	return c
}

func someScopes() []*authz.Scope {
	ceiling := authz.Ceiling{Resource: authz.Resource{Kind: authz.Experiment, Workspace: "a\x00", ID: authz.AnyID}, Permission: authz.Edit}
	return []*authz.Scope{
		nil,
		{},
		{ReadOnly: true},
		{Ceilings: []authz.Ceiling{ceiling}},
		{ReadOnly: true, Ceilings: []authz.Ceiling{ceiling, {Resource: experiment("7"), Permission: authz.NoPermissions}}},
	}
}

func testCredentialRoundTrip(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann, zone := newUser(t, l, "ann"), time.FixedZone("east", 3600)
	var want []store.Credential
	for i, name := range oddNames() {
		c := token(ann.ID, name, byte(i))
		if i%2 == 0 {
			c = accessKey(ann.ID, name, name)
		}
		c.Scope = someScopes()[i%len(someScopes())]
		if i%3 == 0 {
			c.CreatedAt, c.ExpiresAt = time.Date(2026, 1, 2, 3, 4, 5, i, zone), time.Date(2027, 1, 2, 3, 4, 5, i, zone)
		}
		c.LastUsedAt = time.Now() // ignored
		created := newCredential(t, l, c)
		c.ID, c.CreatedAt, c.ExpiresAt, c.LastUsedAt = created.ID, c.CreatedAt.UTC(), c.ExpiresAt.UTC(), time.Time{}
		equal(t, "what CreateCredential returns", created, c)
		want = append(want, c)
	}
	equal(t, "Credentials", all(t, l.Credentials(ctx, ann.ID)), want)
	bob := newUser(t, l, "bob")
	equal(t, "credentials of the other user", len(all(t, l.Credentials(ctx, bob.ID))), 0)
}

func testUnknownKey(t *testing.T, l *ledger) {
	ctx := context.Background()
	c := newCredential(t, l, accessKey(newUser(t, l, "ann").ID, "laptop", "AKIA1"))
	for _, key := range [][]byte{nil, []byte("AKIA"), []byte("AKIA11"), []byte("akia1"), bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte("k"), 500)} {
		_, err := l.CredentialByKey(ctx, store.AccessKey, key)
		wantErr(t, err, store.ErrNotFound)
		_, _, err = l.AccountByKey(ctx, store.AccessKey, key)
		wantErr(t, err, store.ErrNotFound)
	}
	for _, kind := range []store.CredentialKind{"", store.Token, "access_keyA"} {
		_, _, err := l.AccountByKey(ctx, kind, c.Key)
		wantErr(t, err, store.ErrNotFound)
	}
}

func testCredentialUnique(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann, bob := newUser(t, l, "ann").ID, newUser(t, l, "bob").ID
	newCredential(t, l, token(ann, "laptop", 1))
	newCredential(t, l, token(ann, "Laptop", 2))
	newCredential(t, l, token(bob, "laptop", 3))
	same := accessKey(bob, "key", string(token(ann, "", 1).Key)) // of the other kind
	newCredential(t, l, same)
	for _, c := range []store.Credential{token(ann, "laptop", 4), accessKey(ann, "laptop", "AKIA1"), token(bob, "other", 1)} {
		_, err := l.CreateCredential(ctx, c)
		wantErr(t, err, store.ErrExists)
	}
	role := newRole(t, l, "readers").ID
	for _, id := range []uint64{0, role, 99} {
		_, err := l.CreateCredential(ctx, token(id, "laptop", 5))
		wantErr(t, err, store.ErrNotFound)
	}
}

func testInvalidCredential(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann, long := newUser(t, l, "ann").ID, strings.Repeat("x", store.MaxName+1)
	change := func(c store.Credential, how func(*store.Credential)) store.Credential { how(&c); return c }
	key, tok := accessKey(ann, "a", "AKIA1"), token(ann, "a", 1)
	for _, c := range []store.Credential{
		{},
		token(ann, "", 1), token(ann, long, 1), accessKey(ann, "a", ""), accessKey(ann, "a", long),
		change(tok, func(c *store.Credential) { c.Key = c.Key[:31] }),
		change(tok, func(c *store.Credential) { c.Sealed = []byte("secret") }),
		change(tok, func(c *store.Credential) { c.Kind = "password" }),
		change(key, func(c *store.Credential) { c.Sealed = nil }),
		change(key, func(c *store.Credential) { c.Sealed = []byte(long) }),
		change(key, func(c *store.Credential) { c.Scope = &authz.Scope{Ceilings: []authz.Ceiling{{}}} }),
		change(key, func(c *store.Credential) {
			c.Scope = &authz.Scope{Ceilings: []authz.Ceiling{{Resource: experiment("1"), Permission: authz.Manage + 1}}}
		}),
	} {
		_, err := l.CreateCredential(ctx, c)
		wantErr(t, err, store.ErrInvalid)
	}
	newCredential(t, l, key)
}

func testDeleteCredential(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann, bob := newUser(t, l, "ann").ID, newUser(t, l, "bob").ID
	c := newCredential(t, l, token(ann, "laptop", 1))
	a, read, err := l.AccountByKey(ctx, c.Kind, c.Key)
	check(t, err)
	equal(t, "AccountByKey", []any{a.Username, read}, []any{"ann", c})
	wantErr(t, l.DeleteCredential(ctx, bob, c.ID), store.ErrNotFound)
	wantErr(t, l.DeleteCredential(ctx, ann, c.ID+1), store.ErrNotFound)
	check(t, l.DeleteCredential(ctx, ann, c.ID))
	wantErr(t, l.DeleteCredential(ctx, ann, c.ID), store.ErrNotFound)
	_, _, err = l.AccountByKey(ctx, c.Kind, c.Key)
	wantErr(t, err, store.ErrNotFound)
	if again := newCredential(t, l, token(bob, "laptop", 1)); again.ID <= c.ID {
		t.Errorf("credential %d after %d", again.ID, c.ID)
	}
	a, _, err = l.AccountByKey(ctx, c.Kind, c.Key)
	check(t, err)
	equal(t, "whose it is now", a.Username, "bob")
}

func testDeleteUserCredentials(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann, bob := newUser(t, l, "ann").ID, newUser(t, l, "bob").ID
	gone := newCredential(t, l, token(ann, "laptop", 1))
	newCredential(t, l, accessKey(ann, "key", "AKIA1"))
	kept := newCredential(t, l, token(bob, "laptop", 2))
	check(t, l.DeleteUser(ctx, "ann"))
	_, _, err := l.AccountByKey(ctx, gone.Kind, gone.Key)
	wantErr(t, err, store.ErrNotFound)
	again := newUser(t, l, "ann").ID
	equal(t, "credentials", len(all(t, l.Credentials(ctx, again)))+len(all(t, l.Credentials(ctx, ann))), 0)
	equal(t, "the other's", all(t, l.Credentials(ctx, bob)), []store.Credential{kept})
}

func testTouch(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann := newUser(t, l, "ann").ID
	first, second := newCredential(t, l, token(ann, "a", 1)), newCredential(t, l, accessKey(ann, "b", "AKIA1"))
	at := time.Date(2026, 5, 6, 7, 8, 9, 10, time.UTC)
	revision, err := l.Revision(ctx)
	check(t, err)
	check(t, l.Touch(ctx, nil))
	check(t, l.Touch(ctx, map[uint64]time.Time{first.ID: at, second.ID: at.Add(time.Hour), 99: at}))
	check(t, l.Touch(ctx, map[uint64]time.Time{first.ID: at.Add(time.Minute), second.ID: at}))
	first.LastUsedAt, second.LastUsedAt = at.Add(time.Minute), at.Add(time.Hour)
	equal(t, "Credentials", all(t, l.Credentials(ctx, ann)), []store.Credential{first, second})
	after, err := l.Revision(ctx)
	check(t, err)
	equal(t, "the revision", after, revision)
	check(t, l.DeleteCredential(ctx, ann, first.ID))
	check(t, l.Touch(ctx, map[uint64]time.Time{first.ID: at.Add(time.Hour)}))
	equal(t, "Credentials", all(t, l.Credentials(ctx, ann)), []store.Credential{second})
}
