package credential

import (
	"github.com/maypok86/otter/v2"
	"github.com/maypok86/otter/v2/stats"
)

// verified remembers which credential was proved against which stored hash. Nothing else: not the principal, which is read afresh, and
// never a failure. What it says is true for ever, so entries are dropped only to bound the memory.
type verified struct{ hashes *otter.Cache[seal, string] }

func newVerified(size int) (verified, error) {
	c, err := otter.New(&otter.Options[seal, string]{MaximumSize: size, StatsRecorder: stats.NewCounter()})
	return verified{hashes: c}, err
}

// holds reports whether the credential was proved against exactly this stored hash. The comparison need not take constant time: only
// who sent a password that was right once gets this far.
func (v verified) holds(s seal, passwordHash string) bool {
	if passwordHash == "" {
		return false
	}
	hash, ok := v.hashes.GetIfPresent(s)
	return ok && hash == passwordHash
}

// holdsNow is holds in the middle of a verification, which has been counted as a miss already.
func (v verified) holdsNow(s seal, passwordHash string) bool {
	entry, ok := v.hashes.GetEntryQuietly(s)
	return ok && passwordHash != "" && entry.Value == passwordHash
}

func (v verified) remember(s seal, passwordHash string) { v.hashes.Set(s, passwordHash) }
