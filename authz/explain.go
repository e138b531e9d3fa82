package authz

import (
	"context"
	"slices"
)

// Explanation is a Decision with everything that it was made from, in the order in which it was asked.
type Explanation struct {
	Decision Decision
	Found    []Found
	Held     []Held
}

// Found is what was looked up to judge a need.
type Found struct {
	Ref        Ref
	Resolution Resolution
	Err        error // public when it is a *Refusal
}

// Held is what a user or one of the user's roles holds on a resource, or on all of a kind.
type Held struct {
	Holder     uint64
	Resource   Resource
	Permission Permission // NoGrant: nothing
	Supposed   bool       // by whoever asked, and not by the store
}

// Explain decides a request of p as Authorize would, and tells how it came to that. It changes nothing: no intent is recorded. What is supposed
// takes the place of what the store says. That the proxy keeps the promises of its route is taken for granted.
func (a *Authorizer) Explain(ctx context.Context, p Principal, r Request, suppose []Held) Explanation {
	r.Proxy.FiltersResponse = true
	return a.explain(a.Mapper, p, suppose, func(b *Authorizer) Decision { return b.Authorize(ctx, r) })
}

// ExplainOperation is Explain for what a request was taken for when it was decided before.
func (a *Authorizer) ExplainOperation(ctx context.Context, p Principal, r Request, op Operation, suppose []Held) Explanation {
	r.Proxy.FiltersResponse = true
	return a.explain(known{op}, p, suppose, func(b *Authorizer) Decision { return b.Authorize(ctx, r) })
}

func (a *Authorizer) explain(m Mapper, p Principal, suppose []Held, decide func(*Authorizer) Decision) Explanation {
	e := &evidence{grants: a.Grants, resolver: a.Resolver, suppose: suppose}
	b := *a
	b.Authenticator, b.Mapper, b.Grants, b.Resolver, b.Intents, b.PageTokens, b.Report = as{p}, m, e, e, unrecorded{}, anyPage{}, nil
	d := decide(&b)
	return Explanation{Decision: d, Found: e.found, Held: e.held}
}

// evidence writes down what it is asked, and what the answer was.
type evidence struct {
	grants   Grants
	resolver Resolver
	suppose  []Held
	found    []Found
	held     []Held
}

func (e *evidence) Permission(ctx context.Context, holder uint64, r Resource) (Permission, error) {
	h := Held{Holder: holder, Resource: r}
	i := slices.IndexFunc(e.suppose, func(s Held) bool { return s.Holder == holder && s.Resource == r })
	var err error
	if i >= 0 {
		h.Permission, h.Supposed = e.suppose[i].Permission, true
	} else {
		h.Permission, err = e.grants.Permission(ctx, holder, r)
	}
	if err == nil && !slices.Contains(e.held, h) {
		e.held = append(e.held, h)
	}
	return h.Permission, err
}

func (e *evidence) Resolve(ctx context.Context, ref Ref) (Resolution, error) {
	found, err := e.resolver.Resolve(ctx, ref)
	e.found = append(e.found, Found{ref, found, err})
	return found, err
}

// as is an Authenticator that takes the word of whoever asks for an explanation.
type as struct{ Principal }

func (a as) Authenticate(context.Context, Request) (Principal, error) { return a.Principal, nil }

// known is a Mapper of one operation.
type known struct{ op Operation }

func (k known) Map(Request) (Operation, error) { return k.op, nil }

func (k known) Public(Request) bool { return false }

// unrecorded and anyPage stand for what no explanation is about.
type unrecorded struct{}

func (unrecorded) Begin(context.Context, Principal, Operation) (string, error) { return "", nil }

type anyPage struct{}

func (anyPage) Admit(Principal, Operation) error { return nil }
