package store

import (
	"context"
	"io"
	"iter"
	"time"

	"extauthz/authz"
)

// Store is the contract of every backend. All methods are safe for concurrent use. storetest.Run proves a backend.
type Store interface {
	Reader
	Writer
	RoleReader
	RoleWriter
	CredentialReader
	CredentialWriter
	AuditTrail
	Transfer
	Intents
	io.Closer
}

// Reader is what deciding needs, and what administrators look at. A damaged record is ErrCorrupt.
//
// The iterators read some records at a time and hold nothing while their consumer works: each portion is one consistent view, and what is
// written between two portions may or may not be seen. An error ends the iteration.
type Reader interface {
	// The three accounts are on the path of every check. Each is one consistent view: a user with the roles and, for a key, the credential
	// that belong together. ErrNotFound for an unknown name, id or key. Whether a user is Disabled or a credential has expired is the caller's
	// concern. LastUsedAt of the credential need not be current.
	AccountByName(ctx context.Context, username string) (Account, error)
	AccountByID(ctx context.Context, userID uint64) (Account, error)
	AccountByKey(ctx context.Context, kind CredentialKind, key []byte) (Account, Credential, error)

	// UserByName returns ErrNotFound for an unknown name.
	UserByName(ctx context.Context, username string) (User, error)
	// UserByID returns ErrNotFound for an unknown id, a role's among them.
	UserByID(ctx context.Context, id uint64) (User, error)
	// Users yields all users ordered by username.
	Users(ctx context.Context) iter.Seq2[User, error]
	// Permission returns the grant of the holder on exactly this resource, authz.NoGrant when there is none. On the path of every check.
	// It does not look at the roles of a user: they hold their grants themselves.
	Permission(ctx context.Context, holder uint64, r authz.Resource) (authz.Permission, error)
	// GrantAt returns the whole grant of the holder on exactly this resource. ErrNotFound.
	GrantAt(ctx context.Context, holder uint64, r authz.Resource) (Grant, error)
	// GrantByID returns ErrNotFound for an unknown id, and for 0.
	GrantByID(ctx context.Context, id uint64) (Grant, error)
	// GrantsOf yields the holder's grants, each once, in an order that a write of other grants does not change.
	GrantsOf(ctx context.Context, holder uint64) iter.Seq2[Grant, error]
	// GrantsOn yields the grants of all holders on exactly this resource, ordered by holder.
	GrantsOn(ctx context.Context, r authz.Resource) iter.Seq2[Grant, error]
	// Revision counts the writes ever made. It only grows.
	Revision(ctx context.Context) (uint64, error)
}

// Writer changes the store. Each call is one transaction: all of it happens, with its audit record, and is durable, or none of it.
// A disk that refuses the write is ErrReadOnly; what Validate refuses is ErrInvalid.
type Writer interface {
	// CreateUser assigns the ID. ErrExists if the username is taken.
	CreateUser(ctx context.Context, u User) (User, error)
	// UpdateUser applies change to the stored user and writes it back. ID and Username cannot be changed. An error of change is returned
	// as it is and nothing is written; change must not write to the store. ErrNotFound; ErrLastAdmin when nobody who Governs would be left.
	UpdateUser(ctx context.Context, username string, change func(*User) error) (User, error)
	// RenameUser keeps the id, and with it grants, roles and credentials. ErrExists if newName is taken; ErrNotFound. Renaming to the same
	// name is no error and no write.
	RenameUser(ctx context.Context, oldName, newName string) (User, error)
	// DeleteUser also deletes the user's grants, assignments and credentials. ErrNotFound; ErrLastAdmin.
	DeleteUser(ctx context.Context, username string) error

	// CreateGrant assigns the ID, which GrantAt tells. ErrExists when the holder has a grant on that resource, ErrNotFound when neither a
	// user nor a role has that id.
	CreateGrant(ctx context.Context, g Grant) error
	// UpdateGrant is ErrNotFound when there is nothing to update.
	UpdateGrant(ctx context.Context, g Grant) error
	// SetGrant creates the grant or changes its permission, and returns what it was: NoGrant when there was none. The same permission again
	// is no write. ErrNotFound when neither a user nor a role has that id.
	SetGrant(ctx context.Context, g Grant) (before authz.Permission, err error)
	// DeleteGrant is ErrNotFound when there is nothing to delete.
	DeleteGrant(ctx context.Context, holder uint64, r authz.Resource) error

	// The next three are about what r's name stands for, and so about each of r.Namesakes: whatever was granted on one of them goes the
	// same way as what was granted on r. Grants of roles are treated like those of users; those on authz.AnyID stay.

	// Own deletes every grant on exactly r and gives owner MANAGE: what a create means. MLflow can reuse a numeric experiment id after
	// `mlflow gc`, and anyone can reuse a deleted model's name, so what was granted before must not apply. ErrNotFound when owner is no
	// user's id; ErrInvalid for authz.AnyID, here and in Move.
	Own(ctx context.Context, r authz.Resource, owner uint64) error
	// Move carries every grant on from over to to, replacing what was granted on to: what a rename means. No grant on either, or from
	// being to, is no error and no write. ErrInvalid for two kinds.
	Move(ctx context.Context, from, to authz.Resource) error
	// Forget deletes every grant on exactly r: what a delete means. Forgetting nothing is no error and no write.
	Forget(ctx context.Context, r authz.Resource) error
	// ForgetWorkspace deletes every grant in that workspace, those on it as a whole among them, and its roles: what deleting it means.
	// Forgetting nothing is no error and no write.
	ForgetWorkspace(ctx context.Context, workspace string) error
}

