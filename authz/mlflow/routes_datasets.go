package mlflow

// datasets are evaluation datasets. One belongs to several experiments, all of which govern it; to none, and it is the admins' alone. Where
// a record came from (source) is a note that MLflow never follows.
//
// A search lists the datasets of the experiments that it names: of one that belongs to others as well it tells name, tags and profile.
func datasets() []Row {
	const p = "/api/3.0/mlflow/datasets/"
	const one, id = p + "<dataset_id>", "dataset_id"
	const in = "experiment_ids[]"
	return []Row{
		row("POST", p+"create", "CreateDataset", Update(Experiment, in)),
		row("GET", p+"search", "SearchEvaluationDatasets", Read(Experiment, in)),
		row("POST", p+"search", "SearchEvaluationDatasets", Read(Experiment, in)),
		row("GET", one, "GetDataset", Read(Dataset, id)),
		row("DELETE", one, "DeleteDataset", Delete(Dataset, id)),
		row("GET", one+"/experiment-ids", "GetDatasetExperimentIds", Read(Dataset, id)),
		row("POST", one+"/add-experiments", "AddDatasetToExperiments", Update(Dataset, id), Update(Experiment, in)),
		row("POST", one+"/remove-experiments", "RemoveDatasetFromExperiments", Update(Dataset, id), Update(Experiment, in)),
		row("GET", one+"/records", "GetDatasetRecords", Read(Dataset, id)),
		row("POST", one+"/records", "UpsertDatasetRecords", Update(Dataset, id)),
		row("DELETE", one+"/records", "DeleteDatasetRecords", Update(Dataset, id)),
		row("PATCH", one+"/tags", "SetDatasetTags", Update(Dataset, id)),
		row("DELETE", one+"/tags/<key>", "DeleteDatasetTag", Update(Dataset, id)),
	}
}
