package api

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"extauthz/authz"
	"extauthz/store"
)

// The two questions that administrators ask: who can do this to that, and what can somebody do. Both are answered as a real request would be
// decided, by a credential without restrictions. Roles that an identity provider's groups bring are known when somebody signs in, not here.

// access is what one user may do with one resource, and why.
type access struct {
	User       store.User
	Resource   authz.Resource
	Permission authz.Permission
	Why        why
}

// question is which action on which resource.
type question struct {
	Action       string     `json:"action" api:"required,enum=read|use|update|delete|manage"`
	ResourceType string     `json:"resource_type" api:"required"`
	ResourceID   identifier `json:"resource_id" api:"required"`
	extra
}

func (in question) action() (authz.Action, error) {
	for a := authz.CanRead; a <= authz.CanManage; a++ {
		if a.String() == in.Action {
			return a, nil
		}
	}
	return 0, invalid("Invalid action %s. Valid actions are: read, use, update, delete, manage", quote(in.Action))
}

// whoCan lists the users who may, in the order of their names. Disabled ones may nothing. It is for who may grant on the resource.
func (o *operations) whoCan(ctx context.Context, c caller, in question) ([]access, error) {
	r, err := patternOf(c.Workspace, in.ResourceType, in.ResourceID)
	if err := cmp.Or(c.mustBeUsable(), err); err != nil {
		return nil, err
	}
	action, err := in.action()
	if err := cmp.Or(o.mayManage(ctx, c, r), in.refuse(), err); err != nil {
		return nil, err
	}
	var all []access
	for u, err := range o.store.Users(ctx) {
		if err != nil {
			return nil, err
		}
		if u.Disabled {
			continue
		}
		one, met, err := o.accessOf(ctx, u, action, r)
		if err != nil && !errors.Is(err, store.ErrNotFound) { // deleted meanwhile
			return nil, err
		}
		if err == nil && met {
			all = append(all, one)
		}
	}
	return all, nil
}

func (o *operations) accessOf(ctx context.Context, u store.User, action authz.Action, r authz.Resource) (access, bool, error) {
	a, err := o.store.AccountByID(ctx, u.ID)
	if err != nil {
		return access{}, false, err
	}
	check, err := o.judge(ctx, a.Principal(), action, r)
	if err != nil || !check.Met {
		return access{}, false, err
	}
	because, err := o.why(ctx, a, check)
	return access{User: a.User, Resource: r, Permission: check.Permission, Why: because}, true, err
}

// judge decides as requests are: a scorer without grants of its own is judged by its experiment.
func (o *operations) judge(ctx context.Context, p authz.Principal, action authz.Action, r authz.Resource) (authz.Check, error) {
	experiment, _, single := strings.Cut(r.ID, "/")
	if r.Kind != authz.Scorer || !single {
		return o.decider.Decide(ctx, p, action, r)
	}
	need := authz.Need{Action: action, Part: authz.Scorer, PartID: r.ID, Alone: true}
	return o.decider.Meets(ctx, p, need, authz.Resource{Kind: authz.Experiment, Workspace: r.Workspace, ID: experiment})
}

// holdings are what a user may do, by all that is granted to the user and the user's roles.
type holdings struct {
	store.User
	// Default is the permission on everything else; NoGrant where the caller is not told.
	Default authz.Permission
	Access  []access
}

// whatCan lists everything that somebody or one of their roles has a grant on, with what comes of it. It is for oneself and admins, whole;
// who manages workspaces sees what the user has in them.
func (o *operations) whatCan(ctx context.Context, c caller, in byName) (holdings, error) {
	shown, err := o.shown(ctx, c, in)
	if err != nil {
		return holdings{}, err
	}
	all, err := o.account(ctx, c, in.Username)
	if err != nil {
		return holdings{}, err
	}
	whole := all.stored()
	h := holdings{User: whole.User}
	if c.is(in.Username) || c.Unbounded() {
		// A holder of nothing meets the default only.
		check, err := o.decider.Decide(ctx, authz.Principal{Username: in.Username, Default: whole.Principal().Default}, authz.CanRead,
			authz.Resource{Kind: authz.Experiment, Workspace: c.Workspace, ID: authz.AnyID})
		if err != nil {
			return holdings{}, err
		}
		h.Default = check.Permission
	}
	for _, r := range shown.resources() {
		check, err := o.judge(ctx, whole.Principal(), authz.CanRead, r)
		if err != nil {
			return holdings{}, err
		}
		because, err := o.why(ctx, whole, check)
		if err != nil {
			return holdings{}, err
		}
		h.Access = append(h.Access, access{User: whole.User, Resource: r, Permission: check.Permission, Why: because})
	}
	return h, nil
}

// stored is the account as decisions know it.
func (a account) stored() store.Account {
	s := store.Account{User: a.User}
	for _, r := range a.Roles {
		s.Roles = append(s.Roles, r.Role)
	}
	slices.SortFunc(s.Roles, func(a, b store.Role) int { return cmp.Compare(a.ID, b.ID) })
	return s
}

// resources are those that the user or a role has a grant on, each once.
func (a account) resources() []authz.Resource {
	var all []authz.Resource
	for _, g := range a.Grants {
		all = append(all, g.Resource)
	}
	for _, r := range a.Roles {
		for _, g := range r.Grants {
			all = append(all, g.Resource)
		}
	}
	slices.SortFunc(all, func(a, b authz.Resource) int {
		return cmp.Or(cmp.Compare(a.Workspace, b.Workspace), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
	})
	return slices.Compact(all)
}
