package store

import "context"

type actorKey struct{}

// WithActor notes on whose behalf the writes are made; audit records name the actor. It decides nothing.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorOf is the zero Actor, the service itself, when nobody was noted.
func ActorOf(ctx context.Context) Actor {
	a, _ := ctx.Value(actorKey{}).(Actor)
	return a
}
