package authz

import (
	"context"
	"testing"
)

// registry is a resolver that knows that "p" is a prompt and "m" a registered model, and counts.
type registry struct{ asked int }

func (r *registry) Resolve(_ context.Context, ref Ref) (Resolution, error) {
	r.asked++
	switch {
	case ref.Kind == RefExperimentToBe:
		return Resolution{Resources: []Resource{ref.In(Experiment, AnyID)}, Vacant: true}, nil
	case ref.ID == "p":
		return Governed(ref.In(Prompt, ref.ID)), nil
	default:
		return Governed(ref.In(RegisteredModel, ref.ID)), nil
	}
}

// TestPromptOrModel: the grants on what a name stands for govern, and MLflow is asked which it is only if that makes a difference.
func TestPromptOrModel(t *testing.T) {
	model, prompt := func(id string) Resource { return InDefault(RegisteredModel, id) }, func(id string) Resource { return InDefault(Prompt, id) }
	for _, c := range []struct {
		name      string
		id        string
		grants    grants
		otherwise Permission
		part      Kind
		met       bool
		asked     int
	}{
		{"the default allows", "p", grants{}, Read, "", true, 0},
		{"the default does not", "p", grants{}, NoPermissions, "", false, 1},
		{"granted on the prompt", "p", grants{prompt("p"): Read}, NoPermissions, "", true, 1},
		{"granted on a model of its name", "p", grants{model("p"): Manage}, NoPermissions, "", false, 1},
		{"granted on the model", "m", grants{model("m"): Read}, NoPermissions, "", true, 1},
		{"granted on a prompt of its name", "m", grants{prompt("m"): Manage}, NoPermissions, "", false, 1},
		{"denied on the prompt", "p", grants{prompt("p"): Deny}, Read, "", false, 1},
		{"denied on a model of its name", "p", grants{model("p"): Deny}, Read, "", true, 1},
		{"granted beside the default", "p", grants{prompt("p"): Manage}, Read, "", true, 0},
		{"versions of prompts are denied", "p", grants{prompt(AnyID): Read, InDefault(PromptVersion, AnyID): Deny}, Read, RegisteredModelVersion, false, 1},
		{"versions of models are", "p", grants{InDefault(RegisteredModelVersion, AnyID): Deny}, Read, RegisteredModelVersion, true, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &registry{}
			a := Authorizer{Grants: c.grants, Resolver: r, Default: c.otherwise}
			_, err := a.check(t.Context(), alice, []Need{{Action: CanRead, Ref: Ref{Kind: RefRegisteredModel, ID: c.id}, Part: c.part}})
			if (err == nil) != c.met || r.asked != c.asked {
				t.Errorf("%v, asked %d times; want met %v, asked %d", err, r.asked, c.met, c.asked)
			}
			if err != nil && asRefusal(err).Reason != PermissionDenied {
				t.Error(err)
			}
		})
	}
}

// TestVacantNeedsTheWorkspace: who makes something by asking for it must be allowed to make things there.
func TestVacantNeedsTheWorkspace(t *testing.T) {
	need := []Need{{Action: CanUpdate, Ref: Ref{Kind: RefExperimentToBe, ID: "new", Workspace: "team"}}}
	for _, c := range []struct {
		on  bool
		own Permission
		met bool
	}{{false, NoGrant, true}, {true, NoGrant, false}, {true, Read, false}, {true, Use, true}, {true, Manage, true}, {true, Deny, false}} {
		a := Authorizer{Grants: grants{WorkspaceNamed("team"): c.own}, Resolver: &registry{}, Default: Manage, Workspaces: Workspaces{On: c.on}}
		if _, err := a.check(t.Context(), alice, need); (err == nil) != c.met {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