// RoleReader looks at roles and at who has them.
type RoleReader interface {
	// RoleByID returns ErrNotFound for an unknown id, a user's among them.
	RoleByID(ctx context.Context, id uint64) (Role, error)
	RoleByName(ctx context.Context, workspace, name string) (Role, error)
	// Roles yields all roles of all workspaces ordered by id.
	Roles(ctx context.Context) iter.Seq2[Role, error]
	// AssignmentsOf yields the user's assignments ordered by role id; none for an unknown user.
	AssignmentsOf(ctx context.Context, userID uint64) iter.Seq2[Assignment, error]
	// Members yields the assignments of a role ordered by user id; none for an unknown role.
	Members(ctx context.Context, roleID uint64) iter.Seq2[Assignment, error]
}

// RoleWriter changes roles and who has them, as Writer does.
type RoleWriter interface {
	// CreateRole assigns the ID. ErrExists if the name is taken in the workspace.
	CreateRole(ctx context.Context, r Role) (Role, error)
	// UpdateRole is to roles what UpdateUser is to users. ID and Workspace cannot be changed, the name can. ErrExists, ErrNotFound.
	UpdateRole(ctx context.Context, id uint64, change func(*Role) error) (Role, error)
	// DeleteRole also deletes the role's grants and assignments. ErrNotFound.
	DeleteRole(ctx context.Context, id uint64) error
	// Assign gives the role to the user. ErrExists if the user has it; ErrNotFound when there is no such user or role.
	Assign(ctx context.Context, userID, roleID uint64) (Assignment, error)
	// Unassign is ErrNotFound when the user does not have the role.
	Unassign(ctx context.Context, userID, roleID uint64) error
}

// CredentialReader looks at tokens and access keys.
type CredentialReader interface {
	// Credentials yields the user's credentials ordered by id; none for an unknown user. LastUsedAt is current.
	Credentials(ctx context.Context, userID uint64) iter.Seq2[Credential, error]
	// CredentialByKey returns ErrNotFound for an unknown key. LastUsedAt is current.
	CredentialByKey(ctx context.Context, kind CredentialKind, key []byte) (Credential, error)
}

// CredentialWriter changes tokens and access keys, as Writer does.
type CredentialWriter interface {
	// CreateCredential assigns the ID. ErrExists if the user has a credential of that name, or anybody one with that key; ErrNotFound when
	// there is no such user. LastUsedAt is ignored.
	CreateCredential(ctx context.Context, c Credential) (Credential, error)
	// DeleteCredential is ErrNotFound when the user has no such credential.
	DeleteCredential(ctx context.Context, userID, id uint64) error
	// Touch notes when credentials were last used, by their ids, in one transaction. A time only moves forward, and ids that are gone are
	// ignored. It changes nothing that decides: no Revision, no audit record.
	Touch(ctx context.Context, used map[uint64]time.Time) error
}

// AuditTrail is what happened. Changes write their records themselves.
type AuditTrail interface {
	// AppendAudit adds records of what is no change, such as failed sign-ins, in one transaction and in this order. It gives each its Seq,
	// and the time to those that have none. It is no write that the Revision counts.
	AppendAudit(ctx context.Context, records ...Audit) error
	// AuditLog yields the records that q asks for, newest first.
	AuditLog(ctx context.Context, q AuditQuery) iter.Seq2[Audit, error]
	// PruneAudit deletes the records from before olderThan, up to the first that is not, and returns how many those were. That it did is a
	// record, too. It is no write that the Revision counts, and may take several transactions.
	PruneAudit(ctx context.Context, olderThan time.Time) (n int, err error)
}

// Transfer moves whole states.
type Transfer interface {
	// Digest is the SHA-256, in hex, of everything that decides: users, roles, assignments, grants and credentials by their names, without
	// ids, descriptions and the times that do not decide. Two stores with one digest decide the same.
	Digest(ctx context.Context) (string, error)
	// Export returns everything in one consistent view, ordered by names.
	Export(ctx context.Context) (Snapshot, error)
	// Import applies the snapshot in one transaction, all or nothing, with one audit record for each change. First it deletes what the
	// snapshot says. Users and roles that exist are then updated to what it says, those that do not are created; grants are set,
	// roles assigned; a credential replaces the user's of the same name. Nothing else is deleted. An empty PasswordHash keeps the stored one
	// (but of a service account), a zero CreatedAt likewise.
	//
	// ErrNotFound for a name that neither the snapshot nor the store knows; ErrExists for a credential's key that is somebody else's;
	// ErrLastAdmin; ErrInvalid. Importing what is there already is no error and no write.
	Import(ctx context.Context, s Snapshot) error
}

// Intents remembers changes of MLflow that are under way. Recording one must survive the process being killed, and waits for no fsync,
// since it is on the path of a check.
type Intents interface {
	// PutIntent records i, in the place of one with the same ID. An empty ID is ErrInvalid.
	PutIntent(ctx context.Context, i Intent) error
	// DeleteIntent of an unknown id is no error.
	DeleteIntent(ctx context.Context, id string) error
	// Intents returns those not deleted, oldest first.
	Intents(ctx context.Context) ([]Intent, error)
}
