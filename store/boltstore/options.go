package boltstore

import (
	"time"

	"extauthz/store"
)

// Options are the choices when opening a store. The zero value is right for production.
type Options struct {
	// LockTimeout is how long to wait for another process to let go of the file: 2 s when zero.
	LockTimeout time.Duration
	// InitialMmapSize is how much address space to map at once: 256 MiB when zero. While the file is smaller, it grows without remapping;
	// remapping waits for all readers to finish, and new readers wait behind it.
	InitialMmapSize int
	// MaxSize limits the file, in bytes. Beyond it writes fail with store.ErrReadOnly. Zero is no limit but the disk's.
	MaxSize int
	// AcceptOlder takes the store as it is, though its revision file is missing, damaged or remembers a later revision. Only for restoring
	// a backup on purpose: every grant and password change since is lost.
	AcceptOlder bool
	// Now is the clock of audit records: time.Now when nil.
	Now func() time.Time
	// OnAudit gets every audit record after its transaction is on disk, in order, while the next write waits: it must be quick and must not
	// write to the store. It is for a second stream; a process that is killed in between has the record in the store alone.
	OnAudit func(store.Audit)

	// Committed, when set, is told of each write: how long the disk took to make it durable, and the error if it did not.
	Committed func(took time.Duration, err error)

	readOnly bool // to look at a file that nothing writes
	noSync   bool // tests only: a write does not wait for the disk
	pageSize int  // tests only: small pages make deep trees
}

func (o Options) withDefaults() Options {
	if o.LockTimeout == 0 {
		o.LockTimeout = 2 * time.Second
	}
	if o.InitialMmapSize == 0 {
		o.InitialMmapSize = 256 << 20
	}
	if o.Committed == nil {
		o.Committed = func(time.Duration, error) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}
