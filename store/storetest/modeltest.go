package storetest

import (
	"context"
	"errors"
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
		actions := h.actions()
		actions[""] = h.compare
		rt.Repeat(actions)
		l.checkInvariants(rt)
	})
}

type history struct {
	l *ledger
	m *model
}

func (h *history) actions() map[string]func(*rapid.T) {
	ctx := context.Background()
	l, m := h.l, h.m
	return map[string]func(*rapid.T){
		"CreateUser": func(t *rapid.T) {
			u := store.User{Username: drawName(t), Admin: rapid.Bool().Draw(t, "admin")}
			got, err := l.CreateUser(ctx, u)
			want, wantErr := m.createUser(u)
			same(t, err, wantErr)
			equal(t, "CreateUser", got, want)
		},
		"UpdateUser": func(t *rapid.T) {
			name, admin := drawName(t), rapid.Bool().Draw(t, "admin")
			_, err := l.UpdateUser(ctx, name, func(u *store.User) error { u.Admin = admin; return nil })
			same(t, err, m.setAdmin(name, admin))
		},
		"DeleteUser": func(t *rapid.T) {
			name := drawName(t)
			same(t, l.DeleteUser(ctx, name), m.deleteUser(name))
		},
		"CreateGrant": func(t *rapid.T) { g := drawGrant(t); same(t, l.CreateGrant(ctx, g), m.createGrant(g)) },
		"UpdateGrant": func(t *rapid.T) { g := drawGrant(t); same(t, l.UpdateGrant(ctx, g), m.updateGrant(g)) },
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

// compare asks for one user and one grant after every step; checkInvariants compares the lists at the end.
func (h *history) compare(t *rapid.T) {
	ctx := context.Background()
	name, id, r := drawName(t), drawID(t), drawResource(t)
	u, err := h.l.UserByName(ctx, name)
	want, known := h.m.users[name]
	if known != (err == nil) {
		t.Fatalf("UserByName(%q): %v, but known is %v", name, err, known)
	}
	equal(t, "UserByName", u, want)
	wantPermission(t, h.l, id, r, h.m.grants[grantName{id, r}])
	equal(t, "GrantsOn", all(t, h.l.GrantsOn(ctx, r)), h.m.grantsOn(r))
	equal(t, "number of users", len(all(t, h.l.Users(ctx))), len(h.m.users))
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

func drawID(t *rapid.T) uint64 { return rapid.Uint64Range(0, 6).Draw(t, "user id") }

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
