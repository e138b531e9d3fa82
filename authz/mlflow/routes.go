package mlflow

import "extauthz/authz"

// Rows returns the table: every operation of MLflow that is known, and what it needs. A request that no row names is refused to all but
// admins. Permissions follow MLflow 3.17's basic-auth (mlflow/server/auth/__init__.py, BEFORE_REQUEST_HANDLERS) unless a comment says why not.
func Rows() []Row {
	var rows []Row
	for _, family := range [][]Row{shell(), experiments(), runs(), artifacts(), registeredModels(), modelVersions(), loggedModels(), graphQLRows(), authAPI()} {
		rows = append(rows, family...)
	}
	return rows
}

// shell is the web UI's page and files, and what tells whether a server is there. Files carry no data, so they are public, as in MLflow.
func shell() []Row {
	return []Row{
		public("GET", "/health", "Health"),
		public("GET", "/static-files/<path:path>", "StaticFiles"),
		public("GET", "/favicon.ico", "Favicon"),
		public("GET", "/api/3.0/mlflow/server-info", "GetServerInfo"), // MLflow's clients ask it before they log in
		anybody("GET", "/", "UI"),
		anybody("GET", "/version", "Version"),
		anybody("GET", "/ajax-api/3.0/mlflow/ui-telemetry", "GetUITelemetry"),
		anybody("POST", "/ajax-api/3.0/mlflow/ui-telemetry", "PostUITelemetry").with(AnyBody),
	}
}

func experiments() []Row {
	const p = "/api/2.0/mlflow/experiments/"
	list := &Listing{Rows: "experiments", ID: "experiment_id", Kind: authz.Experiment}
	whole := withParts{fieldNeed{authz.CanDelete, Experiment, parseField("experiment_id")}, partsOfExperiment}
	return []Row{
		// A location of one's own choice can be another experiment's: MLflow's artifact proxy tells owners by the path alone.
		row("POST", p+"create", "CreateExperiment", unlessDenied{authz.Experiment}, adminOnlyIf{"artifact_location"}).
			creates(Subject{Kind: authz.Experiment, Name: "name", Created: "experiment_id"}),
		row("GET", p+"search", "SearchExperiments").filters(list),
		row("POST", p+"search", "SearchExperiments").filters(list),
		row("GET", p+"get", "GetExperiment", Read(Experiment, "experiment_id")),
		row("GET", p+"get-by-name", "GetExperimentByName", Read(ExperimentName, "experiment_name")),
		row("POST", p+"update", "UpdateExperiment", Update(Experiment, "experiment_id")),
		row("POST", p+"delete", "DeleteExperiment", whole),
		row("POST", p+"restore", "RestoreExperiment", whole),
		row("POST", p+"set-experiment-tag", "SetExperimentTag", Update(Experiment, "experiment_id")),
		row("POST", p+"delete-experiment-tag", "DeleteExperimentTag", Update(Experiment, "experiment_id")),
		row("POST", "/ajax-api/2.0/mlflow/experiments/search-datasets", "SearchDatasets", Read(Experiment, "experiment_ids[]")),
	}
}

