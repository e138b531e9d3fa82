package storetest

import (
	"context"
	"errors"
	"maps"
	"testing"

	"pgregory.net/rapid"

	"extauthz/authz"
	"extauthz/store"
)

// testModel compares random histories with the model, answer by answer.
func testModel(t *testing.T, factory Factory) {
	rapid.Check(t, func(rt *rapid.T) {
		l := open(t, factory)
		defer l.Close() // there are many; the factory's cleanup closes again
		h := &history{l: l, m: newModel()}
		actions := h.userActions()
		maps.Copy(actions, h.grantActions())
		maps.Copy(actions, h.roleActions())
		actions[""] = h.compare
		rt.Repeat(actions)
		h.compareCredentials(rt)
		l.checkInvariants(rt)
	})
}

type history struct {
	l *ledger
	m *model
}

func (h *history) userActions() map[string]func(*rapid.T) {
	ctx := context.Background()
	l, m := h.l, h.m
	return map[string]func(*rapid.T){
		"CreateUser": func(t *rapid.T) {
			u := store.User{Username: drawName(t), Admin: rapid.Bool().Draw(t, "admin"), Disabled: drawRarely(t, "disabled")}
			got, err := l.CreateUser(ctx, u)
			want, wantErr := m.createUser(u)
			same(t, err, wantErr)
			equal(t, "CreateUser", got, want)
		},
		"UpdateUser": func(t *rapid.T) {
			name, admin := drawName(t), rapid.Bool().Draw(t, "admin")
			disabled, service := drawRarely(t, "disabled"), drawRarely(t, "service account")
			_, err := l.UpdateUser(ctx, name, func(u *store.User) error {
				u.Admin, u.Disabled, u.ServiceAccount = admin, disabled, service
				return nil
			})
			same(t, err, m.setUser(name, admin, disabled, service))
		},
		"RenameUser": func(t *rapid.T) {
			from, to := drawName(t), drawName(t)
			_, err := l.RenameUser(ctx, from, to)
			same(t, err, m.renameUser(from, to))
		},
		"DeleteUser": func(t *rapid.T) {
			name := drawName(t)
			same(t, l.DeleteUser(ctx, name), m.deleteUser(name))
		},
		"CreateCredential": func(t *rapid.T) {
			c := token(drawID(t), drawName(t), rapid.Uint8Range(0, 5).Draw(t, "key"))
			got, err := l.CreateCredential(ctx, c)
			want, wantErr := m.createCredential(c)
			same(t, err, wantErr)
			equal(t, "CreateCredential", got, want)
		},
		"DeleteCredential": func(t *rapid.T) {
			user, id := drawID(t), drawID(t)
			same(t, l.DeleteCredential(ctx, user, id), m.deleteCredential(user, id))
		},
	}
}

func (h *history) grantActions() map[string]func(*rapid.T) {
	ctx := context.Background()
	l, m := h.l, h.m
	return map[string]func(*rapid.T){
		"CreateGrant": func(t *rapid.T) { g := drawGrant(t); same(t, l.CreateGrant(ctx, g), m.createGrant(g)) },
		"UpdateGrant": func(t *rapid.T) { g := drawGrant(t); same(t, l.UpdateGrant(ctx, g), m.updateGrant(g)) },
		"SetGrant": func(t *rapid.T) {
			g := drawGrant(t)
			before, err := l.SetGrant(ctx, g)
			wantBefore, wantErr := m.setGrant(g)
			same(t, err, wantErr)
			equal(t, "what was granted before", before, wantBefore)
		},
		"DeleteGrant": func(t *rapid.T) {
			id, r := drawID(t), drawResource(t)
			same(t, l.DeleteGrant(ctx, id, r), m.deleteGrant(id, r))
		},
		"Own": func(t *rapid.T) {
			id, r := drawID(t), drawResource(t)
			same(t, l.Own(ctx, r, id), m.own(r, id))
		},
		"Move": func(t *rapid.T) {
			from, to := drawResource(t), drawResource(t)
			same(t, l.Move(ctx, from, to), m.move(from, to))
		},
		"ForgetWorkspace": func(t *rapid.T) {
			w := drawResource(t).Workspace
			same(t, l.ForgetWorkspace(ctx, w), m.forgetWorkspace(w))
		},
		"Forget": func(t *rapid.T) { r := drawResource(t); same(t, l.Forget(ctx, r), m.forget(r)) },
	}
}

