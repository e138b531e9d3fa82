package mlflow

import "extauthz/authz"

// workspaces is about workspaces as wholes. Each row is served with --enable-workspaces only. Whoever holds a grant on a workspace sees it.
//
// Making, changing and deleting one is up to admins, as in MLflow 3.18; before, basic-auth's validators were never reached there. Not even
// who manages a workspace may: default_artifact_root and trace_archival_config can be set to where another workspace's files are, and
// deleting with mode=SET_DEFAULT moves what is in it into the default workspace. When one is deleted, what was granted in it is forgotten:
// the next of that name begins empty. A new one gets the two roles that basic-auth makes for it, and nobody owns it.
func workspaces() []Row {
	const p, one = "/api/3.0/mlflow/workspaces", "/api/3.0/mlflow/workspaces/<workspace_name>"
	rows := []Row{
		row("GET", p, "ListWorkspaces").filters(&Listing{Rows: "workspaces", ID: "name", Kind: authz.Workspace}),
		adminOnly("POST", p, "CreateWorkspace").then(authz.Creates, Subject{Kind: authz.Workspace, ID: "name"}),
		row("GET", one, "GetWorkspace", Read(Workspace, "workspace_name")),
		adminOnly("PATCH", one, "UpdateWorkspace"),
		adminOnly("DELETE", one, "DeleteWorkspace").with(NoBody).takes("workspace_name:string", "mode:string").
			then(authz.Deletes, Subject{Kind: authz.Workspace, ID: "workspace_name"}),
	}
	for i := range rows {
		rows[i].Workspaces = true
	}
	return rows
}
