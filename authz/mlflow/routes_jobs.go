package mlflow

import "extauthz/authz"

// jobs run on the server, with no identity: whatever one is told to read, write or call has to be allowed to whoever starts it. MLflow knows
// no users here, so a job belongs to whoever started it through us. Older releases do not look whether traces are the experiment's.
func jobs() []Row {
	const p = "/ajax-api/3.0/mlflow/"
	const in = "experiment_id"
	run := unlessDenied{authz.Run}
	traces, rates := Read(Trace, "trace_ids[]"), Update(AssessmentOf, "trace_ids[]")
	started := Subject{Kind: authz.Job, Created: "job_id"}
	return append([]Row{
		row("POST", p+"scorer/invoke", "InvokeScorer", Update(Experiment, in), traces, rates, unlessDenied{authz.ScorerVersion},
			scorerNeed{authz.CanRead, in, "scorer_name?"}, serializedScorers{"serialized_scorer", ""}).
			takes("experiment_id:string", "serialized_scorer:string", "scorer_name:string", "scorer_version:int32", "trace_ids:string[]", "log_assessments:bool").
			then(authz.Creates, Subject{Kind: authz.Job, Created: "jobs[].job_id"}),
		row("POST", p+"genai/evaluate/invoke", "InvokeGenaiEvaluate", Update(Experiment, in), run, traces, rates, unlessDenied{authz.ScorerVersion},
			serializedScorers{"serialized_scorers", "scorer_versions"}).
			takes("experiment_id:string", "serialized_scorers:string[]", "trace_ids:string[]").then(authz.Creates, started),
		row("POST", p+"issues/invoke", "InvokeIssueDetection", Update(Experiment, in), run, Read(Trace, "trace_ids[]"), Use(GatewaySecret, "secret_id?"), judgeModel{}).
			takes("experiment_id:string", "trace_ids:string[]", "categories:string[]", "provider:string", "model:string", "secret_id:string",
				"endpoint_name:string", "instructions:string").then(authz.Creates, started),
		row("GET", p+"jobs/<job_id>", "GetJob", Read(Job, "job_id")).takes("job_id:string"),
		row("PATCH", p+"jobs/cancel/<job_id>", "CancelJob", Update(Job, "job_id")).takes("job_id:string"),
		row("GET", "/ajax-api/3.0/jobs/<job_id>", "GetServerJob", Read(Job, "job_id")).takes("job_id:string"),
		row("PATCH", "/ajax-api/3.0/jobs/cancel/<job_id>", "CancelServerJob", Update(Job, "job_id")).takes("job_id:string"),
		row("POST", "/ajax-api/3.0/jobs/search", "SearchJobs").with(AnyBody).filters(&Listing{Rows: "jobs", ID: "job_id", Kind: authz.Job, Whole: true}),
		// Any of the server's functions with any parameters.
		adminOnly("POST", "/ajax-api/3.0/jobs/", "SubmitJob").with(AnyBody),
		// It stores what a language model has answered; it asks none.
		row("POST", "/ajax-api/2.0/mlflow/runs/create-promptlab-run", "CreatePromptlabRun", Update(Experiment, in), run, Read(Run, "tags["+parentRunTag+"]?")).
			takes("experiment_id:string", "run_name:string", "tags:RunTag[]", "prompt_template:string", "model_route:string", "model_input:string",
				"model_output:string", "mlflow_version:string", "user_id:string"),
	}, promptJobs()...)
}

// promptJobs optimize a prompt: the job reads a prompt and a dataset, runs scorers and models, and adds a version to the prompt.
func promptJobs() []Row {
	const p = "/api/3.0/mlflow/prompt-optimization/jobs"
	const in = "experiment_id"
	run := unlessDenied{authz.Run}
	job := func(action authz.Action) Needer {
		return withParts{fieldNeed{action, PromptJob, parseField("job_id")}, []authz.Kind{authz.Run}}
	}
	return []Row{
		row("POST", p, "CreatePromptOptimizationJob", Update(Experiment, in), run, unlessDenied{authz.ScorerVersion}, Read(Dataset, "config.dataset_id?"),
			optimizedPrompt{}, scorersOfJob{}, optimizerConfig{}).then(authz.Creates, Subject{Kind: authz.Job, Created: "job.job_id"}),
		row("GET", p+"/search", "SearchPromptOptimizationJobs", Read(Experiment, in), run),
		row("POST", p+"/search", "SearchPromptOptimizationJobs", Read(Experiment, in), run),
		row("GET", p+"/<job_id>", "GetPromptOptimizationJob", job(authz.CanRead)),
		row("POST", p+"/<job_id>/cancel", "CancelPromptOptimizationJob", job(authz.CanUpdate)),
		row("DELETE", p+"/<job_id>", "DeletePromptOptimizationJob", job(authz.CanDelete)).then(authz.Deletes, Subject{Kind: authz.Job, ID: "job_id"}),
	}
}
