package authz

import "context"

// The steps of a decision, as Authorizer.Steps is told of them.
const (
	StepAuthenticate = "authenticate"
	StepMap          = "map"
	StepDecide       = "decide"
	StepResolve      = "resolve" // part of deciding: what only MLflow knows
)

// begin tells that a step begins. Call what it returns when it has ended.
func (a *Authorizer) begin(ctx context.Context, step string) (context.Context, func()) {
	if a.Steps == nil {
		return ctx, unwatched
	}
	return a.Steps(ctx, step)
}

func unwatched() {}

func (a *Authorizer) authenticate(ctx context.Context, r Request) (Principal, error) {
	ctx, ended := a.begin(ctx, StepAuthenticate)
	defer ended()
	return a.Authenticator.Authenticate(ctx, r)
}

func (a *Authorizer) mapped(ctx context.Context, r Request) (Operation, error) {
	_, ended := a.begin(ctx, StepMap)
	defer ended()
	return a.Mapper.Map(r)
}

func (a *Authorizer) resolved(ctx context.Context, ref Ref) (Resolution, error) {
	ctx, ended := a.begin(ctx, StepResolve)
	defer ended()
	return a.Resolver.Resolve(ctx, ref)
}
