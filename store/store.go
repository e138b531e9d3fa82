package store

import (
	"context"
	"io"
	"iter"

	"extauthz/authz"
)

// Store is the contract of every backend. All methods are safe for concurrent use. storetest.Run proves a backend.
type Store interface {
	Reader
	Writer
	Intents
	io.Closer
}

// Reader is what deciding needs, and what administrators look at. A damaged record is ErrCorrupt.
//
// The iterators read some records at a time and hold nothing while their consumer works: each portion is one consistent view, and what is
// written between two portions may or may not be seen. An error ends the iteration.
type Reader interface {
	// UserByName returns ErrNotFound for an unknown name. It is on the path of every check.
	UserByName(ctx context.Context, username string) (User, error)
	// Users yields all users ordered by username.
	Users(ctx context.Context) iter.Seq2[User, error]
	// Permission returns the grant of the user on exactly this resource, authz.NoGrant when there is none. On the path of every check.
	Permission(ctx context.Context, userID uint64, r authz.Resource) (authz.Permission, error)
	// GrantsOf yields the user's grants, each once, in an order that a write of other grants does not change.
	GrantsOf(ctx context.Context, userID uint64) iter.Seq2[Grant, error]
	// GrantsOn yields the grants of all users on exactly this resource, ordered by user id.
	GrantsOn(ctx context.Context, r authz.Resource) iter.Seq2[Grant, error]
	// Revision counts the writes ever made. It only grows.
	Revision(ctx context.Context) (uint64, error)
}

// Writer changes the store. Each call is one transaction: all of it happens and is durable, or none of it.
// A disk that refuses the write is ErrReadOnly; what Validate refuses is ErrInvalid.
type Writer interface {
	// CreateUser assigns the ID. ErrExists if the username is taken.
	CreateUser(ctx context.Context, u User) (User, error)
	// UpdateUser applies change to the stored user and writes it back. ID and Username cannot be changed. An error of change is returned
	// as it is and nothing is written; change must not write to the store. ErrNotFound; ErrLastAdmin when no admin would be left.
	UpdateUser(ctx context.Context, username string, change func(*User) error) (User, error)
	// DeleteUser also deletes the user's grants. ErrNotFound; ErrLastAdmin.
	DeleteUser(ctx context.Context, username string) error

	// CreateGrant is ErrExists when the user has a grant on that resource, ErrNotFound when there is no user with that id.
	CreateGrant(ctx context.Context, g Grant) error
	// UpdateGrant is ErrNotFound when there is nothing to update.
	UpdateGrant(ctx context.Context, g Grant) error
	// DeleteGrant is ErrNotFound when there is nothing to delete.
	DeleteGrant(ctx context.Context, userID uint64, r authz.Resource) error

	// The next three are about what r's name stands for, and so about each of r.Namesakes: whatever was granted on one of them goes the
	// same way as what was granted on r.

	// Own deletes every grant on exactly r and gives owner MANAGE: what a create means. MLflow can reuse a numeric experiment id after
	// `mlflow gc`, and anyone can reuse a deleted model's name, so what was granted before must not apply. ErrNotFound for an unknown owner;
	// ErrInvalid for authz.AnyID, here and in Move.
	Own(ctx context.Context, r authz.Resource, owner uint64) error
	// Move carries every grant on from over to to, replacing what was granted on to: what a rename means. No grant on either, or from
	// being to, is no error and no write. ErrInvalid for two kinds.
	Move(ctx context.Context, from, to authz.Resource) error
	// Forget deletes every grant on exactly r: what a delete means. Forgetting nothing is no error and no write.
	Forget(ctx context.Context, r authz.Resource) error
	// ForgetWorkspace deletes every grant in that workspace, those on it as a whole among them: what deleting it means. Forgetting nothing
	// is no error and no write.
	ForgetWorkspace(ctx context.Context, workspace string) error
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
