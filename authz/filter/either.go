package filter

import (
	"context"

	"extauthz/authz"
)

// maxQuestions is how often one answer may make us ask MLflow what a name stands for. Beyond it, rows of which it would matter are hidden.
const maxQuestions = 256

// either judges what belongs to a registered model or to a prompt, and does not say to which: versions. MLflow's basic-auth believes the
// version's own tag, which whoever may write to a version could set. Here MLflow is asked about the name, if it makes a difference.
type either struct {
	decider  Decider
	resolver authz.Resolver
	known    map[string]bool // an answer may hold thousands of versions of one model
	asked    int
}

func newEither(d Decider, r authz.Resolver) *either {
	return &either{decider: d, resolver: r, known: map[string]bool{}}
}

func (e *either) met(ctx context.Context, p authz.Principal, need authz.Need, ref authz.Ref) (bool, error) {
	if met, known := e.known[ref.ID]; known {
		return met, nil
	}
	met, err := e.judge(ctx, p, need, ref)
	if err == nil {
		e.known[ref.ID] = met
	}
	return met, err
}

func (e *either) judge(ctx context.Context, p authz.Principal, need authz.Need, ref authz.Ref) (bool, error) {
	met := [2]bool{}
	for i, r := range ref.In(authz.RegisteredModel, ref.ID).Namesakes() {
		c, err := e.decider.Meets(ctx, p, need, r)
		if err != nil {
			return false, err
		}
		met[i] = c.Met
	}
	if met[0] == met[1] {
		return met[0], nil
	}
	if e.asked++; e.asked > maxQuestions {
		return false, nil
	}
	found, err := e.resolver.Resolve(ctx, ref)
	for _, r := range found.Resources {
		if c, err := e.decider.Meets(ctx, p, need, r); err != nil || !c.Met {
			return false, err
		}
	}
	return err == nil && len(found.Resources) > 0, err
}
