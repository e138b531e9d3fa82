package credential

import "github.com/maypok86/otter/v2"

// verified remembers which credential was proved against which stored hash. Nothing else: not the principal, which is read afresh, and
// never a failure. What it says is true for ever, so entries are dropped only to bound the memory.
type verified struct{ hashes *otter.Cache[seal, string] }

func newVerified(size int) (verified, error) {
	c, err := otter.New(&otter.Options[seal, string]{MaximumSize: size})
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

func (v verified) remember(s seal, passwordHash string) { v.hashes.Set(s, passwordHash) }
