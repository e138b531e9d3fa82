package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"extauthz/authz"
	"extauthz/store"
)

func roleCases() []conformance {
	return []conformance{
		{"ARoleIsReadBackAsWritten", testRoleRoundTrip},
		{"ARolesNameIsUniqueInItsWorkspaceByteForByte", testRoleUnique},
		{"UsersAndRolesDrawTheirIDsFromOneSequence", testOneSequence},
		{"AnUnknownRoleIsNotFound", testUnknownRole},
		{"AnInvalidRoleIsRefused", testInvalidRole},
		{"UpdateRoleKeepsIDAndWorkspace", testUpdateRole},
		{"DeleteRoleTakesGrantsAndAssignmentsAlong", testDeleteRole},
		{"AnAccountIsAUserWithTheRolesOrderedByID", testAccountRoles},
		{"AnAccountFollowsEveryWrite", testAccountFollows},
		{"AssignAndUnassignErrors", testAssignErrors},
		{"DeleteUserDeletesTheAssignments", testDeleteUserAssignments},
		{"ForgetWorkspaceDeletesItsRoles", testForgetWorkspaceRoles},
		{"OwnMoveAndForgetTreatGrantsOfRolesLikeAnyOther", testGrantsOfRoles},
	}
}

func newRole(t tester, l *ledger, name string) store.Role {
	t.Helper()
	r, err := l.CreateRole(context.Background(), store.Role{Workspace: authz.DefaultWorkspace, Name: name})
	check(t, err)
	return r
}

func assign(t tester, l *ledger, user, role uint64) store.Assignment {
	t.Helper()
	a, err := l.Assign(context.Background(), user, role)
	check(t, err)
	return a
}

func testRoleRoundTrip(t *testing.T, l *ledger) {
	ctx := context.Background()
	zone := time.FixedZone("east", 3600)
	var want []store.Role
	for i, name := range oddNames() {
		r := store.Role{Workspace: oddNames()[(i+1)%len(oddNames())], Name: name, Description: name + "!", Default: authz.Permission(i % 7)}
		r.CreatedAt = time.Date(2026, 1, 2, 3, 4, 5, i, zone)
		created, err := l.CreateRole(ctx, r)
		check(t, err)
		r.ID, r.CreatedAt = created.ID, r.CreatedAt.UTC()
		equal(t, "what CreateRole returns", created, r)
		want = append(want, r)
	}
	equal(t, "Roles", all(t, l.Roles(ctx)), want)
	for range l.Roles(ctx) {
		break // stopping early is allowed
	}
}

func testRoleUnique(t *testing.T, l *ledger) {
	ctx := context.Background()
	newRole(t, l, "readers")
	newRole(t, l, "Readers")
	other := store.Role{Workspace: "team", Name: "readers"}
	r, err := l.CreateRole(ctx, other)
	check(t, err)
	_, err = l.CreateRole(ctx, other)
	wantErr(t, err, store.ErrExists)
	_, err = l.CreateRole(ctx, store.Role{Workspace: "team", Name: "writers"})
	check(t, err)
	_, err = l.UpdateRole(ctx, r.ID, func(r *store.Role) error { r.Name = "writers"; return nil })
	wantErr(t, err, store.ErrExists)
}

func testOneSequence(t *testing.T, l *ledger) {
	ctx := context.Background()
	last := uint64(0)
	for i := range 6 {
		var id uint64
		if i%2 == 0 {
			id = newUser(t, l, "ann").ID
			check(t, l.DeleteUser(ctx, "ann"))
		} else {
			id = newRole(t, l, "readers").ID
			check(t, l.DeleteRole(ctx, id))
		}
		if id <= last {
			t.Errorf("id %d after %d", id, last)
		}
		last = id
	}
}

func testUnknownRole(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann, r := newUser(t, l, "ann"), newRole(t, l, "readers")
	for _, id := range []uint64{0, ann.ID, r.ID + 1, ^uint64(0)} {
		_, err := l.RoleByID(ctx, id)
		wantErr(t, err, store.ErrNotFound)
		_, err = l.UpdateRole(ctx, id, func(*store.Role) error { t.Error("change was called"); return nil })
		wantErr(t, err, store.ErrNotFound)
		wantErr(t, l.DeleteRole(ctx, id), store.ErrNotFound)
		equal(t, "members", len(all(t, l.Members(ctx, id))), 0)
	}
	for _, name := range [][2]string{{"", "readers"}, {"default", ""}, {"default", "reader"}, {"defaul", "treaders"}} {
		_, err := l.RoleByName(ctx, name[0], name[1])
		wantErr(t, err, store.ErrNotFound)
	}
	for _, id := range []uint64{0, r.ID} {
		_, err := l.UserByID(ctx, id)
		wantErr(t, err, store.ErrNotFound)
		_, err = l.AccountByID(ctx, id)
		wantErr(t, err, store.ErrNotFound)
	}
}

