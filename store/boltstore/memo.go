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
	rememberedGrants   = 100_000
	rememberedAccounts = 10_000
)

// memo remembers what reads on the path of a check have found, so that asking again costs no transaction. Every answer belongs to a
// generation of the store, and every write begins a new one before it returns: an answer is never older than the last write that anybody
// knows to have happened, and nothing has to be invalidated.
type memo struct {
	generation atomic.Uint64
	grants     *otter.Cache[grantAt, authz.Permission]
	accounts   *otter.Cache[accountAt, store.Account]
	keys       *otter.Cache[keyAt, keyed]
}

type grantAt struct {
	generation, holder uint64
	resource           authz.Resource
}

// accountAt has a username or an id.
type accountAt struct {
	generation, id uint64
	username       string
}

// keyAt has the key in place, so that asking allocates nothing. Longer keys are not remembered.
type keyAt struct {
	generation uint64
	kind       store.CredentialKind
	size       int
	key        [40]byte
}

type keyed struct {
	account    store.Account
	credential store.Credential
}

func newMemo() (m *memo, err error) {
	m = &memo{}
	if m.grants, err = otter.New(&otter.Options[grantAt, authz.Permission]{MaximumSize: rememberedGrants, StatsRecorder: stats.NewCounter()}); err != nil {
		return nil, err
	}
	if m.accounts, err = otter.New(&otter.Options[accountAt, store.Account]{MaximumSize: rememberedAccounts, StatsRecorder: stats.NewCounter()}); err != nil {
		return nil, err
	}
	m.keys, err = otter.New(&otter.Options[keyAt, keyed]{MaximumSize: rememberedAccounts, StatsRecorder: stats.NewCounter()})
	return m, err
}

// RememberedGrants says how often a read on the path of a check found a grant remembered, how often it had to read the file, and how many
// answers are kept, those of older generations among them.
func (s *Store) RememberedGrants() (hits, misses uint64, entries int) {
	c := s.memo.grants.Stats()
	return c.Hits, c.Misses, s.memo.grants.EstimatedSize()
}

// RememberedAccounts is RememberedGrants of accounts, by name and by id.
func (s *Store) RememberedAccounts() (hits, misses uint64, entries int) {
	c := s.memo.accounts.Stats()
	return c.Hits, c.Misses, s.memo.accounts.EstimatedSize()
}

// RememberedKeys is RememberedGrants of tokens and access keys.
func (s *Store) RememberedKeys() (hits, misses uint64, entries int) {
	c := s.memo.keys.Stats()
	return c.Hits, c.Misses, s.memo.keys.EstimatedSize()
}

// own copies the strings, which may be parts of a request.
func (k grantAt) own() grantAt {
	k.resource = authz.Resource{
		Kind: authz.Kind(strings.Clone(string(k.resource.Kind))), Workspace: strings.Clone(k.resource.Workspace), ID: strings.Clone(k.resource.ID),
	}
	return k
}
