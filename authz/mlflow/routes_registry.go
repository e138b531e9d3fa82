package mlflow

import "extauthz/authz"

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
		row("GET", p+"search", "SearchModelVersions").filters(&Listing{
			Rows: "model_versions", ID: "name", Kind: authz.RegisteredModel, Part: authz.RegisteredModelVersion,
		}),
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
