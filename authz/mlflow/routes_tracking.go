package mlflow

import "extauthz/authz"

func experiments() []Row {
	const p = "/api/2.0/mlflow/experiments/"
	list := &Listing{Rows: "experiments", ID: "experiment_id", Kind: authz.Experiment}
	whole := withParts{fieldNeed{authz.CanDelete, Experiment, parseField("experiment_id")}, partsOfExperiment}
	return []Row{
		// A location of one's own choice can be another experiment's: MLflow's artifact proxy tells owners by the path alone.
		row("POST", p+"create", "CreateExperiment", unlessDenied{authz.Experiment}, adminOnlyIf{"artifact_location"}, experimentTags{"tags"}, tracesNamed{"name"}).
			creates(Subject{Kind: authz.Experiment, Name: "name", Created: "experiment_id"}),
		row("GET", p+"search", "SearchExperiments").filters(list),
		row("POST", p+"search", "SearchExperiments").filters(list),
		row("GET", p+"get", "GetExperiment", Read(Experiment, "experiment_id")),
		row("GET", p+"get-by-name", "GetExperimentByName", Read(ExperimentName, "experiment_name")),
		row("POST", p+"update", "UpdateExperiment", Update(Experiment, "experiment_id"), tracesNamed{"new_name"}),
		row("POST", p+"delete", "DeleteExperiment", whole),
		row("POST", p+"restore", "RestoreExperiment", whole),
		row("POST", p+"set-experiment-tag", "SetExperimentTag", Update(Experiment, "experiment_id"), experimentTags{}),
		row("POST", p+"delete-experiment-tag", "DeleteExperimentTag", Update(Experiment, "experiment_id")),
		row("POST", "/ajax-api/2.0/mlflow/experiments/search-datasets", "SearchDatasets", Read(RunsOf, "experiment_ids[]")),
	}
}

func runs() []Row {
	const p = "/api/2.0/mlflow/runs/"
	const run = "run_id|run_uuid"
	parent := Read(Run, "tags["+parentRunTag+"]?")
	return []Row{
		row("POST", p+"create", "CreateRun", Update(Experiment, "experiment_id"), unlessDenied{authz.Run}, parent).learns(
			Learned{Ref: authz.RefRun, ID: "run/info/run_id", Experiment: "run/info/experiment_id", Artifacts: "run/info/artifact_uri"}),
		row("GET", p+"get", "GetRun", Read(Run, run)).withholds(runLinks("run")),
		row("POST", p+"update", "UpdateRun", Update(Run, run)),
		row("POST", p+"delete", "DeleteRun", Delete(Run, "run_id")),
		row("POST", p+"restore", "RestoreRun", Delete(Run, "run_id")),
		row("POST", p+"search", "SearchRuns", Read(RunsOf, "experiment_ids[]")).withholds(runLinks("runs[]")),
		row("POST", p+"log-metric", "LogMetric", Update(Run, run), Update(LoggedModel, "model_id?")),
		row("POST", p+"log-parameter", "LogParam", Update(Run, run)),
		row("POST", p+"log-batch", "LogBatch", Update(Run, "run_id"), Update(LoggedModel, "metrics[].model_id?"), parent),
		row("POST", p+"log-model", "LogModel", Update(Run, "run_id")),
		row("POST", p+"log-inputs", "LogInputs", Update(Run, "run_id"), Update(LoggedModel, "models[].model_id?")),
		row("POST", p+"outputs", "LogOutputs", Update(Run, "run_id"), Update(LoggedModel, "models[].model_id?")),
		row("POST", p+"set-tag", "SetTag", Update(Run, run), taggedParent{}),
		row("POST", p+"delete-tag", "DeleteTag", Update(Run, "run_id")),
		row("GET", "/api/2.0/mlflow/metrics/get-history", "GetMetricHistory", Read(Run, run)).
			withholds([]Withheld{{Place: "metrics[]/model_id", Kind: authz.LoggedModel}}),
		row("GET", "/ajax-api/2.0/mlflow/metrics/get-history-bulk", "GetMetricHistoryBulk", Read(Run, "run_id[]")).
			takes("run_id:string[]", "metric_key:string", "max_results:string"),
		row("GET", "/api/2.0/mlflow/metrics/get-history-bulk-interval", "GetMetricHistoryBulkInterval", Read(Run, "run_ids[]")),
	}
}