func testInvalidRole(t *testing.T, l *ledger) {
	ctx := context.Background()
	long := strings.Repeat("x", store.MaxName+1)
	for _, r := range []store.Role{
		{},
		{Name: "a"},
		{Workspace: "w"},
		{Workspace: "w", Name: long},
		{Workspace: long, Name: "a"},
		{Workspace: "w", Name: "a", Description: long},
		{Workspace: "w", Name: "a", Default: authz.Manage + 1},
	} {
		_, err := l.CreateRole(ctx, r)
		wantErr(t, err, store.ErrInvalid)
	}
	r, err := l.CreateRole(ctx, store.Role{Workspace: long[1:], Name: long[1:], Description: long[1:]})
	check(t, err)
	_, err = l.UpdateRole(ctx, r.ID, func(r *store.Role) error { r.Name = ""; return nil })
	wantErr(t, err, store.ErrInvalid)
}

func testUpdateRole(t *testing.T, l *ledger) {
	ctx := context.Background()
	r := newRole(t, l, "readers")
	updated, err := l.UpdateRole(ctx, r.ID, func(r *store.Role) error {
		r.ID, r.Workspace = 99, "team"
		r.Name, r.Description, r.Default = "writers", "they write", authz.Edit
		return nil
	})
	check(t, err)
	r.Name, r.Description, r.Default = "writers", "they write", authz.Edit
	equal(t, "what UpdateRole returns", updated, r)
	equal(t, "Roles", all(t, l.Roles(ctx)), []store.Role{r})
	_, err = l.RoleByName(ctx, authz.DefaultWorkspace, "readers")
	wantErr(t, err, store.ErrNotFound)
	refused := errors.New("refused")
	_, err = l.UpdateRole(ctx, r.ID, func(r *store.Role) error { r.Name = "x"; return refused })
	if err != refused {
		t.Errorf("error is %v, want the change's own", err)
	}
}

func testDeleteRole(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann, bob, readers, writers := newUser(t, l, "ann"), newUser(t, l, "bob"), newRole(t, l, "readers"), newRole(t, l, "writers")
	for _, u := range []store.User{ann, bob} {
		assign(t, l, u.ID, readers.ID)
		assign(t, l, u.ID, writers.ID)
	}
	grant(t, l, readers.ID, experiment("1"), authz.Read)
	grant(t, l, ann.ID, experiment("1"), authz.Edit)
	check(t, l.DeleteRole(ctx, readers.ID))
	wantPermission(t, l, readers.ID, experiment("1"), authz.NoGrant)
	wantPermission(t, l, ann.ID, experiment("1"), authz.Edit)
	equal(t, "members left", len(all(t, l.Members(ctx, readers.ID))), 0)
	a, err := l.AccountByName(ctx, "ann")
	check(t, err)
	equal(t, "roles left", a.Roles, []store.Role{writers})
	again := newRole(t, l, "readers")
	equal(t, "grants of the role made again", len(all(t, l.GrantsOf(ctx, again.ID))), 0)
}

func testAccountRoles(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann := newUser(t, l, "ann")
	var roles []store.Role
	for i := range 40 {
		roles = append(roles, newRole(t, l, fmt.Sprint("role", 99-i)))
	}
	ids := map[uint64]bool{}
	for i := range roles {
		a := assign(t, l, ann.ID, roles[i*7%len(roles)].ID)
		equal(t, "the assignment", a, store.Assignment{ID: a.ID, UserID: ann.ID, RoleID: roles[i*7%len(roles)].ID})
		ids[a.ID] = true
	}
	equal(t, "ids of assignments", len(ids), len(roles))
	a, err := l.AccountByName(ctx, "ann")
	check(t, err)
	equal(t, "the account", a, store.Account{User: ann, Roles: roles})
	check(t, l.Unassign(ctx, ann.ID, roles[20].ID))
	a, err = l.AccountByID(ctx, ann.ID)
	check(t, err)
	equal(t, "roles left", len(a.Roles), 39)
}

// testAccountFollows: a role taken away, or its default lowered, holds from the next read on.
func testAccountFollows(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann, r := newUser(t, l, "ann"), newRole(t, l, "readers")
	roles := func() []store.Role {
		byName, err := l.AccountByName(ctx, "ann")
		check(t, err)
		byID, err := l.AccountByID(ctx, ann.ID)
		check(t, err)
		equal(t, "the account by id and by name", byID, byName)
		return byName.Roles
	}
	equal(t, "roles", roles(), []store.Role(nil))
	assign(t, l, ann.ID, r.ID)
	equal(t, "roles", roles(), []store.Role{r})
	r.Default = authz.NoPermissions
	_, err := l.UpdateRole(ctx, r.ID, func(r *store.Role) error { r.Default = authz.NoPermissions; return nil })
	check(t, err)
	equal(t, "roles", roles(), []store.Role{r})
	_, err = l.UpdateUser(ctx, "ann", func(u *store.User) error { u.Disabled = true; return nil })
	check(t, err)
	a, err := l.AccountByID(ctx, ann.ID)
	check(t, err)
	equal(t, "disabled", a.Disabled, true)
	equal(t, "roles of the disabled", roles(), []store.Role{r})
	check(t, l.Unassign(ctx, ann.ID, r.ID))
	equal(t, "roles", roles(), []store.Role(nil))
}

