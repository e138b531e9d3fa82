package mlflow

import (
	"slices"

	"extauthz/authz"
)

// traces are recorded calls: a trace belongs to one experiment, and its assessments go with it. MLflow 2 chose their ids, MLflow 3 leaves
// that to the client. The second and the third version of the API act on the same traces.
func traces() []Row {
	return slices.Concat(tracesV2(), tracesV3(), assessments(), exportedTraces())
}

func tracesV2() []Row {
	const p = "/api/2.0/mlflow/traces"
	const id = "request_id"
	written := traceTags{places: []string{"tags", "request_metadata"}}
	rewritten := traceTags{places: written.places, of: id} // MLflow 2's client sends all tags again
	return []Row{
		row("POST", p, "StartTrace", Update(Experiment, "experiment_id"), unlessDenied{authz.Trace}, written),
		row("PATCH", p+"/<request_id>", "EndTrace", Update(Trace, id), rewritten).withholds(traceLinksV2("trace_info")),
		row("GET", p+"/<request_id>/info", "GetTraceInfo", Read(Trace, id)).withholds(traceLinksV2("trace_info")),
		row("GET", p, "SearchTraces", Read(TracesOf, "experiment_ids[]"),
			selects{"experiment_ids[]", []string{"filter", "order_by"}}).withholds(traceLinksV2("traces[]")),
		row("PATCH", p+"/<request_id>/tags", "SetTraceTag", Update(Trace, id), traceTags{}),
		row("DELETE", p+"/<request_id>/tags", "DeleteTraceTag", Update(Trace, id), traceTags{taken: true}),
		row("POST", p+"/delete-traces", "DeleteTraces", deletedTraces{}),
		row("POST", p+"/link-to-run", "LinkTracesToRun", Update(Run, "run_id"), Read(Trace, "trace_ids[]")),
		// basic-auth looks at the trace alone. The link tells whoever may read the trace that the prompt's version was used.
		row("POST", p+"/link-prompts", "LinkPromptsToTrace", Update(Trace, "trace_id"), Read(ModelVersion, "prompt_versions[].name")),
		row("GET", "/ajax-api/2.0/mlflow/get-trace-artifact", "GetTraceArtifact", Read(Trace, id)).takes("request_id:string", "path:string"),
		row("GET", "/ajax-api/3.0/mlflow/get-trace-artifact", "GetTraceArtifactV3", Read(Trace, id)).takes("request_id:string", "path:string"),
	}
}

func tracesV3() []Row {
	const p = "/api/3.0/mlflow/traces"
	const id, ids, experiments = "trace_id", "trace_ids[]", "experiment_ids[]"
	const locations = "locations[].mlflow_experiment.experiment_id"
	return []Row{
		row("POST", p, "StartTraceV3", Update(Experiment, traceExperiment), unlessDenied{authz.Trace}, newTrace{}, newAssessments{},
			traceTags{places: []string{"trace.trace_info.tags", "trace.trace_info.trace_metadata"}}),
		row("GET", p+"/<trace_id>", "GetTraceInfoV3", Read(Trace, id)).withholds(traceLinks("trace/trace_info")),
		row("GET", p+"/get", "GetTrace", Read(Trace, id)).withholds(traceLinks("trace/trace_info")),
		row("GET", p+"/batchGet", "BatchGetTraces", Read(Trace, ids)).withholds(traceLinks("traces[]/trace_info")),
		row("POST", p+"/batchGetInfos", "BatchGetTraceInfos", Read(Trace, ids)).withholds(traceLinks("trace_infos[]")),
		row("POST", p+"/search", "SearchTracesV3", Read(TracesOf, locations),
			selects{locations, []string{"filter", "order_by"}}).withholds(traceLinks("traces[]")),
		row("POST", p+"/calculate-filter-correlation", "CalculateTraceFilterCorrelation", Read(TracesOf, experiments),
			selects{experiments, []string{"filter_string1", "filter_string2", "base_filter"}}),
		row("POST", p+"/metrics", "QueryTraceMetrics", Read(TracesOf, experiments),
			selects{experiments, []string{"view_type", "metric_name", "dimensions", "filters"}}),
		row("PATCH", p+"/<trace_id>/tags", "SetTraceTagV3", Update(Trace, id), traceTags{}),
		row("DELETE", p+"/<trace_id>/tags", "DeleteTraceTagV3", Update(Trace, id), traceTags{taken: true}),
		row("POST", p+"/delete-traces", "DeleteTracesV3", deletedTraces{}),
	}
}

func assessments() []Row {
	const p = "/api/3.0/mlflow/traces/<trace_id>/assessments"
	const id = "trace_id"
	own := sameAs{id, "assessment.trace_id"}
	return []Row{
		// An assessment is an update of its trace. A grant on all traces can add to what the experiment allows here, not lower it.
		row("POST", p, "CreateAssessment", Read(Trace, id), raised{updateOf(Trace, id)}, NotDenied(AssessmentOf, id), own, issueOf{}),
		row("GET", p+"/<assessment_id>", "GetAssessmentRequest", Read(Trace, id), Read(AssessmentOf, id), oneAssessment{}),
		row("PATCH", p+"/<assessment_id>", "UpdateAssessment", Read(Trace, id), Update(AssessmentOf, id), oneAssessment{}, own,
			sameAs{"assessment_id", "assessment.assessment_id"}),
		row("DELETE", p+"/<assessment_id>", "DeleteAssessment", Read(Trace, id), inherited{deleteOf(AssessmentOf, id), authz.CanUpdate}, oneAssessment{}),
	}
}

// exportedTraces are spans from OpenTelemetry's exporters and MLflow 3's client. FastAPI serves the path, below --static-prefix as well.
func exportedTraces() []Row {
	return []Row{
		row("POST", "/v1/traces", "ExportTraces", Update(Experiment, "experiment_id"), unlessDenied{authz.Trace}, spansOf{}, Update(Run, "run_ids[]?")).
			with(OTLPBody).takes("experiment_id:string", "trace_ids:string[]", "trace_tags:string[]", "run_ids:string[]"),
	}
}
