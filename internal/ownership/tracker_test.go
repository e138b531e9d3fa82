package ownership

import (
	"context"
	"errors"
	"testing"
	"time"

	"extauthz/authz"
	"extauthz/store"
)

var exp7 = authz.InDefault(authz.Experiment, "7")

func TestTheCreatorOwnsWhatIsMade(t *testing.T) {
	b := start(t)
	b.whole(alice, experiment("x"))
	b.owned(exp7, alice)
	b.whole(bob, model("m"))
	b.owned(named("m"), bob)
	b.open(0)
}

// TestIDsThatMLflowMakesUp: a secret is created by its name and deleted by its id. A second request for the same, whose response is lost,
// changes nothing later.
func TestIDsThatMLflowMakesUp(t *testing.T) {
	s7 := authz.InDefault(authz.GatewaySecret, "7")
	b := start(t)
	b.begin(alice, secret("key"))
	b.whole(alice, secret("key"))
	b.owned(s7, alice)
	b.open(0)
	b.give(bob, s7, authz.Read)
	b.after(settleAfter)
	if got := b.grants(s7); len(got) != 2 {
		t.Errorf("grants on the secret: %v", got)
	}
	b.whole(alice, operation(authz.Deletes, s7, ""))
	b.owned(s7, 0)
	b.lost(bob, secret("key"))
	b.after(settleAfter)
	b.owned(authz.InDefault(authz.GatewaySecret, "8"), bob)
	b.open(0)
}

// TestReusedExperimentID: MLflow can give an id again after `mlflow gc`; what was granted on it must not apply.
func TestReusedExperimentID(t *testing.T) {
	b := start(t)
	b.give(carol, exp7, authz.Edit)
	b.whole(alice, experiment("x"))
	b.owned(exp7, alice)
}

// TestPromptAndModelOfOneName: names are one table in MLflow, so what was granted on a model is not there for a prompt of that name, nor
// for a model that comes after it.
func TestPromptAndModelOfOneName(t *testing.T) {
	p := authz.InDefault(authz.Prompt, "x")
	b := start(t)
	b.give(carol, named("x"), authz.Manage)
	b.give(carol, p, authz.Deny)
	b.whole(alice, prompt("x"))
	b.owned(p, alice)
	b.owned(named("x"), 0)
	b.whole(alice, rename("x", "y"))
	b.owned(p, 0)
	b.owned(authz.InDefault(authz.Prompt, "y"), alice)
	b.whole(alice, remove("y"))
	b.owned(authz.InDefault(authz.Prompt, "y"), 0)
}

// TestPromptOrModelIsWhatMLflowMade: of two creates whose responses are lost, MLflow says which one it was.
func TestPromptOrModelIsWhatMLflowMade(t *testing.T) {
	b := start(t)
	b.begin(alice, model("x"))
	b.refused(bob, prompt("x"), authz.CreateInProgress)
	b.lost(alice, prompt("x"))
	b.after(settleAfter)
	b.owned(authz.InDefault(authz.Prompt, "x"), alice)
	b.owned(named("x"), 0)
	b.open(0)
}

func TestCreateWhoseResponseIsLost(t *testing.T) {
	b := start(t)
	b.give(carol, exp7, authz.Manage)
	b.lost(alice, experiment("x"))
	b.after(settleAfter - time.Millisecond)
	b.open(1)
	b.after(time.Millisecond)
	b.owned(exp7, alice)
	b.open(0)
}

func TestCreateThatNeverReachesMLflow(t *testing.T) {
	b := start(t)
	b.begin(alice, model("m"))
	b.after(lifetime)
	b.open(1)
	b.after(time.Millisecond)
	b.open(0)
	b.whole(bob, model("m"))
	b.owned(named("m"), bob)
}

// TestTwoUsersOnOneName: the second waits until it is known what became of the first, and never inherits it.
func TestTwoUsersOnOneName(t *testing.T) {
	b := start(t)
	c := b.begin(alice, experiment("x"))
	b.refused(bob, experiment("x"), authz.CreateInProgress)
	status, created := b.server.do(c.user, c.op)
	if b.whole(bob, experiment("x")) != 400 { // its outcome shows in MLflow, so bob's may go on, to be refused there
		t.Error("MLflow made it twice")
	}
	b.owned(exp7, alice)
	b.settle(c, status, created)
	b.owned(exp7, alice)
	b.open(0)
}

