package credential

import (
	"context"
	"errors"

	"extauthz/authz"
)

// Scheme is one kind of credential.
type Scheme interface {
	// Presents reports whether the request carries a credential of this kind, be it well-formed or right.
	Presents(r authz.Request) bool
	authz.Authenticator
}

// OneOf accepts whatever kind of credential a request carries, if it is the only one: of two, a proxy and MLflow could each mean another.
// It implements authz.Authenticator. The zero OneOf accepts nobody.
type OneOf struct {
	Authorization []Scheme  // those of the Authorization header; the first that is presented reads it
	Others        []Scheme  // those that come in another way
	Carriers      []Carrier // headers of the operator's choice that carry a token
	// Certificate is what a client certificate says. It may come with another credential, of the same user: MLflow's client can send both.
	// nil takes certificates for nobody's.
	Certificate Scheme
	// Gateway are the path prefixes ("/gateway/") below which X-MLflow-Authorization takes the place of Authorization.
	Gateway []string
}

// Authenticate finds the one credential and has it checked.
func (o *OneOf) Authenticate(ctx context.Context, r authz.Request) (authz.Principal, error) {
	r, header := o.gateway(r)
	r, err := carried(o.Carriers, r)
	if err != nil {
		return authz.Principal{}, Unauthenticated(err)
	}
	p, err := o.authenticate(ctx, r)
	p.Header = header
	return p, err
}

func (o *OneOf) authenticate(ctx context.Context, r authz.Request) (authz.Principal, error) {
	s, err := o.only(r)
	certified := o.Certificate != nil && o.Certificate.Presents(r)
	switch {
	case errors.Is(err, ErrAbsent) && certified:
		return o.Certificate.Authenticate(ctx, r)
	case err != nil:
		return authz.Principal{}, Unauthenticated(err)
	}
	p, err := s.Authenticate(ctx, r)
	if err != nil || !certified {
		return p, err
	}
	return p, o.same(ctx, r, p)
}

// only is the scheme of the one credential.
func (o *OneOf) only(r authz.Request) (Scheme, error) {
	var found Scheme
	if r.Headers.Has("authorization") {
		if found = presented(o.Authorization, r); found == nil {
			return nil, unreadableHeader(r.Headers)
		}
	}
	for _, s := range o.Others {
		if !s.Presents(r) {
			continue
		}
		if found != nil {
			return nil, ErrSeveral
		}
		found = s
	}
	if found == nil {
		return nil, ErrAbsent
	}
	return found, nil
}

func presented(schemes []Scheme, r authz.Request) Scheme {
	for _, s := range schemes {
		if s.Presents(r) {
			return s
		}
	}
	return nil
}

func unreadableHeader(h authz.Headers) error {
	if len(h["authorization"]) > 1 {
		return ErrSeveral
	}
	return malformed("no kind of credential that is accepted here")
}

// same refuses a certificate and another credential of two users.
func (o *OneOf) same(ctx context.Context, r authz.Request, p authz.Principal) error {
	holder, err := o.Certificate.Authenticate(ctx, r)
	if err == nil && holder.UserID != p.UserID {
		err = Unauthenticated(ErrSeveral)
	}
	return err
}
