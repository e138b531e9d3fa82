package mlflow

import "extauthz/authz"

// issues belong to their experiment. Which run one came from is for those who may read runs.
func issues() []Row {
	const p = "/api/3.0/mlflow/issues"
	const in, id = "experiment_id", "issue_id"
	return []Row{
		row("POST", p, "CreateIssue", Update(Experiment, in), Read(Run, "source_run_id?")).withholds(issueLinks("issue")),
		row("GET", p+"/<issue_id>", "GetIssue", Read(Issue, id)).withholds(issueLinks("issue")),
		row("PATCH", p+"/<issue_id>", "UpdateIssue", Update(Issue, id)).withholds(issueLinks("issue")),
		// A filter on source_run_id would tell which run an issue came from.
		row("POST", p+"/search", "SearchIssues", Read(Experiment, in), unlessDeniedIf{authz.Run, "filter_string", "source_run_id"}).
			withholds(issueLinks("issues[]")),
		// It writes when an issue detection runs next, of which the experiment's tags tell the plan.
		row("POST", "/ajax-api/3.0/mlflow/issues/schedule/state", "SyncIssueDetectionScheduleState", Update(Experiment, in)).takes("experiment_id:string"),
	}
}

func labelSchemas() []Row {
	const p = "/api/3.0/mlflow/label-schemas/"
	const in, id = "experiment_id", "schema_id"
	return []Row{
		row("POST", p+"create", "CreateLabelSchema", Manage(Experiment, in)),
		row("GET", p+"get", "GetLabelSchema", Read(LabelSchema, id)),
		row("GET", p+"get-by-name", "GetLabelSchemaByName", Read(Experiment, in)),
		row("GET", p+"list", "ListLabelSchemas", Read(Experiment, in)),
		row("PATCH", p+"update", "UpdateLabelSchema", Manage(LabelSchema, id)),
		row("DELETE", p+"delete", "DeleteLabelSchema", Manage(LabelSchema, id)),
	}
}

// reviewQueues are judged by whom they name as well. MLflow records an owner for a personal queue, and for another one when somebody who
// manages it says so: without its auth app it does not know who creates one, so that until then it is the managers' to change.
func reviewQueues() []Row {
	const p = "/api/3.0/mlflow/review-queues/"
	const in, id = "experiment_id", "queue_id"
	queue := func(action authz.Action, only authz.Relation) among {
		return among{fieldNeed{action, ReviewQueue, parseField(id)}, only}
	}
	return []Row{
		row("POST", p+"create", "CreateReviewQueue", Update(Experiment, in), unlessDenied{authz.ReviewQueue}),
		row("POST", p+"get-or-create-user", "GetOrCreateUserQueue", Update(Experiment, in), unlessDenied{authz.ReviewQueue}),
		row("GET", p+"get", "GetReviewQueue", queue(authz.CanRead, authz.ToMembersOrOwner)),
		// Who may not read the experiment is not told either which names there are: those of people, for their own queues.
		row("GET", p+"get-by-name", "GetReviewQueueByName", Read(Experiment, in), queueNamed{authz.CanRead, authz.ToMembersOrOwner}),
		// MLflow shows readers the queues that they are members of; here a list is for those who see all of it.
		row("GET", p+"list", "ListReviewQueues", Update(QueuesOf, in)),
		row("POST", p+"update", "UpdateReviewQueue", queueUpdate{}),
		row("POST", p+"delete", "DeleteReviewQueue", queue(authz.CanUpdate, authz.ToOwnerOfPersonal)),
		// MLflow takes no trace of another experiment.
		row("POST", p+"items/add", "AddItemsToReviewQueue", Update(ReviewQueue, id)),
		row("POST", p+"items/remove", "RemoveItemsFromReviewQueue", queue(authz.CanUpdate, authz.ToOwnerOfPersonal)),
		row("GET", p+"items/list", "ListReviewQueueItems", queue(authz.CanRead, authz.ToMembersOrOwner)),
		// Without its auth app MLflow believes whatever name the client gives, and insists on one.
		row("POST", p+"items/set-status", "SetReviewQueueItemStatus", inOwnName{queue(authz.CanUpdate, authz.ToMembers), "completed_by"}),
	}
}
