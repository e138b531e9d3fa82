package authz

import "context"

type askerKey struct{}

// WithAsker notes on whose behalf something is done. It decides nothing: whoever is asked on somebody's behalf may bound how much at a time.
func WithAsker(ctx context.Context, userID uint64) context.Context {
	return context.WithValue(ctx, askerKey{}, userID)
}

// Asker is the user's id, 0 for the service itself.
func Asker(ctx context.Context) uint64 {
	userID, _ := ctx.Value(askerKey{}).(uint64)
	return userID
}
