package store

import "errors"

// Sentinels, to be matched with errors.Is.
var (
	ErrNotFound  = errors.New("not found")
	ErrExists    = errors.New("already exists")
	ErrInvalid   = errors.New("cannot be stored") // see Validate
	ErrLastAdmin = errors.New("the last admin who can sign in cannot be deleted, demoted or disabled")
	ErrCorrupt   = errors.New("a stored record fails its check value")
	ErrReadOnly  = errors.New("the store cannot be written") // no space, I/O error: reads go on
	ErrLocked    = errors.New("the store is in use by another process")
	ErrMissing   = errors.New("the store does not exist")
	ErrStale     = errors.New("the store is older than one seen before")
	ErrSchema    = errors.New("the store has a schema that this build does not know")
)
