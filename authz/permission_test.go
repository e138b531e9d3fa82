package authz

import (
	"strings"
	"testing"
)

// TestPermissionTable is MLflow's (mlflow/server/auth/permissions.py): read, use, update, delete, manage.
func TestPermissionTable(t *testing.T) {
	for permission, want := range map[Permission]string{
		NoGrant: "-----", Deny: "-----", NoPermissions: "-----", Read: "r----", Use: "ru---", Edit: "ruu--", Manage: "ruudm",
		Manage + 1: "-----", 255: "-----",
	} {
		got := ""
		for a := CanRead; a <= CanManage; a++ {
			if permission.Allows(a) {
				got += a.String()[:1]
			} else {
				got += "-"
			}
		}
		if got != want {
			t.Errorf("%s: %s, want %s", permission, got, want)
		}
		if permission.Allows(0) || permission.Allows(NotDenied+1) || permission.Allows(255) {
			t.Errorf("%s allows an action that is none", permission)
		}
	}
}

func TestLeastPermissionIsEnoughAndNoLess(t *testing.T) {
	for a := CanRead; a <= CanManage; a++ {
		if p := a.Least(); !p.Allows(a) || (p - 1).Allows(a) {
			t.Errorf("%s: %s", a, p)
		}
	}
	if Action(0).Least() != NoGrant || Action(0).String() != "none" || Action(99).String() != "none" {
		t.Error("the zero Action is something")
	}
}

func TestPermissionNames(t *testing.T) {
	for p := Deny; p <= Manage; p++ {
		if back, err := ParsePermission(p.String()); err != nil || back != p {
			t.Errorf("%s is parsed as %s, %v", p, back, err)
		}
		if _, err := ParsePermission(strings.ToLower(p.String())); err == nil {
			t.Errorf("%s is accepted in lower case", p)
		}
	}
	for _, bad := range []string{"", "OWNER", "READ ", "Permission(7)"} {
		if p, err := ParsePermission(bad); err == nil || p != NoGrant {
			t.Errorf("%q is parsed as %s", bad, p)
		}
	}
	if NoGrant.String() != "" || Permission(99).String() != "Permission(99)" {
		t.Error("unknown permissions have names")
	}
}

func TestKinds(t *testing.T) {
	for _, k := range []Kind{Experiment, RegisteredModel, Prompt, Scorer, GatewaySecret, GatewayEndpoint, GatewayModelDefinition, MCPServer} {
		if !k.Known() || k.WholeOnly() {
			t.Errorf("%s: known %v, whole only %v", k, k.Known(), k.WholeOnly())
		}
	}
	for _, k := range []Kind{"run", "trace", Workspace} {
		if !k.Known() || !k.WholeOnly() {
			t.Errorf("%s: known %v, whole only %v", k, k.Known(), k.WholeOnly())
		}
	}
	if Kind("").Known() || Kind("Experiment").Known() {
		t.Error("a kind that is none is known")
	}
}

func TestResourceInWords(t *testing.T) {
	for want, r := range map[string]Resource{
		"experiment 7": InDefault(Experiment, "7"), "experiment 7 in workspace team": {Experiment, "team", "7"}, " ": {},
	} {
		if got := r.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