func TestLoserOfARace(t *testing.T) {
	b := start(t)
	first, second := b.begin(alice, model("m")), b.begin(alice, model("m")) // a client that tries again
	status, _ := b.server.do(second.user, second.op)
	b.settle(second, status, "")
	b.open(0)
	b.settle(first, 400, "")
	b.owned(named("m"), alice)
	b.open(0)
}

// TestRenameTriedAgain: the first try's answer is lost, and whichever is answered, what was shared stays so.
func TestRenameTriedAgain(t *testing.T) {
	for _, answered := range []int{0, 1} {
		b := start(t)
		b.whole(alice, model("a"))
		b.give(carol, named("a"), authz.Read)
		tries := []call{b.begin(alice, rename("a", "b")), b.begin(alice, rename("a", "b"))}
		status, _ := b.server.do(alice, tries[answered].op)
		b.settle(tries[answered], status, "")
		if got := b.grants(named("b")); got[carol] != authz.Read || got[alice] != authz.Manage {
			t.Errorf("grants on b: %v", got)
		}
		b.owned(named("a"), 0)
		b.settle(tries[1-answered], 400, "")
		b.open(0)
	}
}

// TestNamesOfDifferentKinds do not meet.
func TestNamesOfDifferentKinds(t *testing.T) {
	b := start(t)
	b.begin(alice, experiment("x"))
	b.begin(bob, model("x"))
	b.open(2)
}

// TestOutcomes: what each status of a create's response does to the intent and the grants.
func TestOutcomes(t *testing.T) {
	for _, c := range []struct {
		status, open int
		owner        uint64
	}{{200, 0, alice}, {201, 0, alice}, {302, 0, 0}, {400, 0, 0}, {404, 0, 0}, {499, 0, 0}, {500, 1, 0}, {503, 1, 0}, {0, 1, 0}, {100, 1, 0}} {
		b := start(t)
		b.settle(b.begin(alice, model("m")), c.status, "")
		b.open(c.open)
		b.owned(named("m"), c.owner)
	}
}

// TestWhatMLflowWillRefuseLeavesNoIntent, and still follows MLflow should it do it all the same.
func TestWhatMLflowWillRefuseLeavesNoIntent(t *testing.T) {
	b := start(t)
	b.whole(alice, model("m"))
	b.whole(alice, model("taken"))
	for _, op := range []authz.Operation{model("m"), rename("gone", "new"), rename("m", "taken"), rename("m", "m"), remove("gone")} {
		if c := b.begin(bob, op); c.intent != "" {
			t.Errorf("%s %+v has an intent", op.Name, op.Subject)
		}
	}
	b.open(0)
	b.settle(call{bob, model("m"), ""}, 400, "")
	b.owned(named("m"), alice)
	b.settle(call{bob, model("m"), ""}, 200, "")
	b.owned(named("m"), bob)
}

func TestRename(t *testing.T) {
	for _, name := range []string{"answered", "lost"} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			b.whole(alice, model("old"))
			b.give(carol, named("new"), authz.Manage) // left over
			b.give(bob, named("old"), authz.Read)
			if name == "lost" {
				b.lost(alice, rename("old", "new"))
				b.after(settleAfter)
			} else {
				b.whole(alice, rename("old", "new"))
			}
			b.owned(named("old"), 0)
			if got := b.grants(named("new")); len(got) != 2 || got[alice] != authz.Manage || got[bob] != authz.Read {
				t.Errorf("grants on new: %v", got)
			}
			b.open(0)
		})
	}
}

func TestDelete(t *testing.T) {
	for _, name := range []string{"answered", "lost", "not carried out"} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			b.whole(alice, model("m"))
			b.give(bob, named("m"), authz.NoPermissions)
			switch name {
			case "answered":
				b.whole(alice, remove("m"))
			case "lost":
				b.lost(alice, remove("m"))
				b.after(settleAfter)
			default:
				b.begin(alice, remove("m"))
				b.after(lifetime + time.Second)
				if got := b.grants(named("m")); len(got) != 2 {
					t.Errorf("grants on m: %v", got)
				}
				return
			}
			b.owned(named("m"), 0)
			b.whole(carol, model("m"))
			b.owned(named("m"), carol)
		})
	}
}

