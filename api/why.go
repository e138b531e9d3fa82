package api

import (
	"context"
	"fmt"

	"extauthz/authz"
	"extauthz/store"
)

// why is what governs a permission.
type why struct {
	By   ground
	Role *store.Role    // whose grant or default it is; nil for the user's own, and the service's
	On   authz.Resource // what the grant is on: the resource, all of its kind, what it is part of, or its workspace
}

// ground is the sort of reason that somebody has a permission for.
type ground string

const (
	byAdmin   ground = "admin"
	byGrant   ground = "grant"
	byDefault ground = "default"
)

// why finds what a check was decided by, looking where the decision does.
func (o *operations) why(ctx context.Context, a store.Account, check authz.Check) (why, error) {
	switch {
	case a.Admin:
		return why{By: byAdmin}, nil
	case check.Default:
		return whyDefault(a, check.Permission), nil
	}
	for _, on := range decisive(check) {
		for _, h := range holdersOf(a) {
			p, err := o.store.Permission(ctx, h.id, on)
			if err != nil {
				return why{}, err
			}
			if p == check.Permission {
				return why{By: byGrant, Role: h.role, On: on}, nil
			}
		}
	}
	return why{}, fmt.Errorf("no grant explains %s on %s for user %d: it was changed meanwhile", check.Permission, check.Resource, a.ID)
}

// decisive are the resources on which a grant may have decided. MANAGE on the workspace comes before everything in it.
func decisive(check authz.Check) []authz.Resource {
	r := check.Resource
	all := []authz.Resource{r}
	if r.ID != authz.AnyID {
		all = append(all, authz.Resource{Kind: r.Kind, Workspace: r.Workspace, ID: authz.AnyID})
	}
	if r.Kind != authz.Workspace && check.Permission == authz.Manage {
		all = append(all, authz.WorkspaceNamed(r.Workspace))
	}
	return all
}

type holder struct {
	id   uint64
	role *store.Role
}

func holdersOf(a store.Account) []holder {
	all := []holder{{id: a.ID}}
	for i := range a.Roles {
		all = append(all, holder{a.Roles[i].ID, &a.Roles[i]})
	}
	return all
}

// whyDefault names the role whose default takes the place of the service's.
func whyDefault(a store.Account, p authz.Permission) why {
	for i := range a.Roles {
		if a.Roles[i].Default == p {
			return why{By: byDefault, Role: &a.Roles[i]}
		}
	}
	return why{By: byDefault}
}

// String is for people: "role analysts, on every experiment".
func (w why) String() string {
	who := "own"
	if w.Role != nil {
		who = "role " + w.Role.Name
	}
	switch {
	case w.By == byAdmin:
		return "admin"
	case w.By == byDefault && w.Role == nil:
		return "default"
	case w.By == byDefault:
		return "default of " + who
	default:
		return who + onWhat(w.On)
	}
}

// onWhat follows the name of whoever holds a grant.
func onWhat(r authz.Resource) string {
	switch {
	case r.Kind == authz.Workspace:
		return ", on workspace " + r.Workspace
	case r.ID == authz.AnyID:
		return ", on every " + string(r.Kind)
	default:
		return ", on " + r.String()
	}
}
