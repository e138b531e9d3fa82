package authz

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

func (a *Authorizer) check(ctx context.Context, p Principal, needs []Need) ([]Check, error) {
	if len(needs) == 0 {
		return nil, errors.New("an operation that needs nothing must say who may call it")
	}
	checks := make([]Check, 0, len(needs))
	var found Resolution
	for i, need := range needs {
		if need.As != "" && need.As != p.Username {
			return checks, Refuse(PermissionDenied, "Permission denied: the request gives another username than yours.")
		}
		var err error
		if i == 0 || need.Ref != needs[i-1].Ref || need.Ref.Kind == RefRegisteredModel { // else it was looked up just now
			found, err = a.resolve(ctx, p, need)
		}
		if err != nil {
			return checks, err
		}
		if len(found.Resources) == 0 {
			return checks, errors.New("a resolver found nothing and said so without an error")
		}
		if found.Vacant {
			need = Need{Action: NotDenied, Ref: need.Ref}
			if c, err := a.mayCreate(ctx, p, found); err != nil {
				return append(checks, c), err
			}
			if err := a.mayMake(ctx, p, found.Resources[0]); err != nil {
				return checks, err
			}
		}
		for _, resource := range found.Resources {
			c, err := a.Meets(ctx, p, need, resource)
			c.Met = c.Met && found.allows(need.Only, c.Permission, p.Username)
			checks = append(checks, c)
			if err != nil {
				return checks, err
			}
			if !c.Met {
				return checks, denied(need, c)
			}
		}
	}
	return checks, nil
}

// mayCreate judges making something directly in the workspace where it is to be.
func (a *Authorizer) mayCreate(ctx context.Context, p Principal, found Resolution) (Check, error) {
	c, err := a.Decide(ctx, p, CanUse, WorkspaceNamed(found.Resources[0].Workspace))
	if err == nil && !c.Met {
		err = denied(Need{Ref: Ref{ID: c.Resource.ID}}, c)
	}
	return c, err
}

// resolve tells what governs a need. A name that may be a registered model's or a prompt's is looked up only if that makes a difference:
// when the need is met on both, it does not.
func (a *Authorizer) resolve(ctx context.Context, p Principal, need Need) (Resolution, error) {
	if need.Ref.Kind != RefRegisteredModel {
		return a.resolved(ctx, need.Ref)
	}
	either := need.Ref.In(RegisteredModel, need.Ref.ID).Namesakes()
	for _, resource := range either {
		if c, err := a.Meets(ctx, p, need, resource); err != nil || !c.Met {
			return a.resolved(ctx, need.Ref)
		}
	}
	return Resolution{Resources: either}, nil
}

// allows judges the relation of somebody with that permission.
func (r Resolution) allows(only Relation, held Permission, username string) bool {
	name := strings.ToLower(strings.TrimSpace(username))
	member, owner := slices.Contains(r.Members, name), name != "" && name == r.Owner && held.Allows(CanUpdate)
	switch only {
	case 0:
		return true
	case ToMembers:
		return member
	case ToMembersOrOwner:
		return member || owner || held.Allows(CanManage)
	case ToOwner:
		return owner || held.Allows(CanManage)
	case ToOwnerOfPersonal:
		return owner && !r.Personal || held.Allows(CanManage)
	default:
		return false
	}
}

// denied tells what would have been enough. What a look-up has found is not named: the caller may not know whose the thing is.
func denied(need Need, c Check) error {
	what := c.Resource.String()
	if c.Resource.ID != need.Ref.ID && c.Resource.ID != need.PartID && c.Resource.ID != AnyID {
		what = "the " + string(c.Resource.Kind) + " that this belongs to"
	}
	if c.Permission == Deny {
		return Refuse(PermissionDenied, fmt.Sprintf("Permission denied: DENY is set on %s.", what))
	}
	if c.Scoped {
		return Refuse(OutOfScope, fmt.Sprintf("Permission denied: this needs %s on %s, which this credential was not given.", c.Action.Least(), what))
	}
	return Refuse(PermissionDenied, fmt.Sprintf("Permission denied: this needs %s on %s.", c.Action.Least(), what))
}

