package boltstore

import (
	"context"
	"errors"
	"iter"
	"time"

	"extauthz/authz"
	"extauthz/store"
)

var errStub = errors.New("not yet")

func stub[T any](yield func(T, error) bool) { var zero T; yield(zero, errStub) }

func (s *Store) AccountByName(context.Context, string) (store.Account, error) {
	return store.Account{}, errStub
}

func (s *Store) AccountByID(context.Context, uint64) (store.Account, error) {
	return store.Account{}, errStub
}

func (s *Store) AccountByKey(context.Context, store.CredentialKind, []byte) (store.Account, store.Credential, error) {
	return store.Account{}, store.Credential{}, errStub
}

func (s *Store) UserByID(context.Context, uint64) (store.User, error) { return store.User{}, errStub }

func (s *Store) GrantAt(context.Context, uint64, authz.Resource) (store.Grant, error) {
	return store.Grant{}, errStub
}

func (s *Store) GrantByID(context.Context, uint64) (store.Grant, error) {
	return store.Grant{}, errStub
}

func (s *Store) RenameUser(context.Context, string, string) (store.User, error) {
	return store.User{}, errStub
}

func (s *Store) SetGrant(context.Context, store.Grant) (authz.Permission, error) { return 0, errStub }

func (s *Store) RoleByID(context.Context, uint64) (store.Role, error) { return store.Role{}, errStub }

func (s *Store) RoleByName(context.Context, string, string) (store.Role, error) {
	return store.Role{}, errStub
}
func (s *Store) Roles(context.Context) iter.Seq2[store.Role, error] { return stub[store.Role] }
func (s *Store) AssignmentsOf(context.Context, uint64) iter.Seq2[store.Assignment, error] {
	return stub[store.Assignment]
}

func (s *Store) Members(context.Context, uint64) iter.Seq2[store.Assignment, error] {
	return stub[store.Assignment]
}

func (s *Store) CreateRole(context.Context, store.Role) (store.Role, error) {
	return store.Role{}, errStub
}

func (s *Store) UpdateRole(context.Context, uint64, func(*store.Role) error) (store.Role, error) {
	return store.Role{}, errStub
}
func (s *Store) DeleteRole(context.Context, uint64) error { return errStub }
func (s *Store) Assign(context.Context, uint64, uint64) (store.Assignment, error) {
	return store.Assignment{}, errStub
}
func (s *Store) Unassign(context.Context, uint64, uint64) error { return errStub }
func (s *Store) Credentials(context.Context, uint64) iter.Seq2[store.Credential, error] {
	return stub[store.Credential]
}

func (s *Store) CredentialByKey(context.Context, store.CredentialKind, []byte) (store.Credential, error) {
	return store.Credential{}, errStub
}

func (s *Store) CreateCredential(context.Context, store.Credential) (store.Credential, error) {
	return store.Credential{}, errStub
}
func (s *Store) DeleteCredential(context.Context, uint64, uint64) error { return errStub }
func (s *Store) Touch(context.Context, map[uint64]time.Time) error      { return errStub }
func (s *Store) AppendAudit(context.Context, ...store.Audit) error      { return errStub }
func (s *Store) AuditLog(context.Context, store.AuditQuery) iter.Seq2[store.Audit, error] {
	return stub[store.Audit]
}
func (s *Store) PruneAudit(context.Context, time.Time) (int, error) { return 0, errStub }
func (s *Store) Digest(context.Context) (string, error)             { return "", errStub }
func (s *Store) Export(context.Context) (store.Snapshot, error)     { return store.Snapshot{}, errStub }
func (s *Store) Import(context.Context, store.Snapshot) error       { return errStub }
func VerifyFile(ctx context.Context, path string) (Report, error)   { return Report{}, errStub }
func Compact(ctx context.Context, source, destination string) error { return errStub }