// TestRenameOntoAnothersModel: mallory (alice) asks to rename her model to bob's, hides the refusal by going away, and deletes hers. That
// must not look like a rename that succeeded, which would move her MANAGE onto bob's model.
func TestRenameOntoAnothersModel(t *testing.T) {
	b := start(t)
	b.whole(alice, model("mine"))
	b.whole(bob, model("his"))
	b.lost(alice, rename("mine", "his"))
	b.lost(alice, remove("mine"))
	b.after(settleAfter)
	b.owned(named("his"), bob)
	b.owned(named("mine"), 0)
}

// TestRenameOntoAModelMadeLater: the same with a name that comes into being behind the proxy's back.
func TestRenameOntoAModelMadeLater(t *testing.T) {
	b := start(t)
	b.whole(alice, model("mine"))
	b.begin(alice, rename("mine", "his"))
	b.refused(bob, model("his"), authz.CreateInProgress)
	b.after(3 * time.Second)
	b.server.do(bob, model("his"))
	b.give(bob, named("his"), authz.Manage)
	b.lost(alice, remove("mine"))
	b.after(settleAfter)
	b.owned(named("his"), bob)
}

// TestSquattedExperimentName: mallory (alice) asks for a name and goes away before MLflow hears of it; bob makes an experiment and renames
// it to that name, which needs no intent. It stays bob's.
func TestSquattedExperimentName(t *testing.T) {
	b := start(t)
	b.begin(alice, experiment("x"))
	b.after(time.Second)
	b.whole(bob, experiment("draft"))
	e := b.server.things[authz.Experiment]["draft"]
	delete(b.server.things[authz.Experiment], "draft")
	e.altered = true
	b.server.things[authz.Experiment]["x"] = e
	b.after(settleAfter)
	b.owned(exp7, bob)
	b.after(lifetime)
	b.owned(exp7, bob)
	b.open(0)
}

// TestCreateBetweenQuestionAndRecord: bob's model comes into being after alice's Begin was told that there is none, and is settled before
// her intent is recorded. Hers must not claim it.
func TestCreateBetweenQuestionAndRecord(t *testing.T) {
	b := start(t)
	c := b.begin(bob, model("m"))
	questions := 0
	b.server.asked = func(string) {
		if questions++; questions == 2 { // the first is about bob's open intent
			b.server.asked = nil
			status, _ := b.server.do(c.user, c.op)
			b.settle(c, status, "")
		}
	}
	b.begin(alice, model("m"))
	b.open(0)
	b.after(settleAfter)
	b.owned(named("m"), bob)
}

// TestDeletedWorkspace: the next of its name begins without grants, also when the answer was lost.
func TestDeletedWorkspace(t *testing.T) {
	gone := operation(authz.Deletes, authz.InDefault(authz.Workspace, "team"), "")
	inside := authz.Resource{Kind: authz.Experiment, Workspace: "team", ID: "7"}
	for _, lost := range []bool{false, true} {
		b := start(t)
		b.server.things[authz.Workspace] = map[string]thing{"team": {kind: authz.Workspace, id: "team"}}
		b.give(bob, inside, authz.Manage)
		b.give(bob, authz.WorkspaceNamed("team"), authz.Use)
		b.give(bob, exp7, authz.Read)
		if lost {
			b.lost(alice, gone)
			b.after(settleAfter)
		} else {
			b.whole(alice, gone)
		}
		b.owned(inside, 0)
		b.owned(authz.WorkspaceNamed("team"), 0)
		if got := b.grants(exp7); got[bob] != authz.Read {
			t.Errorf("in the default workspace: %v", got)
		}
		b.open(0)
	}
}

