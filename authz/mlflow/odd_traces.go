package mlflow

import "extauthz/authz"

const traceExperiment = "trace.trace_info.trace_location.mlflow_experiment.experiment_id"

// newTrace is the trace that a request starts under an id of its own choice. MLflow 3 takes the id of an existing trace as well: it writes
// over that trace and takes it, with its assessments, into the experiment that the request names. So the id must be free or there already.
type newTrace struct{}

func (newTrace) fields() []string { return []string{"trace.trace_info.trace_id", traceExperiment} }

func (newTrace) needs(in input) ([]authz.Need, error) {
	needs, err := fieldNeed{authz.CanUpdate, Trace, parseField("trace.trace_info.trace_id")}.needs(in)
	if err != nil {
		return nil, err
	}
	id := needs[0].Ref.ID
	if tracePaths[id] {
		return nil, authz.Refuse(authz.InvalidParameter, "Invalid value for parameter 'trace_id': '"+id+"' is a path of MLflow's own.")
	}
	experiment, err := in.values(parseField(traceExperiment))
	if err != nil {
		return nil, err
	}
	return []authz.Need{{Action: authz.CanUpdate, Ref: authz.Ref{Kind: authz.RefNewTrace, ID: id, Experiment: experiment[0]}}}, nil
}

// spansOf are the traces that spans are written to (readOTLP), each new or in the experiment already, and their tags. The ids need no check:
// they were made of a span's bytes.
type spansOf struct{}

func (spansOf) fields() []string { return []string{"experiment_id", "trace_ids", "trace_tags"} }

func (spansOf) needs(in input) ([]authz.Need, error) {
	var needs []authz.Need
	experiment, _ := in.params["experiment_id"].(string)
	ids, _ := in.params["trace_ids"].([]any)
	for _, id := range ids {
		trace, _ := id.(string)
		needs = append(needs, authz.Need{Action: authz.CanUpdate, Ref: authz.Ref{Kind: authz.RefNewTrace, ID: trace, Experiment: experiment}})
	}
	tags, _ := in.params["trace_tags"].([]any)
	for _, tag := range tags {
		if key, _ := tag.(string); acted(key) {
			needs = append(needs, adminsOnly("the tag "+key)...)
		}
	}
	return needs, nil
}

// tracePaths are what later releases serve where earlier ones have a trace's id: /api/3.0/mlflow/traces/get.
var tracePaths = map[string]bool{"get": true, "batchGet": true}

// deletedTraces needs DELETE on the traces of the experiment and on each that is named, and on their assessments, which go with them: where
// nothing is granted on those, the experiment has to allow updates. MLflow deletes only what is in the experiment.
type deletedTraces struct{}

func (deletedTraces) fields() []string { return []string{"experiment_id", "request_ids"} }

func (deletedTraces) needs(in input) ([]authz.Need, error) {
	all, err := fieldNeed{authz.CanDelete, TracesOf, parseField("experiment_id")}.needs(in)
	if err != nil {
		return nil, err
	}
	each, err := fieldNeed{authz.CanDelete, Trace, parseField("request_ids[]?")}.needs(in)
	if err != nil {
		return nil, err
	}
	var needs []authz.Need
	for _, traces := range append(all, each...) {
		with := traces
		with.Part, with.Inherited = authz.Assessment, authz.CanUpdate
		needs = append(needs, traces, with)
	}
	return needs, nil
}

func (newTrace) describe() string {
	return "update the trace of trace.trace_info.trace_id if it is there"
}
func (newTrace) asks() []Ask { return ask(authz.CanUpdate, authz.Experiment) }
func (spansOf) describe() string {
	return "update each trace that is there, admin if a tag is MLflow's own"
}

func (spansOf) asks() []Ask {
	return append(ask(authz.CanUpdate, authz.Experiment), Ask{Permission: AskAdmin})
}

func (deletedTraces) describe() string {
	return "delete trace experiment_id, request_ids[]?, and assessments"
}
func (deletedTraces) asks() []Ask { return ask(authz.CanDelete, authz.Trace, authz.Assessment) }