func (h *history) roleActions() map[string]func(*rapid.T) {
	ctx := context.Background()
	l, m := h.l, h.m
	return map[string]func(*rapid.T){
		"CreateRole": func(t *rapid.T) {
			r := store.Role{Workspace: drawResource(t).Workspace, Name: drawName(t), Default: drawGrant(t).Permission}
			got, err := l.CreateRole(ctx, r)
			want, wantErr := m.createRole(r)
			same(t, err, wantErr)
			equal(t, "CreateRole", got, want)
		},
		"UpdateRole": func(t *rapid.T) {
			id, name := drawID(t), drawName(t)
			_, err := l.UpdateRole(ctx, id, func(r *store.Role) error { r.Name = name; return nil })
			same(t, err, m.renameRole(id, name))
		},
		"DeleteRole": func(t *rapid.T) { id := drawID(t); same(t, l.DeleteRole(ctx, id), m.deleteRole(id)) },
		"Assign": func(t *rapid.T) {
			user, role := drawID(t), drawID(t)
			got, err := l.Assign(ctx, user, role)
			want, wantErr := m.assign(user, role)
			same(t, err, wantErr)
			equal(t, "Assign", got, want)
		},
		"Unassign": func(t *rapid.T) {
			user, role := drawID(t), drawID(t)
			same(t, l.Unassign(ctx, user, role), m.unassign(user, role))
		},
	}
}

// compare asks for one user and one grant after every step; checkInvariants compares the lists at the end.
func (h *history) compare(t *rapid.T) {
	ctx := context.Background()
	name, id, r := drawName(t), drawID(t), drawResource(t)
	a, err := h.l.AccountByName(ctx, name)
	_, known := h.m.users[name]
	if known != (err == nil) {
		t.Fatalf("AccountByName(%q): %v, but known is %v", name, err, known)
	}
	if known {
		equal(t, "AccountByName", a, h.m.account(name))
	}
	wantPermission(t, h.l, id, r, h.m.grants[grantName{id, r}].p)
	equal(t, "GrantsOn", all(t, h.l.GrantsOn(ctx, r)), h.m.grantsOn(r))
	equal(t, "number of users", len(all(t, h.l.Users(ctx))), len(h.m.users))
	equal(t, "number of roles", len(all(t, h.l.Roles(ctx))), len(h.m.roles))
}

func (h *history) compareCredentials(t *rapid.T) {
	for _, u := range h.m.users {
		equal(t, "Credentials", all(t, h.l.Credentials(context.Background(), u.ID)), h.m.credentialsOf(u.ID))
	}
}

// same compares the errors by their sentinel; nil is one too.
func same(t *rapid.T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Fatalf("error is %v, want %v", got, want)
	}
}

func drawName(t *rapid.T) string {
	return rapid.SampledFrom([]string{"a", "b", "a\x00", "\x00", "ab"}).Draw(t, "name")
}

func drawRarely(t *rapid.T, what string) bool { return rapid.Uint8Range(0, 3).Draw(t, what) == 0 }

func drawID(t *rapid.T) uint64 { return rapid.Uint64Range(0, 6).Draw(t, "id") }

func drawResource(t *rapid.T) authz.Resource {
	return authz.Resource{
		Kind:      rapid.SampledFrom([]authz.Kind{authz.Experiment, authz.RegisteredModel, authz.Prompt}).Draw(t, "kind"),
		Workspace: rapid.SampledFrom([]string{"default", "w"}).Draw(t, "workspace"),
		ID:        drawName(t),
	}
}

func drawGrant(t *rapid.T) store.Grant {
	p := rapid.Uint8Range(uint8(authz.Deny), uint8(authz.Manage)).Draw(t, "permission")
	return store.Grant{Holder: drawID(t), Resource: drawResource(t), Permission: authz.Permission(p)}
}
