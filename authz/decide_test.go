package authz

import (
	"context"
	"errors"
	"testing"
)

// grants are the grants of user 1.
var me = Principal{UserID: 1}

type grants map[Resource]Permission

func (g grants) Permission(_ context.Context, userID uint64, r Resource) (Permission, error) {
	if userID != 1 {
		return NoGrant, nil
	}
	return g[r], nil
}

// TestDecide: which level governs an action on experiment 7, given the grants on it, on all experiments, and the default.
func TestDecide(t *testing.T) {
	const none = NoGrant
	for _, c := range []struct {
		name                   string
		exact, whole, fallback Permission
		action                 Action
		want                   Permission
		byDefault, met         bool
	}{
		{"nothing at all", none, none, none, CanRead, none, true, false},
		{"the default alone", none, none, Read, CanRead, Read, true, true},
		{"the default is too low", none, none, Read, CanUpdate, Read, true, false},
		{"a grant raises the default", Edit, none, Read, CanUpdate, Edit, false, true},
		{"a grant lowers the default", Read, none, Edit, CanUpdate, Read, false, false},
		{"NO_PERMISSIONS lowers the default", NoPermissions, none, Manage, CanRead, NoPermissions, false, false},
		{"DENY lowers the default", Deny, none, Manage, CanRead, Deny, false, false},
		{"a grant on all raises the default", none, Manage, NoPermissions, CanManage, Manage, false, true},
		{"a grant on all lowers the default", none, Read, Manage, CanUpdate, Read, false, false},
		{"the higher of two, the one on it", Manage, Read, none, CanDelete, Manage, false, true},
		{"the higher of two, the one on all", Read, Manage, none, CanDelete, Manage, false, true},
		{"NO_PERMISSIONS beside a grant on all", NoPermissions, Edit, none, CanUpdate, Edit, false, true},
		{"DENY vetoes a grant on all", Deny, Manage, Manage, CanRead, Deny, false, false},
		{"DENY on all vetoes a grant on it", Manage, Deny, Manage, CanRead, Deny, false, false},
		{"no action is met by nothing", Manage, Manage, Manage, 0, Manage, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := Authorizer{Grants: grants{InDefault(Experiment, "7"): c.exact, InDefault(Experiment, AnyID): c.whole}, Default: c.fallback}
			got, err := a.Decide(context.Background(), me, c.action, InDefault(Experiment, "7"))
			want := Check{Action: c.action, Resource: InDefault(Experiment, "7"), Permission: c.want, Default: c.byDefault, Met: c.met}
			if err != nil || got != want {
				t.Errorf("got %+v, %v\nwant %+v", got, err, want)
			}
		})
	}
}

// TestGrantsReachNoFurther: a grant is one user's, on one kind, in one workspace.
func TestGrantsReachNoFurther(t *testing.T) {
	a := Authorizer{Grants: grants{InDefault(Experiment, "7"): Manage, InDefault(Experiment, AnyID): Edit}, Default: NoPermissions}
	for _, c := range []struct {
		user uint64
		r    Resource
		met  bool
	}{
		{1, InDefault(Experiment, "7"), true},
		{1, InDefault(Experiment, "8"), true},
		{2, InDefault(Experiment, "7"), false},
		{1, InDefault(RegisteredModel, "7"), false},
		{1, Resource{Experiment, "team", "7"}, false},
	} {
		if got, err := a.Decide(context.Background(), Principal{UserID: c.user}, CanUpdate, c.r); err != nil || got.Met != c.met {
			t.Errorf("user %d, %s: %+v, %v", c.user, c.r, got, err)
		}
	}
}

func TestNothingIsNeverGranted(t *testing.T) {
	a := Authorizer{Grants: grants{}, Default: Manage}
	for _, r := range []Resource{{}, {Kind: Experiment}, {Experiment, DefaultWorkspace, ""}, {Experiment, "", "7"}, {"", DefaultWorkspace, "7"}} {
		if c, err := a.Decide(context.Background(), me, CanRead, r); err == nil || c.Met {
			t.Errorf("%+v: %+v", r, c)
		}
	}
}

// brokenGrants fails on resources with one id.
type brokenGrants string

func (b brokenGrants) Permission(_ context.Context, _ uint64, r Resource) (Permission, error) {
	if r.Kind == Workspace {
		return NoGrant, nil
	}
	if r.ID == string(b) {
		return Manage, errors.New("disk")
	}
	return Manage, nil
}

func TestAStoreThatFailsDenies(t *testing.T) {
	for _, id := range []string{"7", AnyID} {
		a := Authorizer{Grants: brokenGrants(id), Default: Manage}
		c, err := a.Decide(context.Background(), me, CanRead, InDefault(Experiment, "7"))
		if c.Met || asRefusal(err).Reason != StoreFailed {
			t.Errorf("%s: %+v, %v", id, c, err)
		}
	}
}