// artifacts are the files of runs: listed and fetched by run, or by path through MLflow's artifact proxy.
func artifacts() []Row {
	const p = "/api/2.0/mlflow-artifacts/"
	const tail = "<path:artifact_path>"
	const run = "run_id|run_uuid"
	download, upload := artifact{authz.CanRead, "artifact_path"}, artifact{authz.CanUpdate, "artifact_path"}
	return []Row{
		row("GET", "/api/2.0/mlflow/artifacts/list", "ListArtifacts", Read(Run, run)),
		row("POST", "/api/2.0/mlflow/artifacts/presigned-download-url", "CreatePresignedDownloadUrl", Read(Run, "run_id")),
		row("POST", "/api/2.0/mlflow/artifacts/presigned-upload-url", "CreatePresignedUploadUrl",
			exactlyOne{Update(Run, "run_id?"), Update(LoggedModel, "model_id?")}),
		row("GET", "/get-artifact", "GetArtifact", Read(Run, run)).takes("run_id:string", "run_uuid:string", "path:string"),
		row("POST", "/ajax-api/2.0/mlflow/upload-artifact", "UploadRunArtifact", Update(Run, run)).
			takes("run_id:string", "run_uuid:string", "path:string").with(OpaqueBody),
		row("GET", p+"artifacts", "ListProxiedArtifacts", artifact{authz.CanRead, "path"}).takes("path:string"),
		row("GET", p+"artifacts/"+tail, "DownloadArtifact", download),
		row("PUT", p+"artifacts/"+tail, "UploadArtifact", upload).with(OpaqueBody),
		row("DELETE", p+"artifacts/"+tail, "DeleteArtifact", artifact{authz.CanDelete, "artifact_path"}).with(NoBody),
		row("POST", p+"mpu/create/"+tail, "CreateMultipartUpload", upload),
		row("POST", p+"mpu/complete/"+tail, "CompleteMultipartUpload", upload),
		row("POST", p+"mpu/abort/"+tail, "AbortMultipartUpload", upload),
		row("GET", p+"presigned/"+tail, "GetPresignedDownloadUrl", download),
	}
}

func loggedModels() []Row {
	const p = "/api/2.0/mlflow/logged-models"
	const id = "model_id"
	return []Row{
		row("POST", p, "CreateLoggedModel", Update(Experiment, "experiment_id"), unlessDenied{authz.LoggedModel}, Read(Run, "source_run_id?")).learns(
			Learned{Ref: authz.RefLoggedModel, ID: "model/info/model_id", Experiment: "model/info/experiment_id", Artifacts: "model/info/artifact_uri"}),
		row("POST", p+"/search", "SearchLoggedModels", Read(ModelsOf, "experiment_ids[]"), unlessDeniedIf{authz.Run, "filter", "source_run_id"}).
			withholds(loggedModelLinks("models[]")),
		row("GET", p+"/<model_id>", "GetLoggedModel", Read(LoggedModel, id)).withholds(loggedModelLinks("model")),
		row("PATCH", p+"/<model_id>", "FinalizeLoggedModel", Update(LoggedModel, id)).withholds(loggedModelLinks("model")),
		row("DELETE", p+"/<model_id>", "DeleteLoggedModel", Delete(LoggedModel, id)),
		row("POST", p+"/<model_id>/params", "LogLoggedModelParamsRequest", Update(LoggedModel, id)),
		row("PATCH", p+"/<model_id>/tags", "SetLoggedModelTags", Update(LoggedModel, id)).withholds(loggedModelLinks("model")),
		row("DELETE", p+"/<model_id>/tags/<tag_key>", "DeleteLoggedModelTag", Delete(LoggedModel, id)),
		row("GET", p+"/<model_id>/artifacts/directories", "ListLoggedModelArtifacts", Read(LoggedModel, id)),
		row("GET", "/ajax-api/2.0/mlflow/logged-models/<model_id>/artifacts/files", "GetLoggedModelArtifact", Read(LoggedModel, id)).
			takes("artifact_file_path:string"),
	}
}