// Meets judges a need of a principal on a resource that its Ref resolves to. A part is judged by the grants on it, where there are any, for
// those who may read its container.
func (a *Authorizer) Meets(ctx context.Context, p Principal, need Need, container Resource) (Check, error) {
	if need.Exact {
		return a.exactly(ctx, p, need.Action, container)
	}
	if need.Part == "" {
		return a.Decide(ctx, p, need.Action, container)
	}
	part := Resource{Kind: container.part(need.Part), Workspace: container.Workspace, ID: cmp.Or(need.PartID, AnyID)}
	held, err := a.granted(ctx, p, part)
	if err != nil {
		return Check{Action: need.Action, Resource: part}, err
	}
	own := Check{Action: need.Action, Resource: part, Permission: held}.within(max(p.Scope.Limit(part), p.Scope.Limit(container)))
	if need.Action == NotDenied || need.Alone && held != NoGrant {
		return own, nil
	}
	c, err := a.Decide(ctx, p, cmp.Or(need.Inherited, need.Action), container)
	if err != nil || held == NoGrant {
		return c, err
	}
	if !c.Permission.Allows(CanRead) {
		c.Action, c.Met = CanRead, false
		return c, nil
	}
	if need.Raised && c.Met && held.Allows(CanRead) {
		return c, nil
	}
	return own, nil
}

// exactly judges by what is granted on the resource itself.
func (a *Authorizer) exactly(ctx context.Context, p Principal, action Action, r Resource) (Check, error) {
	c := Check{Action: action, Resource: r, Permission: Manage}
	var err error
	if !p.Admin {
		c.Permission, err = a.held(ctx, p, r)
	}
	if err != nil {
		return Check{Action: action, Resource: r}, err
	}
	return c.within(p.Scope.Limit(r)), nil
}

// Decide judges one action on one resource. Of the grants to the user and the user's roles, on the resource itself and on all of its kind,
// DENY vetoes, else the highest governs; with none it is the default permission. An explicit grant wins over the default both ways. An
// admin holds MANAGE. A credential's scope can only lower what comes of it.
func (a *Authorizer) Decide(ctx context.Context, p Principal, action Action, r Resource) (Check, error) {
	c := Check{Action: action, Resource: r}
	if r.Kind == "" || r.ID == "" || r.Workspace == "" {
		return c, errors.New("a requirement on nothing")
	}
	var err error
	if c.Permission, err = a.granted(ctx, p, r); err != nil {
		return c, err
	}
	if c.Permission == NoGrant || r.Kind == Workspace && !a.Workspaces.On && !p.Admin {
		c.Permission, c.Default = a.absent(p, r), true
	}
	return c.within(p.Scope.Limit(r)), nil
}

// within lowers the permission to limit and judges the action. DENY and NO_PERMISSIONS stay what they are.
func (c Check) within(limit Permission) Check {
	if c.Permission > limit {
		c.Permission, c.Scoped = limit, true
	}
	c.Met = c.Permission.Allows(c.Action)
	return c
}

// absent is the permission on what nothing is granted on.
func (a *Authorizer) absent(p Principal, r Resource) Permission {
	switch {
	case r.Kind == Workspace && !a.Workspaces.On:
		return Use // everybody may create
	case r.Kind == Job, a.Workspaces.On && !(a.Workspaces.DefaultIsShared && r.Workspace == DefaultWorkspace):
		return NoPermissions
	default:
		return cmp.Or(p.Default, a.Default)
	}
}

// granted is what governs of the grants on r itself and on all of its kind; NoGrant when there are none. Whoever manages the workspace
// cannot be restricted in it.
func (a *Authorizer) granted(ctx context.Context, p Principal, r Resource) (Permission, error) {
	if p.Admin {
		return Manage, nil
	}
	if r.Kind != Workspace {
		manager, err := a.held(ctx, p, WorkspaceNamed(r.Workspace))
		if err != nil || manager == Manage {
			return manager, err
		}
	}
	whole, err := a.held(ctx, p, Resource{Kind: r.Kind, Workspace: r.Workspace, ID: AnyID})
	if err != nil || r.ID == AnyID {
		return whole, err
	}
	exact, err := a.held(ctx, p, r)
	return govern(exact, whole), err
}

// held is what governs of the grants on exactly r, to the user and to the user's roles.
func (a *Authorizer) held(ctx context.Context, p Principal, r Resource) (Permission, error) {
	all, err := a.Grants.Permission(ctx, p.UserID, r)
	for _, role := range p.Roles {
		if err != nil {
			break
		}
		var one Permission
		one, err = a.Grants.Permission(ctx, role, r)
		all = govern(all, one)
	}
	return all, storeFailed(err)
}

func govern(one, other Permission) Permission {
	if one == Deny || other == Deny {
		return Deny
	}
	return max(one, other)
}

func storeFailed(err error) error {
	if err == nil {
		return nil
	}
	return &Refusal{Reason: StoreFailed, Text: "The permission store cannot be read; try again later.", Cause: err}
}