// TestParts is about what belongs to something else: READ on the container, and the grants on all parts of the kind before those on it.
func TestParts(t *testing.T) {
	container, runs := InDefault(Experiment, "7"), InDefault(Run, AnyID)
	for _, c := range []struct {
		name             string
		container, parts Permission
		action           Action
		met              bool
	}{
		{"the container's grant serves where parts have none", Edit, NoGrant, CanUpdate, true},
		{"and is not enough for more", Edit, NoGrant, CanDelete, false},
		{"a grant on parts confers more", Read, Manage, CanDelete, true},
		{"or less", Manage, Read, CanUpdate, false},
		{"DENY on parts vetoes", Manage, Deny, CanRead, false},
		{"NO_PERMISSIONS on parts hides them", Manage, NoPermissions, CanRead, false},
		{"without READ on the container parts are nothing", NoPermissions, Manage, CanRead, false},
		{"nor with DENY on it", Deny, Manage, CanDelete, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := &Authorizer{Grants: grants{container: c.container, runs: c.parts}, Default: Read}
			check, err := a.Meets(t.Context(), me, Need{Action: c.action, Part: Run}, container)
			if err != nil || check.Met != c.met {
				t.Errorf("%+v, %v; want met %v", check, err, c.met)
			}
		})
	}
}

// TestRaisedParts: grants on a part of this need add to what the container allows, or veto.
func TestRaisedParts(t *testing.T) {
	container, traces := InDefault(Experiment, "7"), InDefault(Trace, AnyID)
	for _, c := range []struct {
		name             string
		container, parts Permission
		met              bool
	}{
		{"the container alone", Edit, NoGrant, true},
		{"too little on the container", Read, NoGrant, false},
		{"more on the parts", Read, Edit, true},
		{"less on the parts does not lower it", Edit, Read, true},
		{"too little on both", Read, Read, false},
		{"NO_PERMISSIONS on the parts vetoes", Edit, NoPermissions, false},
		{"DENY on the parts vetoes", Manage, Deny, false},
		{"without READ on the container parts are nothing", NoPermissions, Manage, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := &Authorizer{Grants: grants{container: c.container, traces: c.parts}, Default: Read}
			check, err := a.Meets(t.Context(), me, Need{Action: CanUpdate, Part: Trace, Raised: true}, container)
			if err != nil || check.Met != c.met {
				t.Errorf("%+v, %v; want met %v", check, err, c.met)
			}
		})
	}
}

// TestOneQuestionForNeedsOnOneThing: needs on the same thing that follow each other are judged by one answer.
func TestOneQuestionForNeedsOnOneThing(t *testing.T) {
	r := &counting{answer: Governed(InDefault(Experiment, "7"))}
	a := &Authorizer{Resolver: r, Grants: grants{InDefault(Experiment, "7"): Edit}}
	one, other := Ref{Kind: RefTrace, ID: "tr-1"}, Ref{Kind: RefTrace, ID: "tr-2"}
	needs := []Need{{Action: CanRead, Ref: one}, {Action: CanUpdate, Ref: one}, {Action: CanRead, Ref: other}, {Action: CanRead, Ref: one}}
	checks, err := a.check(t.Context(), Principal{UserID: 1}, needs)
	if err != nil || len(checks) != 4 || r.asked != 3 {
		t.Errorf("%d checks, %d questions, %v", len(checks), r.asked, err)
	}
}

type counting struct {
	asked  int
	answer Resolution
}

func (r *counting) Resolve(context.Context, Ref) (Resolution, error) {
	r.asked++
	return r.answer, nil
}

// TestNamedParts is about parts that grants name by themselves, as scorers are.
func TestNamedParts(t *testing.T) {
	container, scorer, all := InDefault(Experiment, "7"), InDefault(Scorer, "7/s"), InDefault(Scorer, AnyID)
	need := Need{Action: CanUpdate, Part: Scorer, PartID: "7/s", Alone: true}
	for _, c := range []struct {
		name   string
		grants grants
		action Action
		met    bool
	}{
		{"the scorer's own grant is enough", grants{container: NoPermissions, scorer: Edit}, CanUpdate, true},
		{"so is one on all scorers", grants{container: NoPermissions, all: Edit}, CanUpdate, true},
		{"DENY on all vetoes", grants{container: Manage, scorer: Manage, all: Deny}, CanUpdate, false},
		{"with none the experiment governs", grants{container: Edit}, CanUpdate, true},
		{"and refuses", grants{container: Read}, CanUpdate, false},
		{"another scorer's grant is nothing", grants{container: Read, InDefault(Scorer, "7/t"): Manage}, CanUpdate, false},
		{"nobody vetoes", grants{container: Deny}, NotDenied, true},
		{"somebody vetoes", grants{container: Manage, scorer: Deny}, NotDenied, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, n := &Authorizer{Grants: c.grants, Default: Read}, need
			n.Action = c.action
			if check, err := a.Meets(t.Context(), me, n, container); err != nil || check.Met != c.met {
				t.Errorf("%+v, %v; want met %v", check, err, c.met)
			}
		})
	}
}

