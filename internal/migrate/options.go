package migrate

import "context"

// Options are the decisions of whoever imports. The zero value keeps what the store has.
type Options struct {
	// Rename gives users another name, by the one that they have in MLflow.
	Rename map[string]string
	// Replace lets MLflow's passwords, admin flags and permissions take the place of what the store has.
	Replace bool
	// KeepLost leaves it at what MLflow's upgrade to 3.13 did: it dropped every NO_PERMISSIONS.
	KeepLost bool
	// Passwords finds users who still have a password that everybody knows, and hashes that nothing fits. It may be slow.
	Passwords Passwords
	// Progress is told after each user whose password was looked at.
	Progress func(done, all int)
}

// Passwords verifies. credential.Hasher is one.
type Passwords interface {
	// Verify returns credential.ErrMalformedHash for a hash that cannot be read.
	Verify(ctx context.Context, hash, password string) (bool, error)
}
