package authz

import "context"

// Authenticator turns the request's credential into a Principal. It returns a *Refusal (Unauthenticated, Throttled, StoreFailed) for
// anything else, never a zero Principal with a nil error.
type Authenticator interface {
	Authenticate(ctx context.Context, r Request) (Principal, error)
}

// Grants reads what has been granted. Permission is the grant to the holder, a user or a role, on exactly this resource; NoGrant when there
// is none.
type Grants interface {
	Permission(ctx context.Context, holder uint64, r Resource) (Permission, error)
}

// PageTokens judges the page token of a search whose answer is filtered. It returns a *Refusal (InvalidParameter) for one that the
// principal was not given for this very search, and nil when there is none.
type PageTokens interface {
	Admit(p Principal, op Operation) error
}