// TestExact: a DENY on all of a kind is not one on the name.
func TestExact(t *testing.T) {
	name, all := InDefault(Prompt, "n"), InDefault(Prompt, AnyID)
	for _, c := range []struct {
		grants grants
		met    bool
	}{{grants{all: Deny}, true}, {grants{name: Deny, all: Manage}, false}, {nil, true}} {
		a := &Authorizer{Grants: c.grants, Default: Read}
		if check, err := a.Meets(t.Context(), me, Need{Action: NotDenied, Exact: true}, name); err != nil || check.Met != c.met {
			t.Errorf("%v: %+v, %v", c.grants, check, err)
		}
	}
}

// TestInherited: deleting an assessment takes delete on assessments, and update on the experiment where nothing is granted on them.
func TestInherited(t *testing.T) {
	container, parts := InDefault(Experiment, "7"), InDefault(Assessment, AnyID)
	for _, c := range []struct {
		grants grants
		met    bool
	}{
		{grants{container: Edit}, true},
		{grants{container: Read}, false},
		{grants{container: Edit, parts: Edit}, false},
		{grants{container: Read, parts: Manage}, true},
	} {
		a := &Authorizer{Grants: c.grants, Default: NoPermissions}
		check, err := a.Meets(t.Context(), me, Need{Action: CanDelete, Inherited: CanUpdate, Part: Assessment}, container)
		if err != nil || check.Met != c.met {
			t.Errorf("%v: %+v, %v; want met %v", c.grants, check, err, c.met)
		}
	}
}

// TestPromptsHaveVersionsOfTheirOwn: a DENY on versions of registered models does not touch prompts, and the other way round.
func TestPromptsHaveVersionsOfTheirOwn(t *testing.T) {
	a := &Authorizer{Grants: grants{InDefault(RegisteredModelVersion, AnyID): Deny}, Default: Read}
	need := Need{Action: CanRead, Part: RegisteredModelVersion}
	for container, met := range map[Resource]bool{InDefault(Prompt, "p"): true, InDefault(RegisteredModel, "m"): false} {
		if check, err := a.Meets(t.Context(), me, need, container); err != nil || check.Met != met {
			t.Errorf("%s: %+v, %v", container, check, err)
		}
	}
}