// TestDeleteUnderWay: while a delete is on its way, a create of the same name is neither possible nor impossible.
func TestDeleteUnderWay(t *testing.T) {
	b := start(t)
	b.whole(alice, model("m"))
	c := b.begin(alice, remove("m"))
	b.refused(bob, model("m"), authz.CreateInProgress)
	b.refused(alice, model("m"), authz.CreateInProgress)
	status, _ := b.server.do(c.user, c.op)
	b.whole(bob, model("m"))
	b.owned(named("m"), bob)
	b.settle(c, status, "") // late: it must not forget what is bob's now
	b.owned(named("m"), bob)
}

// TestCreateOvertakesARename: bob's create of a name that alice is just giving up is answered before her rename is. Her rename must not
// carry his MANAGE onto her model.
func TestCreateOvertakesARename(t *testing.T) {
	b := start(t)
	b.whole(alice, model("m"))
	late := b.begin(bob, model("m"))
	c := b.begin(alice, rename("m", "n"))
	status, _ := b.server.do(c.user, c.op)
	lateStatus, _ := b.server.do(late.user, late.op)
	b.settle(late, lateStatus, "")
	b.settle(c, status, "")
	b.owned(named("n"), alice)
	b.after(settleAfter)
	b.owned(named("m"), bob)
	b.open(0)
}

// TestCreateOvertakesADelete: bob's create of a name that alice's delete is just freeing is answered, and the answer to her delete is late or
// lost. What she had on hers she must not have on his.
func TestCreateOvertakesADelete(t *testing.T) {
	for _, lost := range []bool{false, true} {
		b := start(t)
		b.whole(alice, model("m"))
		late := b.begin(bob, model("m"))
		c := b.begin(alice, remove("m"))
		status, _ := b.server.do(c.user, c.op)
		lateStatus, _ := b.server.do(late.user, late.op)
		b.settle(late, lateStatus, "")
		b.owned(named("m"), bob)
		if !lost {
			b.settle(c, status, "")
		}
		b.after(settleAfter)
		b.owned(named("m"), bob)
		b.after(lifetime)
		b.after(period)
		b.owned(named("m"), bob)
		b.open(0)
	}
}

// TestRenameOvertakesADelete: alice renames to what bob is deleting, which was not expected to work. She has it at once, and keeps it when the
// answer to the delete comes last, or never.
func TestRenameOvertakesADelete(t *testing.T) {
	for _, lost := range []bool{false, true} {
		b := start(t)
		b.whole(alice, model("hers"))
		b.whole(bob, model("his"))
		move, deletion := b.begin(alice, rename("hers", "his")), b.begin(bob, remove("his"))
		status, _ := b.server.do(bob, deletion.op)
		b.server.do(alice, move.op)
		b.settle(move, 200, "")
		b.owned(named("his"), alice)
		if !lost {
			b.settle(deletion, status, "")
		}
		b.after(settleAfter)
		b.after(lifetime)
		b.after(period)
		b.owned(named("his"), alice)
		b.owned(named("hers"), 0)
		b.open(0)
	}
}

// TestCreateOvertakesAnUnexpectedRename: the same, and bob makes another thing with the name that she gives up. Whichever answer comes first, what
// he has on his never comes to be on hers.
func TestCreateOvertakesAnUnexpectedRename(t *testing.T) {
	for _, createFirst := range []bool{false, true} {
		b := start(t)
		b.whole(alice, model("hers"))
		b.whole(bob, model("his"))
		move, deletion, late := b.begin(alice, rename("hers", "his")), b.begin(bob, remove("his")), b.begin(bob, model("hers"))
		b.server.do(bob, deletion.op)
		b.server.do(alice, move.op)
		b.server.do(bob, late.op)
		first, second := move, late
		if createFirst {
			first, second = late, move
		}
		b.settle(first, 200, "")
		b.settle(second, 200, "")
		b.settle(deletion, 200, "")
		b.owned(named("hers"), bob)
		b.owned(named("his"), 0)
		b.open(0)
	}
}

// TestCreateOvertakesALostRename: bob's create of the name that alice gives up proves that her rename, whose answer is lost, was carried out.
func TestCreateOvertakesALostRename(t *testing.T) {
	b := start(t)
	b.whole(alice, model("m"))
	late := b.begin(bob, model("m"))
	b.lost(alice, rename("m", "n"))
	status, _ := b.server.do(late.user, late.op)
	b.settle(late, status, "")
	b.owned(named("m"), bob)
	b.owned(named("n"), alice)
	b.open(0)
}

