package authz

import (
	"context"
	"errors"
	"fmt"
)

// Authorizer decides requests. All fields but Intents are required; without Intents every create, rename and delete is refused.
type Authorizer struct {
	Authenticator Authenticator
	Mapper        Mapper
	Resolver      Resolver
	Grants        Grants
	Intents       Intents
	// Default is the permission on resources that nothing is granted on. The zero value allows nothing.
	Default Permission
}

// Authorize decides one request. It never fails: whatever goes wrong is a denial with a reason. A context that is done denies, too.
func (a *Authorizer) Authorize(ctx context.Context, r Request) Decision {
	d := a.decide(ctx, r)
	if err := ctx.Err(); err != nil && d.Effect == Allowed {
		return deny(d, err)
	}
	return d
}

func (a *Authorizer) decide(ctx context.Context, r Request) Decision {
	op, mapErr := a.Mapper.Map(r)
	d := Decision{Operation: op, Mapped: op.Access != 0}
	if mapErr == nil && op.Access == AccessPublic {
		return allow(d, Public)
	}
	var err error
	if d.Principal, err = a.Authenticator.Authenticate(ctx, r); err != nil {
		return deny(d, err)
	}
	if !d.Principal.Known() {
		return deny(d, errors.New("the authenticator returned nobody"))
	}
	if err := restricted(d.Principal, op); err != nil {
		return deny(d, err)
	}
	if mapErr != nil {
		return a.unmapped(d, mapErr)
	}
	return a.judge(ctx, d, r)
}

// restricted keeps an account with a known default password from doing anything but changing it.
func restricted(p Principal, op Operation) error {
	if !p.MustChangePassword || op.Access == AccessOwnPassword {
		return nil
	}
	return Refuse(MustChangePassword,
		"This account still has MLflow's documented default password. Change it first: PATCH /api/2.0/mlflow/users/update-password.")
}

// unmapped lets an admin reach what no row names, so that a new MLflow release stays usable. Every other refusal of the Mapper is about
// a request that can be read in two ways, and holds for admins as well.
func (a *Authorizer) unmapped(d Decision, err error) Decision {
	if d.Principal.Admin && asRefusal(err).Reason == UnmappedRoute {
		return allow(d, IsAdmin)
	}
	return deny(d, err)
}

func (a *Authorizer) judge(ctx context.Context, d Decision, r Request) Decision {
	var reason Reason
	var err error
	switch {
	case !d.Mapped:
		err = errors.New("an operation without access")
	case d.Operation.Access == AccessAuthAPI || d.Operation.Access == AccessOwnPassword:
		return allow(d, Delegated)
	case d.Principal.Admin:
		reason = IsAdmin
	case d.Operation.Access == AccessAdmin:
		err = Refuse(AdminOnly, "Permission denied: only an admin may call "+d.Operation.Name+".")
	case d.Operation.Access == AccessAuthenticated && len(d.Operation.Needs) == 0:
		reason = Authenticated
	case d.Operation.Access == AccessAuthenticated || d.Operation.Access == AccessGranted:
		reason = Granted
		d.Checks, err = a.check(ctx, d.Principal, d.Operation.Needs)
	default:
		err = errors.New("an operation with an access that is none")
	}
	if err == nil {
		err = a.prepareResponse(ctx, &d, r)
	}
	if err != nil {
		return deny(d, err)
	}
	return allow(d, reason)
}

// prepareResponse refuses what needs a response that we would not see, and records the intent of a change before it happens.
func (a *Authorizer) prepareResponse(ctx context.Context, d *Decision, r Request) error {
	if d.Operation.Response == "" || d.Principal.Admin && d.Operation.Response == Filters {
		return nil
	}
	if !r.Proxy.FiltersResponse {
		return Refuse(UnfilteredResponse,
			"The proxy does not pass the response of "+d.Operation.Name+" through extauthz (ext_proc). Its route needs what `extauthz envoy-config` renders.")
	}
	if d.Operation.Response == Filters {
		return nil
	}
	if a.Intents == nil {
		return errors.New("no place to record intents")
	}
	var err error
	d.IntentID, err = a.Intents.Begin(ctx, d.Principal, d.Operation)
	return err
}

func (a *Authorizer) check(ctx context.Context, p Principal, needs []Need) ([]Check, error) {
	if len(needs) == 0 {
		return nil, errors.New("an operation that needs nothing must say who may call it")
	}
	checks := make([]Check, 0, len(needs))
	for _, need := range needs {
		resource, err := a.Resolver.Resolve(ctx, need.Ref)
		if err != nil {
			return checks, err
		}
		c, err := a.meets(ctx, p.UserID, need, resource)
		checks = append(checks, c)
		if err != nil {
			return checks, err
		}
		if !c.Met {
			return checks, denied(c)
		}
	}
	return checks, nil
}

// denied tells what would have been enough.
func denied(c Check) error {
	if c.Permission == Deny {
		return Refuse(PermissionDenied, fmt.Sprintf("Permission denied: DENY is set on %s.", c.Resource))
	}
	return Refuse(PermissionDenied, fmt.Sprintf("Permission denied: this needs %s on %s.", c.Action.Least(), c.Resource))
}

// meets judges a need. A part is judged by the grants on its kind, where there are any, for those who may read its container.
func (a *Authorizer) meets(ctx context.Context, userID uint64, need Need, container Resource) (Check, error) {
	c, err := a.Decide(ctx, userID, need.Action, container)
	if err != nil || need.Part == "" {
		return c, err
	}
	parts := Resource{Kind: need.Part, Workspace: container.Workspace, ID: AnyID}
	p, err := a.Grants.Permission(ctx, userID, parts)
	if err != nil {
		return c, storeFailed(err)
	}
	if p == NoGrant {
		return c, nil
	}
	if !c.Permission.Allows(CanRead) {
		c.Action, c.Met = CanRead, false
		return c, nil
	}
	return Check{Action: need.Action, Resource: parts, Permission: p, Met: p.Allows(need.Action)}, nil
}

// Decide judges one action of a user who is not an admin on one resource. Of the grants on the resource itself and on all of its kind,
// DENY vetoes, else the highest governs; with none it is the default permission. An explicit grant wins over the default both ways.
func (a *Authorizer) Decide(ctx context.Context, userID uint64, action Action, r Resource) (Check, error) {
	c := Check{Action: action, Resource: r}
	if r.Kind == "" || r.ID == "" || r.Workspace == "" {
		return c, errors.New("a requirement on nothing")
	}
	exact, err := a.Grants.Permission(ctx, userID, r)
	if err != nil {
		return c, storeFailed(err)
	}
	r.ID = AnyID
	whole, err := a.Grants.Permission(ctx, userID, r)
	if err != nil {
		return c, storeFailed(err)
	}
	c.Permission = govern(exact, whole)
	if c.Permission == NoGrant {
		c.Permission, c.Default = a.Default, true
	}
	c.Met = c.Permission.Allows(action)
	return c, nil
}

func govern(exact, whole Permission) Permission {
	if exact == Deny || whole == Deny {
		return Deny
	}
	return max(exact, whole)
}

func storeFailed(err error) error {
	return &Refusal{Reason: StoreFailed, Text: "The permission store cannot be read; try again later.", Cause: err}
}
