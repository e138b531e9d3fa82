package mlflow

import "extauthz/authz"

func registeredModels() []Row {
	const p = "/api/2.0/mlflow/registered-models/"
	name := func(need func(RefType, string) Needer) Needer { return need(RegisteredModel, "name") }
	named := Subject{Kind: authz.RegisteredModel, ID: "name"}
	return []Row{
		row("POST", p+"create", "CreateRegisteredModel", newRegistered{}).creates(named),
		row("GET", p+"search", "SearchRegisteredModels").
			filters(&Listing{Rows: "registered_models", ID: "name", Kind: authz.RegisteredModel}).withholds(latestVersions("registered_models[]")),
		row("GET", p+"get", "GetRegisteredModel", name(Read)).withholds(latestVersions("registered_model")),
		row("PATCH", p+"update", "UpdateRegisteredModel", name(Update)).withholds(latestVersions("registered_model")),
		row("POST", p+"rename", "RenameRegisteredModel", name(Update), newName{"new_name"}).
			withholds(latestVersions("registered_model")).then(authz.Renames, Subject{Kind: authz.RegisteredModel, ID: "name", Name: "new_name"}),
		row("DELETE", p+"delete", "DeleteRegisteredModel",
			withParts{fieldNeed{authz.CanDelete, RegisteredModel, parseField("name")}, partsOfModel}).then(authz.Deletes, named),
		row("POST", p+"set-tag", "SetRegisteredModelTag", name(Update), keepsKind{}),
		row("DELETE", p+"delete-tag", "DeleteRegisteredModelTag", name(Update), keepsKind{}),
		row("GET", p+"get-latest-versions", "GetLatestVersions", Read(ModelVersion, "name")).withholds(versionLinks("model_versions[]")),
		row("POST", p+"get-latest-versions", "GetLatestVersions", Read(ModelVersion, "name")).withholds(versionLinks("model_versions[]")),
		row("GET", p+"alias", "GetModelVersionByAlias", Read(ModelVersion, "name")).withholds(versionLinks("model_version")),
		row("POST", p+"alias", "SetRegisteredModelAlias", name(Update), Read(ModelVersion, "name")),
		row("DELETE", p+"alias", "DeleteRegisteredModelAlias", name(Delete), Read(ModelVersion, "name")),
	}
}

func modelVersions() []Row {
	const p = "/api/2.0/mlflow/model-versions/"
	name := func(need func(RefType, string) Needer) Needer { return need(ModelVersion, "name") }
	return []Row{
		row("POST", p+"create", "CreateModelVersion", Update(RegisteredModel, "name"), name(NotDenied), markedVersion{},
			Read(Run, "run_id?"), Read(LoggedModel, "model_id?"), modelSource{}).withholds(versionLinks("model_version")),
		row("GET", p+"search", "SearchModelVersions", unlessDeniedIf{authz.Run, "filter", "run_id"}).filters(&Listing{
			Rows: "model_versions", ID: "name", Kind: authz.RegisteredModel, Part: authz.RegisteredModelVersion,
		}).withholds(versionLinks("model_versions[]")),
		row("GET", p+"get", "GetModelVersion", name(Read)).withholds(versionLinks("model_version")),
		row("GET", p+"get-download-uri", "GetModelVersionDownloadUri", name(Read)),
		row("PATCH", p+"update", "UpdateModelVersion", name(Update)).withholds(versionLinks("model_version")),
		row("DELETE", p+"delete", "DeleteModelVersion", name(Delete)),
		row("POST", p+"transition-stage", "TransitionModelVersionStage", name(Update)).withholds(versionLinks("model_version")),
		row("POST", p+"set-tag", "SetModelVersionTag", name(Update), keepsKind{}),
		row("DELETE", p+"delete-tag", "DeleteModelVersionTag", name(Delete), keepsKind{}),
		row("GET", "/model-versions/get-artifact", "GetModelVersionArtifact", name(Read)).takes("name:string", "version:string", "path:string"),
	}
}