// TestOvertakenDeleteIsCarriedOutLate: what has taken the name is what it deletes then.
func TestOvertakenDeleteIsCarriedOutLate(t *testing.T) {
	for _, lost := range []bool{false, true} {
		b := start(t)
		b.whole(alice, model("m"))
		late, deletion := b.begin(bob, model("m")), b.begin(alice, remove("m"))
		b.server.do(alice, remove("m")) // behind the proxy's back
		b.server.do(bob, late.op)
		b.settle(late, 200, "")
		b.owned(named("m"), bob)
		status, _ := b.server.do(alice, deletion.op)
		if !lost {
			b.settle(deletion, status, "")
		}
		b.after(settleAfter)
		b.owned(named("m"), 0)
		b.open(0)
	}
}

// TestLostRenameAndLostCreateOfOneName: only one of them can have happened, and MLflow does not tell which. The thing is hers in any case, and on
// what is gone there is no grant.
func TestLostRenameAndLostCreateOfOneName(t *testing.T) {
	for _, renamed := range []bool{false, true} {
		b := start(t)
		b.whole(alice, model("a"))
		if renamed {
			b.begin(alice, model("c"))
			b.lost(alice, rename("a", "c"))
		} else {
			b.begin(alice, rename("a", "c"))
			b.lost(alice, model("c"))
			b.whole(alice, remove("a"))
		}
		b.after(settleAfter)
		b.owned(named("c"), alice)
		b.owned(named("a"), 0)
		b.open(0)
	}
}

// TestCreateOfANameThatALostRenameGaveUp: that the name was free shows that it was carried out, though an older create that never reached MLflow
// may still be on its way to the new name.
func TestCreateOfANameThatALostRenameGaveUp(t *testing.T) {
	b := start(t)
	b.whole(alice, model("c"))
	b.after(settleAfter)
	b.begin(alice, model("a"))
	b.lost(alice, rename("c", "a"))
	b.whole(alice, model("c"))
	b.owned(named("a"), alice)
	b.owned(named("c"), alice)
	b.open(0)
}

// TestSecondDeleteHitsAnothersModel: alice's second delete is carried out after bob has taken the name, and found to be so by its answer.
func TestSecondDeleteHitsAnothersModel(t *testing.T) {
	b := start(t)
	b.whole(alice, model("m"))
	first, second := b.begin(alice, remove("m")), b.begin(alice, remove("m"))
	b.server.do(alice, first.op)
	b.whole(bob, model("m"))
	b.settle(first, 200, "")
	b.owned(named("m"), bob)
	b.server.do(alice, second.op)
	b.settle(second, 200, "")
	b.owned(named("m"), 0)
	b.open(0)
}

// TestLateResponse: once reconciled, a response that comes after all changes nothing that has been granted since.
func TestLateResponse(t *testing.T) {
	b := start(t)
	c := b.begin(alice, model("m"))
	status, _ := b.server.do(c.user, c.op)
	b.after(settleAfter)
	b.give(carol, named("m"), authz.Edit)
	b.settle(c, status, "")
	if got := b.grants(named("m")); got[carol] != authz.Edit || got[alice] != authz.Manage {
		t.Errorf("grants on m: %v", got)
	}
}

// TestGoingOnAfterALostResponse: a client that finds its change done and goes on does not lose the grants on the way.
func TestGoingOnAfterALostResponse(t *testing.T) {
	b := start(t)
	b.lost(alice, model("a"))
	b.lost(alice, rename("a", "b"))
	b.whole(alice, rename("b", "c"))
	b.owned(named("c"), alice)
	b.owned(named("a"), 0)
	b.owned(named("b"), 0)
	b.open(0)
}

// TestRenameInsteadOfALostDelete: the old name is gone because of the rename, not of the delete that MLflow never heard of.
func TestRenameInsteadOfALostDelete(t *testing.T) {
	b := start(t)
	b.whole(alice, model("a"))
	b.begin(alice, remove("a"))
	b.after(time.Second)
	c := b.begin(alice, rename("a", "b"))
	status, _ := b.server.do(c.user, c.op)
	b.after(settleAfter)
	b.settle(c, status, "")
	b.owned(named("b"), alice)
	b.after(lifetime)
	b.open(0)
}

