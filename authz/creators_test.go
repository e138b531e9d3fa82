package authz

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// roleNames are ids by "workspace/name".
type roleNames map[string]uint64

func (r roleNames) RoleNamed(_ context.Context, workspace, name string) (uint64, error) {
	if name == "broken" {
		return 0, errors.New("disk")
	}
	return r[workspace+"/"+name], nil
}

func creating(kind Kind, workspace string) Operation {
	return Operation{
		Name: "Create", Access: AccessAuthenticated, Response: Creates, Workspace: workspace,
		Subject: Subject{Resource: Ref{Workspace: workspace}.In(kind, ""), Name: "n"},
	}
}

// TestWhoMayCreate: the setting alone decides, and the default permission, here NO_PERMISSIONS, does not.
func TestWhoMayCreate(t *testing.T) {
	leads := Principal{UserID: 4, Username: "lea", Roles: []uint64{40}}
	scopedRoot := Principal{UserID: 2, Admin: true, Scope: &Scope{Ceilings: []Ceiling{{InDefault(Experiment, AnyID), Manage}}}}
	manager := grants{WorkspaceNamed(DefaultWorkspace): Manage}
	user := grants{WorkspaceNamed(DefaultWorkspace): Use}
	admins, roles := Creators{}, Creators{Roles: []string{"none", "leads"}}
	for _, c := range []struct {
		name   string
		who    Principal
		grants grants
		set    map[Kind]Creators
		kind   Kind
		want   Reason
	}{
		{"nothing is set", alice, nil, nil, Experiment, Authenticated},
		{"another kind is set", alice, nil, map[Kind]Creators{Prompt: admins}, RegisteredModel, Authenticated},
		{"everybody", alice, nil, map[Kind]Creators{Experiment: {Everybody: true}}, Experiment, Authenticated},
		{"admins, and a user", alice, nil, map[Kind]Creators{Experiment: admins}, Experiment, NotCreator},
		{"admins, and an admin", root, nil, map[Kind]Creators{Experiment: admins}, Experiment, IsAdmin},
		{"admins, and one whose credential is restricted", scopedRoot, nil, map[Kind]Creators{Experiment: admins}, Experiment, Authenticated},
		{"admins, and who manages the workspace", alice, manager, map[Kind]Creators{Experiment: admins}, Experiment, Authenticated},
		{"admins, and who uses the workspace", alice, user, map[Kind]Creators{Experiment: admins}, Experiment, NotCreator},
		{"a role, and who has it", leads, nil, map[Kind]Creators{Prompt: roles}, Prompt, Authenticated},
		{"a role, and who does not", alice, nil, map[Kind]Creators{Prompt: roles}, Prompt, NotCreator},
		{"a role that there is not", leads, nil, map[Kind]Creators{Prompt: {Roles: []string{"none"}}}, Prompt, NotCreator},
		{"a store that fails", leads, nil, map[Kind]Creators{Prompt: {Roles: []string{"broken", "leads"}}}, Prompt, StoreFailed},
	} {
		w := &world{principal: c.who, op: creating(c.kind, "")}
		a := Authorizer{
			Authenticator: w, Mapper: w, Resolver: w, Grants: c.grants, Intents: w, PageTokens: w, Default: NoPermissions,
			Creators: c.set, RoleNames: roleNames{"default/leads": 40, "team/leads": 50},
		}
		d := a.Authorize(t.Context(), Request{Method: "POST", Proxy: Proxy{FiltersResponse: true}})
		if d.Reason != c.want {
			t.Errorf("%s: %s %s, want %s", c.name, d.Reason, d.Text, c.want)
		}
		if began := w.calls[len(w.calls)-1] == "begin"; began != (d.Effect == Allowed) {
			t.Errorf("%s: %s after %v", c.name, d.Reason, w.calls)
		}
		if d.Reason == NotCreator && !strings.Contains(d.Text, "admins") {
			t.Errorf("%s: %q does not say whom to ask", c.name, d.Text)
		}
	}
}

// TestRoleOfAnotherWorkspace: a role of the same name elsewhere is another role.
func TestRoleOfAnotherWorkspace(t *testing.T) {
	a := Authorizer{
		Grants: grants{}, Creators: map[Kind]Creators{Experiment: {Roles: []string{"leads"}}},
		RoleNames: roleNames{"default/leads": 40, "team/leads": 50},
	}
	for workspace, want := range map[string]bool{"": true, "default": true, "team": false, "other": false} {
		err := a.makes(t.Context(), Principal{UserID: 4, Roles: []uint64{40}}, creating(Experiment, workspace))
		if (err == nil) != want {
			t.Errorf("in %q: %v", workspace, err)
		}
	}
}

// TestMadeByTheWay: what makes an experiment because there is none of that name is a creation like any other.
func TestMadeByTheWay(t *testing.T) {
	need := []Need{{Action: CanUpdate, Ref: Ref{Kind: RefExperimentToBe, ID: "new"}}}
	for _, c := range []struct {
		who Creators
		met bool
	}{{Creators{}, false}, {Creators{Everybody: true}, true}} {
		a := Authorizer{Grants: grants{}, Resolver: &registry{}, Default: Manage, Creators: map[Kind]Creators{Experiment: c.who}}
		if _, err := a.check(t.Context(), alice, need); (err == nil) != c.met || err != nil && asRefusal(err).Reason != NotCreator {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// TestVersionOfWhatIsThere is no creation: the server or skill that it goes into has an owner already.
func TestVersionOfWhatIsThere(t *testing.T) {
	op := creating(MCPServer, "")
	a := Authorizer{Grants: grants{}, Creators: map[Kind]Creators{MCPServer: {}}}
	if err := a.makes(t.Context(), alice, op); err == nil {
		t.Error("a server of its own was made")
	}
	op.Needs = []Need{{Action: CanUpdate, Ref: Ref{Kind: RefMCPServerToBe, ID: "srv"}}}
	if err := a.makes(t.Context(), alice, op); err != nil {
		t.Error(err)
	}
}