// TestRelations is who may do what to a review queue.
func TestRelations(t *testing.T) {
	queue := Resolution{Owner: "owner", Members: []string{"member"}}
	for _, c := range []struct {
		only     Relation
		held     Permission
		username string
		want     bool
	}{
		{0, Read, "anybody", true},
		{ToMembers, Edit, "Member", true},
		{ToMembers, Manage, "manager", false},
		{ToMembersOrOwner, Read, "member", true},
		{ToMembersOrOwner, Read, "anybody", false},
		{ToMembersOrOwner, Edit, "OWNER", true},
		{ToMembersOrOwner, Read, "owner", false},
		{ToMembersOrOwner, Manage, "manager", true},
		{ToOwner, Edit, "owner", true},
		{ToOwner, Edit, "member", false},
		{ToOwner, Manage, "manager", true},
		{ToOwnerOfPersonal, Edit, "owner", true},
		{Relation(99), Manage, "owner", false},
	} {
		if got := queue.allows(c.only, c.held, c.username); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
	if (Resolution{}).allows(ToOwner, Edit, "") {
		t.Error("nobody owns what has no owner")
	}
	if (Resolution{Owner: "owner", Personal: true}).allows(ToOwnerOfPersonal, Edit, "owner") {
		t.Error("a personal queue was given to its owner's hands")
	}
}

// TestNobodySpeaksForAnother: a request that names its sender is its sender's alone.
func TestNobodySpeaksForAnother(t *testing.T) {
	for as, want := range map[string]bool{"": true, "me": true, "Me": false, "another": false} {
		a := Authorizer{Resolver: &world{}, Grants: grants{InDefault(Experiment, "7"): Manage}}
		need := Need{Action: CanUpdate, Ref: Ref{Kind: RefExperiment, ID: "7"}, As: as}
		if _, err := a.check(t.Context(), Principal{UserID: 1, Username: "me"}, []Need{need}); (err == nil) != want {
			t.Errorf("as %q: %v", as, err)
		}
	}
}

// TestWorkspaces: with them on, the default permission ends at the workspace's border, and whoever manages one cannot be restricted in it.
func TestWorkspaces(t *testing.T) {
	in := func(workspace string, kind Kind, id string) Resource { return Resource{kind, workspace, id} }
	on, shared := Workspaces{On: true}, Workspaces{On: true, DefaultIsShared: true}
	for _, c := range []struct {
		name       string
		workspaces Workspaces
		grants     grants
		r          Resource
		action     Action
		met        bool
	}{
		{"off: the default permission", Workspaces{}, nil, in("default", Experiment, "7"), CanRead, true},
		{"off: everybody creates", Workspaces{}, nil, in("default", Workspace, AnyID), CanUse, true},
		{"on: nothing by default", on, nil, in("default", Experiment, "7"), CanRead, false},
		{"on: nobody creates", on, nil, in("team", Workspace, AnyID), CanUse, false},
		{"shared: the default workspace has the default permission", shared, nil, in("default", Experiment, "7"), CanRead, true},
		{"shared: another has not", shared, nil, in("team", Experiment, "7"), CanRead, false},
		{"a grant holds in its workspace", on, grants{in("team", Experiment, "7"): Edit}, in("team", Experiment, "7"), CanUpdate, true},
		{"and in no other", on, grants{in("team", Experiment, "7"): Edit}, in("default", Experiment, "7"), CanUpdate, false},
		{"a member creates", on, grants{in("team", Workspace, AnyID): Use}, in("team", Workspace, AnyID), CanUse, true},
		{"and reads nothing by that", on, grants{in("team", Workspace, AnyID): Use}, in("team", Experiment, "7"), CanRead, false},
		{"a manager does everything", on, grants{in("team", Workspace, AnyID): Manage, in("team", Experiment, "7"): Deny}, in("team", Experiment, "7"), CanDelete, true},
		{"in the own workspace", on, grants{in("team", Workspace, AnyID): Manage}, in("other", Experiment, "7"), CanRead, false},
		{"a job is nobody's by default", Workspaces{}, nil, in("default", Job, "j"), CanRead, false},
		{"it is its creator's", Workspaces{}, grants{in("default", Job, "j"): Manage}, in("default", Job, "j"), CanUpdate, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := &Authorizer{Grants: c.grants, Default: Read, Workspaces: c.workspaces}
			if check, err := a.Decide(t.Context(), me, c.action, c.r); err != nil || check.Met != c.met {
				t.Errorf("%+v, %v; want met %v", check, err, c.met)
			}
		})
	}
}

// TestVeto is what a create asks of its kind: only DENY matters, not even the default permission.
func TestVeto(t *testing.T) {
	for permission, met := range map[Permission]bool{NoGrant: true, Deny: false, NoPermissions: true, Read: true, Manage: true} {
		a := &Authorizer{Grants: grants{InDefault(Run, AnyID): permission}, Default: NoPermissions}
		check, err := a.Meets(t.Context(), me, Need{Action: NotDenied}, InDefault(Run, AnyID))
		if err != nil || check.Met != met {
			t.Errorf("%s on all runs: %+v, %v; want met %v", permission, check, err, met)
		}
	}
}

// vacancy is where nothing is yet.
type vacancy struct{ resource Resource }

func (v vacancy) Resolve(context.Context, Ref) (Resolution, error) {
	return Resolution{Resources: []Resource{v.resource}, Vacant: true}, nil
}

// TestVacant: what a request makes by the way may be made by whoever is not denied it; what is there already needs the permission.
func TestVacant(t *testing.T) {
	server := InDefault(MCPServer, "a/b")
	need := []Need{{Action: CanUpdate, Ref: Ref{Kind: RefMCPServerToBe, ID: "a/b"}}}
	for _, c := range []struct {
		exact, whole Permission
		free, taken  bool
	}{
		{NoGrant, NoGrant, true, false},
		{NoGrant, Read, true, false},
		{Edit, NoGrant, true, true},
		{Deny, NoGrant, false, false},
		{NoGrant, Deny, false, false},
		{Manage, Deny, false, false},
	} {
		g := grants{server: c.exact, InDefault(MCPServer, AnyID): c.whole}
		for _, r := range []struct {
			resolver Resolver
			met      bool
		}{{vacancy{server}, c.free}, {&world{resolved: server}, c.taken}} {
			a := Authorizer{Grants: g, Resolver: r.resolver, Default: Read}
			if _, err := a.check(t.Context(), alice, need); (err == nil) != r.met {
				t.Errorf("%+v, %T: %v", c, r.resolver, err)
			}
		}
	}
}