func TestCreatorWhoIsGone(t *testing.T) {
	b := start(t)
	b.lost(alice, model("m"))
	if err := b.store.DeleteUser(context.Background(), "alice"); err != nil {
		t.Fatal(err)
	}
	b.after(settleAfter)
	b.open(0)
	b.owned(named("m"), 0)
}

func TestMLflowThatDoesNotAnswer(t *testing.T) {
	b := start(t)
	b.lost(alice, model("m"))
	b.server.fails = errors.New("down")
	b.refused(bob, model("m"), authz.LookupFailed)
	b.refused(bob, experiment("x"), authz.LookupFailed)
	b.after(2 * lifetime)
	b.open(1)
	b.server.fails = nil
	b.after(time.Second)
	b.owned(named("m"), alice)
}

// TestMLflowThatFailsInTheMiddle: the question after the record fails, so the request is refused and nothing may stay recorded.
func TestMLflowThatFailsInTheMiddle(t *testing.T) {
	b := start(t)
	b.server.asked = func(string) { b.server.fails = errors.New("down") }
	b.refused(alice, model("m"), authz.LookupFailed)
	b.open(0)
}

type brokenStore struct {
	Store
	put, list, del error
}

func (s brokenStore) PutIntent(ctx context.Context, i store.Intent) error {
	return errors.Join(s.put, s.Store.PutIntent(ctx, i))
}

func (s brokenStore) Intents(ctx context.Context) ([]store.Intent, error) {
	all, err := s.Store.Intents(ctx)
	return all, errors.Join(s.list, err)
}

func (s brokenStore) DeleteIntent(ctx context.Context, id string) error {
	return errors.Join(s.del, s.Store.DeleteIntent(ctx, id))
}

func TestAStoreThatFails(t *testing.T) {
	broken := errors.New("disk")
	for name, s := range map[string]brokenStore{"put": {put: broken}, "list": {list: broken}} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			s.Store = b.store
			b.Tracker.store = s
			b.refused(alice, model("m"), authz.StoreFailed)
		})
	}
	b := start(t)
	c := b.begin(alice, model("m"))
	b.Tracker.store = brokenStore{Store: b.store, list: broken}
	if err := b.Settle(context.Background(), Outcome{IntentID: c.intent, Response: authz.Creates, UserID: alice, Subject: c.op.Subject, Status: 200}); err == nil {
		t.Error("a store that cannot be read settles")
	}
}

func TestNothingToRecord(t *testing.T) {
	b := start(t)
	for _, op := range []authz.Operation{{}, {Response: authz.Filters}, model(""), experiment("")} {
		if id, err := b.Begin(context.Background(), authz.Principal{UserID: alice}, op); err == nil || id != "" {
			t.Errorf("%+v: %q", op, id)
		}
	}
}

// TestAnotherThingOfTheName: a create that was expected to fail comes between a change whose response is lost, and is lost itself. What is made
// then is nobody's, and least of all whose the old thing was.
func TestAnotherThingOfTheName(t *testing.T) {
	for name, op := range map[string]authz.Operation{"delete": remove("c"), "rename": rename("c", "b")} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			b.whole(alice, model("c"))
			unexpected := b.begin(bob, model("c"))
			b.lost(alice, op)
			b.server.do(unexpected.user, unexpected.op)
			b.after(settleAfter)
			b.owned(named("c"), 0)
			if op.Response == authz.Renames {
				b.owned(named("b"), alice)
			}
			b.open(0)
		})
	}
}

// TestDeleteThatNeverReachesMLflow: what is there still is whose it was.
func TestDeleteThatNeverReachesMLflow(t *testing.T) {
	b := start(t)
	b.whole(alice, model("c"))
	b.begin(alice, remove("c"))
	b.after(settleAfter)
	b.owned(named("c"), alice)
	b.after(lifetime)
	b.open(0)
	b.owned(named("c"), alice)
}
