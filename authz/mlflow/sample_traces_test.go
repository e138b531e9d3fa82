package mlflow

import "extauthz/authz"

// traceNeed fills in what the odd needs of traces are about.
func (x *sample) traceNeed(n Needer) {
	switch n := n.(type) {
	case newTrace:
		x.info()["trace_id"] = "tr-new"
		delete(x.info()["trace_location"].(map[string]any), "inference_table")
		ref := authz.Ref{Kind: authz.RefNewTrace, ID: "tr-new", Experiment: idOf[authz.RefExperiment]}
		x.needs = append(x.needs, authz.Need{Action: authz.CanUpdate, Ref: ref})
	case newAssessments:
		x.info()["assessments"] = []any{map[string]any{"assessment_name": "n", "trace_id": "tr-new", "assessment_id": "a-1"}}
		x.expect(authz.NotDenied, authz.RefKindOf, string(authz.Assessment))
		ref := authz.Ref{Kind: authz.RefNewAssessments, Experiment: idOf[authz.RefExperiment]}
		x.needs = append(x.needs, authz.Need{Action: authz.CanUpdate, Ref: ref})
	case issueOf:
		x.assessment()["issue"], x.assessment()["assessment_name"] = map[string]any{"issue_name": "n"}, "iss-1"
		delete(x.assessment(), "feedback")
		delete(x.assessment(), "expectation")
		x.expect(authz.CanRead, authz.RefIssue, "iss-1")
	case sameAs:
		x.assessment()["trace_id"], x.assessment()["assessment_id"] = "tr-1", "v-1"
	case deletedTraces:
		x.params["experiment_id"], x.params["request_ids"] = "7", []any{"tr-1"}
		for _, ref := range []authz.Ref{{Kind: authz.RefExperiment, ID: "7"}, {Kind: authz.RefTrace, ID: "tr-1"}} {
			x.needs = append(x.needs, authz.Need{Action: authz.CanDelete, Ref: ref, Part: authz.Trace},
				authz.Need{Action: authz.CanDelete, Ref: ref, Part: authz.Assessment, Inherited: authz.CanUpdate})
		}
	case raised:
		x.fieldNeed(n.fieldNeed)
		x.needs[len(x.needs)-1].Raised = true
	case inherited:
		x.fieldNeed(n.fieldNeed)
		x.needs[len(x.needs)-1].Inherited = n.action
	}
}

func (x *sample) info() map[string]any {
	return x.params["trace"].(map[string]any)["trace_info"].(map[string]any)
}

func (x *sample) assessment() map[string]any { return x.params["assessment"].(map[string]any) }
