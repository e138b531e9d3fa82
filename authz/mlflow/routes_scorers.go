package mlflow

import "extauthz/authz"

// scorers are judges and other functions that rate traces. They belong to an experiment and may have grants of their own.
func scorers() []Row {
	const p = "/api/3.0/mlflow/scorers/"
	const in = "experiment_id"
	whose := Subject{Kind: authz.Scorer, In: in, ID: "name"}
	first, whole := whose, whose
	first.First, whole.Unless = "version", "version"
	versions := unlessDenied{authz.ScorerVersion}
	return []Row{
		row("POST", p+"register", "RegisterScorer", Update(Experiment, in), scorer(authz.CanUpdate), versions, serializedScorers{"serialized_scorer", ""}).
			then(authz.Creates, first),
		row("GET", p+"get", "GetScorer", scorer(authz.CanRead), versions),
		row("GET", p+"versions", "ListScorerVersions", scorer(authz.CanRead), versions),
		// Every release lists all experiments' scorers when none is named.
		row("GET", p+"list", "ListScorers", versions, Read(Experiment, "experiment_id?"), Read(Experiment, "experiment_ids[]?")).
			filters(&Listing{Rows: "scorers", ID: in, Name: "scorer_name", Kind: authz.Experiment, Part: authz.Scorer}),
		row("DELETE", p+"delete", "DeleteScorer", scorer(authz.CanDelete), versionsOfScorer{authz.CanDelete}).then(authz.Deletes, whole),
		row("PUT", p+"online-config", "UpsertOnlineScoringConfig", Update(Experiment, in), scorer(authz.CanUpdate)).
			takes("experiment_id:string", "name:string", "sample_rate:double", "filter_string:string"),
		row("GET", p+"online-configs", "GetOnlineScoringConfigs", unlessDenied{authz.Scorer}).takes("scorer_ids:string[]").
			filters(&Listing{Rows: "configs", ID: in, Kind: authz.Experiment, Whole: true}),
	}
}
