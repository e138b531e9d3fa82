package api

import (
	"cmp"
	"context"
	"slices"

	"extauthz/authz"
	"extauthz/store"
)

// listUsers is open to whoever may use the request's workspace, which is everybody while workspaces are off, as in MLflow: reviewers are
// chosen from it. It names accounts, and shows of their roles what the caller may see: the own ones, and those in workspaces that the
// caller manages.
func (o *operations) listUsers(ctx context.Context, c caller, in noInput) ([]account, error) {
	if err := cmp.Or(o.mayListUsers(ctx, c), in.refuse()); err != nil {
		return nil, err
	}
	roles, err := o.visibleRoles(ctx, c)
	if err != nil {
		return nil, err
	}
	var users []account
	for u, err := range o.store.Users(ctx) {
		if err != nil {
			return nil, err
		}
		users = append(users, account{User: u, Roles: roles[u.ID]})
	}
	slices.SortFunc(users, func(a, b account) int { return cmp.Compare(a.ID, b.ID) })
	return users, nil
}

func (o *operations) mayListUsers(ctx context.Context, c caller) error {
	if c.MustChangePassword || c.Unbounded() {
		return c.mustBeUsable()
	}
	check, err := o.decider.Decide(ctx, unrestricted(c), authz.CanUse, authz.WorkspaceNamed(c.Workspace))
	if err == nil && !check.Met {
		err = denied("this needs USE on the workspace %s.", c.Workspace)
	}
	return err
}

// unrestricted is the caller without what narrows the credential: who may be seen does not depend on that.
func unrestricted(c caller) authz.Principal {
	p := c.Principal
	p.Scope = nil
	return p
}

// visibleRoles are the roles of each user that the caller may see, in the order of their ids.
func (o *operations) visibleRoles(ctx context.Context, c caller) (map[uint64][]role, error) {
	of, managed := map[uint64][]role{}, o.managedBy(c)
	for r, err := range o.store.Roles(ctx) {
		if err != nil {
			return nil, err
		}
		all, err := managed.has(ctx, r.Workspace)
		if err != nil {
			return nil, err
		}
		if own := slices.Contains(c.Roles, r.ID); !all && !own {
			continue
		}
		whole, err := o.whole(ctx, r)
		if err != nil {
			return nil, err
		}
		if err := o.addTo(ctx, of, whole, func(user uint64) bool { return all || user == c.UserID }); err != nil {
			return nil, err
		}
	}
	return of, nil
}

func (o *operations) addTo(ctx context.Context, of map[uint64][]role, r role, visible func(user uint64) bool) error {
	for a, err := range o.store.Members(ctx, r.ID) {
		if err != nil {
			return err
		}
		if visible(a.UserID) {
			of[a.UserID] = append(of[a.UserID], r)
		}
	}
	return nil
}

// listAccounts tells admins what MLflow's list has no place for.
func (o *operations) listAccounts(ctx context.Context, c caller, in noInput) ([]store.User, error) {
	if err := cmp.Or(c.mustBeAdmin(), in.refuse()); err != nil {
		return nil, err
	}
	var users []store.User
	for u, err := range o.store.Users(ctx) {
		if err != nil {
			return nil, err
		}
		users = append(users, u)
	}
	slices.SortFunc(users, func(a, b store.User) int { return cmp.Compare(a.ID, b.ID) })
	return users, nil
}