func runs() []Row {
	const p = "/api/2.0/mlflow/runs/"
	const run = "run_id|run_uuid"
	parent := Read(Run, "tags["+parentRunTag+"]?")
	return []Row{
		row("POST", p+"create", "CreateRun", Update(Experiment, "experiment_id"), unlessDenied{authz.Run}, parent),
		row("GET", p+"get", "GetRun", Read(Run, run)),
		row("POST", p+"update", "UpdateRun", Update(Run, run)),
		row("POST", p+"delete", "DeleteRun", Delete(Run, "run_id")),
		row("POST", p+"restore", "RestoreRun", Delete(Run, "run_id")),
		row("POST", p+"search", "SearchRuns", Read(Experiment, "experiment_ids[]"), unlessDenied{authz.Run}),
		row("POST", p+"log-metric", "LogMetric", Update(Run, run), Update(LoggedModel, "model_id?")),
		row("POST", p+"log-parameter", "LogParam", Update(Run, run)),
		row("POST", p+"log-batch", "LogBatch", Update(Run, "run_id"), Update(LoggedModel, "metrics[].model_id?"), parent),
		row("POST", p+"log-model", "LogModel", Update(Run, "run_id")),
		row("POST", p+"log-inputs", "LogInputs", Update(Run, "run_id"), Update(LoggedModel, "models[].model_id?")),
		row("POST", p+"outputs", "LogOutputs", Update(Run, "run_id"), Update(LoggedModel, "models[].model_id?")),
		row("POST", p+"set-tag", "SetTag", Update(Run, run), taggedParent{}),
		row("POST", p+"delete-tag", "DeleteTag", Update(Run, "run_id")),
		row("GET", "/api/2.0/mlflow/metrics/get-history", "GetMetricHistory", Read(Run, run)),
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

func registeredModels() []Row {
	const p = "/api/2.0/mlflow/registered-models/"
	name := func(need func(RefType, string) Needer) Needer { return need(RegisteredModel, "name") }
	named := Subject{Kind: authz.RegisteredModel, ID: "name"}
	return []Row{
		row("POST", p+"create", "CreateRegisteredModel", unlessDenied{authz.RegisteredModel}).creates(named),
		row("GET", p+"search", "SearchRegisteredModels").
			filters(&Listing{Rows: "registered_models", ID: "name", Kind: authz.RegisteredModel}),
		row("GET", p+"get", "GetRegisteredModel", name(Read)),
		row("PATCH", p+"update", "UpdateRegisteredModel", name(Update)),
		row("POST", p+"rename", "RenameRegisteredModel", name(Update)).
			then(authz.Renames, Subject{Kind: authz.RegisteredModel, ID: "name", Name: "new_name"}),
		row("DELETE", p+"delete", "DeleteRegisteredModel",
			withParts{fieldNeed{authz.CanDelete, RegisteredModel, parseField("name")}, partsOfModel}).then(authz.Deletes, named),
		row("POST", p+"set-tag", "SetRegisteredModelTag", name(Update)),
		row("DELETE", p+"delete-tag", "DeleteRegisteredModelTag", name(Update)),
		row("GET", p+"get-latest-versions", "GetLatestVersions", Read(ModelVersion, "name")),
		row("POST", p+"get-latest-versions", "GetLatestVersions", Read(ModelVersion, "name")),
		row("GET", p+"alias", "GetModelVersionByAlias", Read(ModelVersion, "name")),
		row("POST", p+"alias", "SetRegisteredModelAlias", name(Update)),
		row("DELETE", p+"alias", "DeleteRegisteredModelAlias", name(Delete)),
	}
}

func modelVersions() []Row {
	const p = "/api/2.0/mlflow/model-versions/"
	name := func(need func(RefType, string) Needer) Needer { return need(ModelVersion, "name") }
	return []Row{
		row("POST", p+"create", "CreateModelVersion", Update(RegisteredModel, "name"), unlessDenied{authz.RegisteredModelVersion},
			Read(Run, "run_id?"), Read(LoggedModel, "model_id?"), modelSource{}),
		row("GET", p+"search", "SearchModelVersions").filters(&Listing{Rows: "model_versions", ID: "name", Kind: authz.RegisteredModel}),
		row("GET", p+"get", "GetModelVersion", name(Read)),
		row("GET", p+"get-download-uri", "GetModelVersionDownloadUri", name(Read)),
		row("PATCH", p+"update", "UpdateModelVersion", name(Update)),
		row("DELETE", p+"delete", "DeleteModelVersion", name(Delete)),
		row("POST", p+"transition-stage", "TransitionModelVersionStage", name(Update)),
		row("POST", p+"set-tag", "SetModelVersionTag", name(Update)),
		row("DELETE", p+"delete-tag", "DeleteModelVersionTag", name(Delete)),
		row("GET", "/model-versions/get-artifact", "GetModelVersionArtifact", name(Read)).takes("name:string", "version:string", "path:string"),
	}
}

func loggedModels() []Row {
	const p = "/api/2.0/mlflow/logged-models"
	const id = "model_id"
	return []Row{
		row("POST", p, "CreateLoggedModel", Update(Experiment, "experiment_id"), unlessDenied{authz.LoggedModel}, Read(Run, "source_run_id?")),
		row("POST", p+"/search", "SearchLoggedModels", Read(Experiment, "experiment_ids[]"), unlessDenied{authz.LoggedModel}),
		row("GET", p+"/<model_id>", "GetLoggedModel", Read(LoggedModel, id)),
		row("PATCH", p+"/<model_id>", "FinalizeLoggedModel", Update(LoggedModel, id)),
		row("DELETE", p+"/<model_id>", "DeleteLoggedModel", Delete(LoggedModel, id)),
		row("POST", p+"/<model_id>/params", "LogLoggedModelParamsRequest", Update(LoggedModel, id)),
		row("PATCH", p+"/<model_id>/tags", "SetLoggedModelTags", Update(LoggedModel, id)),
		row("DELETE", p+"/<model_id>/tags/<tag_key>", "DeleteLoggedModelTag", Delete(LoggedModel, id)),
		row("GET", p+"/<model_id>/artifacts/directories", "ListLoggedModelArtifacts", Read(LoggedModel, id)),
		row("GET", "/ajax-api/2.0/mlflow/logged-models/<model_id>/artifacts/files", "GetLoggedModelArtifact", Read(LoggedModel, id)).
			takes("artifact_file_path:string"),
	}
}

// graphQLRows is what the web UI's pages of a run and of an experiment ask. MLflow takes a GET as well, and fails on every one.
func graphQLRows() []Row {
	return []Row{
		row("POST", "/graphql", "GraphQL").takes("query:string", "variables:google.protobuf.Struct", "operationName:string").answersFields(),
	}
}

// authAPI is MLflow's auth REST API, both generations, which this service serves itself: Envoy sends these requests to it.
func authAPI() []Row {
	rows := []Row{
		ownPassword("PATCH", "/api/2.0/mlflow/users/update-password", "UpdateUserPassword"),
		ownPassword("GET", "/api/2.0/mlflow/users/current", "GetCurrentUser"),
	}
	for _, e := range []struct{ method, path, operation string }{
		{"POST", "2.0/mlflow/users/create", "CreateUser"},
		{"GET", "2.0/mlflow/users/get", "GetUser"},
		{"GET", "2.0/mlflow/users/list", "ListUsers"},
		{"PATCH", "2.0/mlflow/users/update-admin", "UpdateUserAdmin"},
		{"DELETE", "2.0/mlflow/users/delete", "DeleteUser"},
		{"GET", "3.0/mlflow/users/current/permissions", "ListCurrentUserPermissions"},
		{"POST", "3.0/mlflow/users/permissions/grant", "GrantUserPermission"},
		{"POST", "3.0/mlflow/users/permissions/revoke", "RevokeUserPermission"},
		{"GET", "3.0/mlflow/users/permissions/get", "GetUserPermission"},
		{"GET", "3.0/mlflow/users/permissions/list", "ListUserPermissions"},
		{"GET", "3.0/mlflow/users/roles/list", "ListUserRoles"},
		{"POST", "2.0/mlflow/experiments/permissions/create", "CreateExperimentPermission"},
		{"GET", "2.0/mlflow/experiments/permissions/get", "GetExperimentPermission"},
		{"PATCH", "2.0/mlflow/experiments/permissions/update", "UpdateExperimentPermission"},
		{"DELETE", "2.0/mlflow/experiments/permissions/delete", "DeleteExperimentPermission"},
		{"POST", "2.0/mlflow/registered-models/permissions/create", "CreateRegisteredModelPermission"},
		{"GET", "2.0/mlflow/registered-models/permissions/get", "GetRegisteredModelPermission"},
		{"PATCH", "2.0/mlflow/registered-models/permissions/update", "UpdateRegisteredModelPermission"},
		{"DELETE", "2.0/mlflow/registered-models/permissions/delete", "DeleteRegisteredModelPermission"},
	} {
		rows = append(rows, Row{Method: e.method, Path: "/api/" + e.path, Operation: e.operation, Access: authz.AccessAuthAPI, Body: AnyBody})
	}
	return rows
}
