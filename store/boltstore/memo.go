package boltstore

import (
	"strings"
	"sync/atomic"

	"github.com/maypok86/otter/v2"
	"github.com/maypok86/otter/v2/stats"

	"extauthz/authz"
	"extauthz/store"
)

const (
	rememberedGrants = 100_000
	rememberedUsers  = 10_000
)

// memo remembers what reads on the path of a check have found, so that asking again costs no transaction. Every answer belongs to a
// generation of the store, and every write begins a new one before it returns: an answer is never older than the last write that anybody
// knows to have happened, and nothing has to be invalidated.
type memo struct {
	generation atomic.Uint64
	grants     *otter.Cache[grantAt, authz.Permission]
	users      *otter.Cache[userAt, store.User]
}

type grantAt struct {
	generation, userID uint64
	resource           authz.Resource
}

type userAt struct {
	generation uint64
	username   string
}

func newMemo() (*memo, error) {
	grants, err := otter.New(&otter.Options[grantAt, authz.Permission]{MaximumSize: rememberedGrants, StatsRecorder: stats.NewCounter()})
	if err != nil {
		return nil, err
	}
	users, err := otter.New(&otter.Options[userAt, store.User]{MaximumSize: rememberedUsers, StatsRecorder: stats.NewCounter()})
	return &memo{grants: grants, users: users}, err
}

// RememberedGrants says how often a read on the path of a check found a grant remembered, how often it had to read the file, and how many
// answers are kept, those of older generations among them.
func (s *Store) RememberedGrants() (hits, misses uint64, entries int) {
	c := s.memo.grants.Stats()
	return c.Hits, c.Misses, s.memo.grants.EstimatedSize()
}

// RememberedUsers is RememberedGrants of accounts.
func (s *Store) RememberedUsers() (hits, misses uint64, entries int) {
	c := s.memo.users.Stats()
	return c.Hits, c.Misses, s.memo.users.EstimatedSize()
}

// own copies the strings, which may be parts of a request.
func (k grantAt) own() grantAt {
	k.resource = authz.Resource{
		Kind: authz.Kind(strings.Clone(string(k.resource.Kind))), Workspace: strings.Clone(k.resource.Workspace), ID: strings.Clone(k.resource.ID),
	}
	return k
}
