package mlflow

import (
	"fmt"
	"slices"
	"strings"

	"extauthz/authz"
)

// ScorerKey is the id that grants name a scorer by, as MLflow 3.17's do (mlflow/server/auth/sqlalchemy_store.py, _scorer_pattern): the
// experiment's id, a slash, and the name as urllib.parse.quote writes it with no safe characters.
func ScorerKey(experimentID, name string) string {
	var b strings.Builder
	b.WriteString(experimentID + "/")
	for _, c := range []byte(name) {
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte("_.-~", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// scorerNeed is a need on the scorer that the request names. A grant on it governs; without one, its experiment does. MLflow falls back to the
// default permission, which shows the scorers of an experiment that is forbidden.
type scorerNeed struct {
	action           authz.Action
	experiment, name string
}

func scorer(action authz.Action) scorerNeed { return scorerNeed{action, "experiment_id", "name"} }

func (n scorerNeed) fields() []string {
	return []string{n.experiment, strings.TrimSuffix(n.name, "?")}
}
func (n scorerNeed) asks() []Ask { return ask(n.action, authz.Scorer) }
func (n scorerNeed) describe() string {
	return n.action.String() + " scorer " + n.experiment + "/" + n.name
}

func (n scorerNeed) needs(in input) ([]authz.Need, error) {
	experiment, name, err := in.named(n.experiment, n.name)
	if err != nil || name == "" {
		return nil, err
	}
	return []authz.Need{scorerIn(n.action, experiment, name)}, nil
}

func scorerIn(action authz.Action, experiment, name string) authz.Need {
	need := Experiment.need(action, experiment)
	need.Part, need.PartID, need.Alone = authz.Scorer, ScorerKey(experiment, name), true
	return need
}

// versionsOfScorer is what deleting a scorer, or one of its versions, asks of the grants on all scorers' versions, where there are any.
type versionsOfScorer struct{ action authz.Action }

func (versionsOfScorer) fields() []string { return []string{"experiment_id"} }
func (n versionsOfScorer) asks() []Ask    { return ask(n.action, authz.ScorerVersion) }
func (n versionsOfScorer) describe() string {
	return n.action.String() + " scorer_version if granted"
}

func (n versionsOfScorer) needs(in input) ([]authz.Need, error) {
	needs, err := Read(Experiment, "experiment_id").needs(in)
	for i := range needs {
		needs[i].Action, needs[i].Part, needs[i].Inherited, needs[i].Alone = n.action, authz.ScorerVersion, authz.NotDenied, true
	}
	return needs, err
}

// serializedScorers judges scorers that a request carries as JSON texts, in a string or a list of strings: see judgeScorer. Where versions
// names a list that has a number for one, MLflow takes that version of the registered scorer of that name in its place.
type serializedScorers struct{ field, versions string }

func (n serializedScorers) fields() []string { return []string{n.field} }
func (n serializedScorers) asks() []Ask {
	return append(ask(authz.CanUse, authz.GatewayEndpoint), Ask{Permission: AskAdmin})
}
func (n serializedScorers) describe() string { return "use what " + n.field + " calls" }

func (n serializedScorers) needs(in input) ([]authz.Need, error) {
	texts := []any{in.params[n.field]}
	if list, ok := in.params[n.field].([]any); ok {
		texts = list
	}
	versions, _ := in.params[n.versions].([]any)
	if len(versions) > len(texts) || in.params[n.versions] != nil && versions == nil {
		return nil, mistyped(n.versions, "a list as long as "+n.field, false)
	}
	var needs []authz.Need
	for i, text := range texts {
		object, found, err := judgeScorer(n.field, text)
		if err != nil {
			return nil, err
		}
		needs = append(needs, found...)
		if i < len(versions) && versions[i] != nil {
			if needs, err = registeredScorer(needs, in, object["name"]); err != nil {
				return nil, err
			}
		}
	}
	return needs, nil
}

func registeredScorer(needs []authz.Need, in input, name any) ([]authz.Need, error) {
	in = input{params: map[string]any{"experiment_id": in.params["experiment_id"], "name": name}}
	found, err := scorer(authz.CanRead).needs(in)
	return slices.Concat(needs, found), err
}

// scorersOfJob needs READ on every scorer that a prompt optimization names. MLflow takes a built-in one first; a need on a scorer that is not
// there is one on the experiment, which the job needs anyway.
type scorersOfJob struct{}

func (scorersOfJob) fields() []string { return []string{"experiment_id", "config.scorers"} }
func (scorersOfJob) asks() []Ask      { return ask(authz.CanRead, authz.Scorer) }
func (scorersOfJob) describe() string { return "read scorer experiment_id/config.scorers[]" }

func (scorersOfJob) needs(in input) ([]authz.Need, error) {
	names, err := in.values(parseField("config.scorers[]?"))
	var needs []authz.Need
	for _, name := range names {
		if needs, err = registeredScorer(needs, in, name); err != nil {
			return nil, err
		}
	}
	return needs, err
}