func testAssignErrors(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann, r := newUser(t, l, "ann"), newRole(t, l, "readers")
	for _, pair := range [][2]uint64{{ann.ID, ann.ID}, {r.ID, r.ID}, {r.ID, ann.ID}, {0, r.ID}, {ann.ID, 0}, {ann.ID, 99}, {99, r.ID}} {
		_, err := l.Assign(ctx, pair[0], pair[1])
		wantErr(t, err, store.ErrNotFound)
		wantErr(t, l.Unassign(ctx, pair[0], pair[1]), store.ErrNotFound)
	}
	wantErr(t, l.Unassign(ctx, ann.ID, r.ID), store.ErrNotFound)
	first := assign(t, l, ann.ID, r.ID)
	_, err := l.Assign(ctx, ann.ID, r.ID)
	wantErr(t, err, store.ErrExists)
	check(t, l.Unassign(ctx, ann.ID, r.ID))
	if again := assign(t, l, ann.ID, r.ID); again.ID <= first.ID {
		t.Errorf("assignment %d after %d", again.ID, first.ID)
	}
}

func testDeleteUserAssignments(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann, bob, r := newUser(t, l, "ann"), newUser(t, l, "bob"), newRole(t, l, "readers")
	assign(t, l, ann.ID, r.ID)
	left := assign(t, l, bob.ID, r.ID)
	check(t, l.DeleteUser(ctx, "ann"))
	equal(t, "members", all(t, l.Members(ctx, r.ID)), []store.Assignment{left})
	newUser(t, l, "ann")
	a, err := l.AccountByName(ctx, "ann")
	check(t, err)
	equal(t, "roles of the user made again", len(a.Roles), 0)
}

func testForgetWorkspaceRoles(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann, outside := newUser(t, l, "ann"), newRole(t, l, "readers")
	inside, err := l.CreateRole(ctx, store.Role{Workspace: "team", Name: "readers"})
	check(t, err)
	grant(t, l, inside.ID, experiment("1"), authz.Read)
	grant(t, l, inside.ID, authz.Resource{Kind: authz.Experiment, Workspace: "team", ID: "1"}, authz.Read)
	grant(t, l, outside.ID, authz.Resource{Kind: authz.Experiment, Workspace: "team", ID: "1"}, authz.Read)
	grant(t, l, outside.ID, experiment("1"), authz.Read)
	assign(t, l, ann.ID, inside.ID)
	assign(t, l, ann.ID, outside.ID)
	check(t, l.ForgetWorkspace(ctx, "team"))
	a, err := l.AccountByName(ctx, "ann")
	check(t, err)
	equal(t, "roles left", a.Roles, []store.Role{outside})
	equal(t, "grants of the role", len(all(t, l.GrantsOf(ctx, inside.ID))), 0)
	equal(t, "grants of the other role", resources(all(t, l.GrantsOf(ctx, outside.ID))), []authz.Resource{experiment("1")})
}

func testGrantsOfRoles(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann, r := newUser(t, l, "ann").ID, newRole(t, l, "readers").ID
	anyOf := func(kind authz.Kind) authz.Resource { return authz.InDefault(kind, authz.AnyID) }
	model := func(name string) authz.Resource { return authz.InDefault(authz.RegisteredModel, name) }
	grant(t, l, r, anyOf(authz.Experiment), authz.Read)
	grant(t, l, r, anyOf(authz.RegisteredModel), authz.Read)
	grant(t, l, r, experiment("1"), authz.Edit)
	check(t, l.Own(ctx, experiment("1"), ann))
	wantPermission(t, l, r, experiment("1"), authz.NoGrant)
	wantErr(t, l.Own(ctx, experiment("1"), r), store.ErrNotFound)
	grant(t, l, r, model("a"), authz.Edit)
	check(t, l.Move(ctx, model("a"), model("b")))
	wantPermission(t, l, r, model("b"), authz.Edit)
	check(t, l.Forget(ctx, model("b")))
	equal(t, "grants left", resources(all(t, l.GrantsOf(ctx, r))), []authz.Resource{anyOf(authz.Experiment), anyOf(authz.RegisteredModel)})
}
