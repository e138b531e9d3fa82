package envoy

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"

	"extauthz/authz"
)

// Authorizer decides requests.
type Authorizer interface {
	Authorize(ctx context.Context, r authz.Request) authz.Decision
}

// Observer is told every decision, for logs and metrics.
type Observer interface {
	Observe(ctx context.Context, r authz.Request, d authz.Decision)
}

// Checker serves ext_authz's Check. Authorizer and Observer are required.
type Checker struct {
	auth.UnimplementedAuthorizationServer
	Authorizer Authorizer
	Observer   Observer
	// Conceal are further headers that may hold a credential or say who somebody is, in lower case: MLflow must not see them.
	Conceal []string
	// Assert seals who sends a request to one of our own endpoints (credential.Assertions); nil has them verify the credential again.
	Assert func(authz.Principal, authz.Request) (string, error)
}

// Check never returns an error: Envoy would answer for us. A panic denies, also one while translating or logging.
func (c *Checker) Check(ctx context.Context, check *auth.CheckRequest) (response *auth.CheckResponse, _ error) {
	defer func() {
		if p := recover(); p != nil {
			response = answer(verdict(failed(panicked(p)), forward{}), nil)
		}
	}()
	r := Request(check)
	d := c.Decide(ctx, r)
	return answer(c.Verdict(d, r), describe(d, r)), nil
}

// Decide decides a request, whichever proxy asks, and tells the Observer.
func (c *Checker) Decide(ctx context.Context, r authz.Request) authz.Decision {
	d := c.decide(ctx, r)
	c.Observer.Observe(ctx, r, d)
	return d
}

// Verdict is what the proxy is to do after a decision.
func (c *Checker) Verdict(d authz.Decision, r authz.Request) Verdict {
	return verdict(d, c.forward(d, r))
}

func (c *Checker) decide(ctx context.Context, r authz.Request) (d authz.Decision) {
	defer func() {
		if p := recover(); p != nil {
			d = failed(panicked(p))
		}
	}()
	if partial(r) {
		return failed(errors.New("the proxy sends partial bodies: set allow_partial_message to false"))
	}
	if d, refused := misread(r); refused {
		return d
	}
	return c.Authorizer.Authorize(ctx, r)
}

// partial reports a body that Envoy cut off: the upstream would see more than we.
func partial(r authz.Request) bool {
	for _, v := range r.Headers[partialBody] {
		if v != "false" {
			return true
		}
	}
	return false
}

// panicked keeps the value out of the log, which may be made of the request, unless it is the runtime's own.
func panicked(value any) error {
	if err, ok := value.(runtime.Error); ok {
		return fmt.Errorf("panic: %w", err)
	}
	return fmt.Errorf("panic: a %T", value)
}

func failed(cause error) authz.Decision {
	return authz.Decision{Reason: authz.Internal, Text: "The authorization service failed; try again.", Cause: cause}
}
