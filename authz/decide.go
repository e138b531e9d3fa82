package authz

import (
	"context"
	"errors"
	"fmt"
)

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
		c, err := a.Meets(ctx, p.UserID, need, resource)
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

// Meets judges a need of a user who is not an admin, on the resource that its Ref resolves to. A part is judged by the grants on its kind, where there are any, for those who may read its container.
func (a *Authorizer) Meets(ctx context.Context, userID uint64, need Need, container Resource) (Check, error) {
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
