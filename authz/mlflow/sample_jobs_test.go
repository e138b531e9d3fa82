package mlflow

import (
	"slices"
	"strings"

	"extauthz/authz"
)

// jobNeed puts what a Needer of review queues, scorers and jobs looks at into the sample, and expects what it asks.
func (x *sample) jobNeed(n Needer) {
	const scorerText = `{"name":"other","instructions_judge_pydantic_data":{"instructions":"i","model":"gateway:/judge"}}`
	judge := authz.Need{Action: authz.CanUse, Ref: authz.Ref{Kind: authz.RefGatewayEndpointName, ID: "judge"}}
	switch n := n.(type) {
	case among:
		x.fieldNeed(n.fieldNeed)
		x.needs[len(x.needs)-1].Only = n.only
	case queueNamed:
		x.params["experiment_id"], x.params["name"] = "7", "q"
		x.expectIn(authz.Need{Action: n.action, Ref: authz.Ref{Kind: authz.RefReviewQueueName, ID: "7/q"}, Part: authz.ReviewQueue, Only: n.only})
	case queueUpdate:
		delete(x.params, "new_owner")
		x.jobNeed(among{Update(ReviewQueue, "queue_id").(fieldNeed), authz.ToOwner})
	case scorerNeed:
		x.params["experiment_id"], x.params[strings.TrimSuffix(n.name, "?")] = "7", "a b"
		x.expectIn(scorerIn(n.action, "7", "a b"))
	case versionsOfScorer:
		x.expectIn(authz.Need{
			Action: n.action, Ref: authz.Ref{Kind: authz.RefExperiment, ID: "7"}, Part: authz.ScorerVersion, Inherited: authz.NotDenied, Alone: true,
		})
	case serializedScorers:
		if n.versions != "" {
			x.params[n.field], x.params[n.versions] = []any{scorerText}, []any{nil}
		} else {
			x.params[n.field] = scorerText
		}
		x.expectIn(judge)
	case judgeModel:
		x.params["endpoint_name"] = "judge"
		x.expectIn(judge)
	case scorersOfJob:
		x.params["config"].(map[string]any)["scorers"] = []any{"a b"}
		x.expectIn(scorerIn(authz.CanRead, "7", "a b"))
	case optimizedPrompt:
		x.params["source_prompt_uri"] = "prompts:/p/1"
		x.expectIn(RegisteredModel.need(authz.CanUpdate, "p"))
		x.expectIn(ModelVersion.need(authz.CanRead, "p"))
		x.expectIn(ModelVersion.need(authz.NotDenied, "p"))
	case optimizerConfig:
		x.params["config"].(map[string]any)["optimizer_config_json"] = `{"reflection_model":"gateway:/judge"}`
		x.expectIn(judge)
	case inOwnName:
		x.params[n.field] = "me"
		x.jobNeed(n.among)
		x.needs[len(x.needs)-1].As = "me"
	}
}

// onceEach is the needs as the mapper lists them.
func onceEach(needs []authz.Need) []authz.Need {
	var once []authz.Need
	for _, need := range needs {
		if !slices.Contains(once, need) {
			once = append(once, need)
		}
	}
	return once
}

func (x *sample) expectIn(need authz.Need) { x.needs = append(x.needs, need) }
