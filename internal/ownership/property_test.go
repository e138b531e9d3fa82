package ownership

import (
	"context"
	"errors"
	"os"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"extauthz/authz"
	"extauthz/store"
)

// TestGrantsFollowMLflow plays users who create, rename and delete on the same few names, requests that are carried out late or never,
// and responses that are late or lost. Whatever happens, in the end each thing belongs to who made it, and to nobody else. What was renamed
// against all expectation belongs to nobody if its old name is another thing's when the response comes.
func TestGrantsFollowMLflow(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			rt.Fatal(err)
		}
		g := &game{bench: newBench(rt, dir), nobodys: map[int]bool{}}
		defer g.store.Close()
		rt.Repeat(map[string]func(*rapid.T){
			"begin": g.request, "carry out": g.carryOut, "answer": g.answer, "lose": g.lose,
			"wait": func(rt *rapid.T) { g.after(time.Duration(rapid.IntRange(1, 2500).Draw(rt, "ms")) * time.Millisecond) },
		})
		g.finish(rt)
	})
}

type game struct {
	*bench
	waiting []call       // not carried out yet
	done    []answer     // carried out, no response yet
	nobodys map[int]bool // by serial
}

type answer struct {
	call
	status  int
	created string
	serial  int // of what it is about
}

func (g *game) request(rt *rapid.T) {
	name := rapid.SampledFrom([]string{"a", "b", "c"})
	user := rapid.SampledFrom([]uint64{alice, bob}).Draw(rt, "user")
	op := rapid.SampledFrom([]authz.Operation{
		experiment(name.Draw(rt, "name")), model(name.Draw(rt, "name")), prompt(name.Draw(rt, "name")), rename(name.Draw(rt, "name"), name.Draw(rt, "name")), remove(name.Draw(rt, "name")),
	}).Draw(rt, "operation")
	if op.Response != authz.Creates && !g.manages(user, op.Subject.Resource) {
		return // refused before Begin
	}
	if g.racesHimself(call{user: user, op: op}) {
		return
	}
	id, err := g.Begin(context.Background(), authz.Principal{UserID: user}, op)
	var r *authz.Refusal
	if err != nil && (!errors.As(err, &r) || r.Reason != authz.CreateInProgress) {
		rt.Fatal(err)
	}
	if err == nil {
		g.waiting = append(g.waiting, call{user, op, id})
	}
}

// manages asks about the prompt of the name as well: which of the two there is decides.
func (g *game) manages(user uint64, r authz.Resource) bool {
	return slices.ContainsFunc(r.Namesakes(), func(r authz.Resource) bool { return g.grants(r)[user] == authz.Manage })
}

// racesHimself reports a user who does not wait for his own answer: whether his delete or his create of one name came last is anyone's guess, and
// what the second of two deletes has deleted.
func (g *game) racesHimself(c call) bool {
	pending := slices.Clone(g.waiting)
	for _, a := range g.done {
		pending = append(pending, a.call)
	}
	return slices.ContainsFunc(pending, func(other call) bool {
		return other.user == c.user && (other.op.Response != c.op.Response || c.op.Response == authz.Deletes) && intent(other).Touches(intent(c))
	})
}

func intent(c call) store.Intent {
	return store.Intent{Kind: kindOf[c.op.Response], Resource: c.op.Subject.Resource, Name: c.op.Subject.Name}
}

func take[T any](rt *rapid.T, from *[]T) (T, bool) {
	var zero T
	if len(*from) == 0 {
		return zero, false
	}
	i := rapid.IntRange(0, len(*from)-1).Draw(rt, "which")
	x := (*from)[i]
	*from = append((*from)[:i:i], (*from)[i+1:]...)
	return x, true
}

func (g *game) carryOut(rt *rapid.T) {
	if c, ok := take(rt, &g.waiting); ok {
		status, created := g.server.do(c.user, c.op)
		g.done = append(g.done, answer{c, status, created, g.server.last})
	}
}

func (g *game) answer(rt *rapid.T) {
	if a, ok := take(rt, &g.done); ok {
		g.answered(a)
	}
}

func (g *game) answered(a answer) {
	if a.op.Response == authz.Renames && a.intent == "" && a.status == 200 {
		_, again := g.server.things[authz.RegisteredModel][a.op.Subject.Resource.ID]
		g.nobodys[a.serial] = g.nobodys[a.serial] || again
	}
	g.settle(a.call, a.status, a.created)
}

// lose loses a request on its way, or a response. One is not lost: that of a change which MLflow was expected to refuse and then made all
// the same. It has no intent, so that its thing would be nobody's, or another user's who holds the name with a create that never reached MLflow.
func (g *game) lose(rt *rapid.T) {
	if rapid.Bool().Draw(rt, "request") {
		take(rt, &g.waiting)
	} else if a, ok := take(rt, &g.done); ok && a.intent == "" && a.status == 200 {
		g.answered(a)
	}
}

func (g *game) finish(rt *rapid.T) {
	for len(g.done) > 0 {
		g.answer(rt)
	}
	g.after(settleAfter)
	g.after(lifetime)
	g.after(period) // for what waited behind an intent that has just been dropped
	g.open(0)
	for name, x := range g.server.things[authz.RegisteredModel] {
		own := authz.InDefault(x.kind, name)
		if !g.nobodys[x.serial] || len(g.grants(own)) > 0 {
			g.owned(own, x.creator)
		}
		g.owned(own.Namesakes()[1], 0)
	}
	for _, x := range g.server.things[authz.Experiment] {
		g.owned(authz.InDefault(authz.Experiment, x.id), x.creator)
	}
	for _, name := range []string{"a", "b", "c"} {
		if _, exists := g.server.things[authz.RegisteredModel][name]; !exists {
			g.owned(named(name), 0)
			g.owned(named(name).Namesakes()[1], 0)
		}
	}
}

// TestRun reconciles once a second until it is told to stop, intents of an earlier process first of all.
func TestRun(t *testing.T) {
	b := start(t)
	b.lost(alice, model("before"))
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		base := b.clock
		b.Tracker.now = func() time.Time { return base.Add(time.Since(began) + settleAfter) }
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan struct{})
		go func() {
			b.Run(ctx)
			close(ended)
		}()
		synctest.Wait()
		b.owned(named("before"), alice)
		b.lost(alice, model("during")) // begins now, by the Tracker's clock
		time.Sleep(settleAfter - time.Millisecond)
		synctest.Wait()
		b.owned(named("during"), 0)
		time.Sleep(period)
		synctest.Wait()
		b.owned(named("during"), alice)
		stop()
		<-ended
	})
}
