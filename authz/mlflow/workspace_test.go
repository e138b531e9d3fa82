package mlflow

import (
	"strings"
	"testing"

	"extauthz/authz"
)

// TestWorkspaces: where a request looks, on a server with workspaces. Each line is a request, and the workspace and what is needed there.
func TestWorkspaces(t *testing.T) {
	table, err := New(Server{Workspaces: true})
	if err != nil {
		t.Fatal(err)
	}
	const get = "GET /api/2.0/mlflow/registered-models/get?name=m"
	const files = "GET /api/2.0/mlflow-artifacts/artifacts"
	for _, c := range []struct{ name, request, headers, want string }{
		{"no header", get, "", "default: GetRegisteredModel: read registered model m"},
		{"the default", get, "x-mlflow-workspace: default", "default: GetRegisteredModel: read registered model m"},
		{"another", get, "x-mlflow-workspace: team-1", "team-1: GetRegisteredModel: read registered model m"},
		{"40 padded", get, "x-mlflow-workspace: team ", "invalid_parameter"},
		{"40 padded with a tab", get, "x-mlflow-workspace: \tteam", "invalid_parameter"},
		{"40 twice", get, "x-mlflow-workspace: team; x-mlflow-workspace: default", "invalid_parameter"},
		{"40 twice the same", get, "x-mlflow-workspace: team; x-mlflow-workspace: team", "invalid_parameter"},
		{"40 joined", get, "x-mlflow-workspace: team,default", "invalid_parameter"},
		{"40 empty", get, "x-mlflow-workspace: ", "invalid_parameter"},
		{"40 another case", get, "x-mlflow-workspace: Team", "invalid_parameter"},
		{"40 not ASCII", get, "x-mlflow-workspace: tеam", "invalid_parameter"},
		{"40 reserved", get, "x-mlflow-workspace: api", "invalid_parameter"},
		{"40 too short", get, "x-mlflow-workspace: a", "invalid_parameter"},
		{"40 too long", get, "x-mlflow-workspace: " + strings.Repeat("a", 64), "invalid_parameter"},
		{"40 a hyphen at the end", get, "x-mlflow-workspace: team-", "invalid_parameter"},
		{"40 a path", get, "x-mlflow-workspace: team/../default", "invalid_parameter"},
		{"no workspace in the query", get + "&workspace=team", "", "default: GetRegisteredModel: read registered model m"},
		{"67 own files", files + "/workspaces/team/2/r/artifacts/f", "x-mlflow-workspace: team", "team: DownloadArtifact: read experiment 2"},
		{"67 own files without the prefix", files + "/2/r/artifacts/f", "x-mlflow-workspace: team", "team: DownloadArtifact: read experiment 2"},
		{"67 own list", files + "?path=workspaces/team/2", "x-mlflow-workspace: team", "team: ListProxiedArtifacts: read experiment 2"},
		{"67 another's files", files + "/workspaces/team/2/r/artifacts/f", "x-mlflow-workspace: other", "invalid_parameter"},
		{"67 another's files from the default", files + "/workspaces/team/2/r/artifacts/f", "", "invalid_parameter"},
		{"67 another's list", files + "?path=workspaces/team/2", "", "invalid_parameter"},
		{"67 twice", files + "/workspaces/team/workspaces/other/2/r", "x-mlflow-workspace: team", "team: DownloadArtifact: read artifact path workspaces/team/workspaces/other/2/r"},
		{"67 the whole workspace", files + "?path=workspaces/team", "x-mlflow-workspace: team", "team: ListProxiedArtifacts: read artifact path workspaces/team"},
		{"67 every workspace", files + "?path=workspaces", "", "default: ListProxiedArtifacts: read artifact path workspaces"},
		{
			"a version's files from its workspace", `POST /api/2.0/mlflow/model-versions/create {"name":"m","source":"mlflow-artifacts:/workspaces/team/7/r/artifacts"}`,
			"x-mlflow-workspace: team", "team: CreateModelVersion: update registered model m, read experiment 7",
		},
		{
			"a version's files from another", `POST /api/2.0/mlflow/model-versions/create {"name":"m","source":"mlflow-artifacts:/workspaces/team/7/r/artifacts"}`,
			"", "invalid_parameter",
		},
		{"a create", `POST /api/2.0/mlflow/experiments/create {"name":"x"}`, "x-mlflow-workspace: team", "team: CreateExperiment: use workspace team; create experiment named x"},
		{
			"a prompt", `POST /api/2.0/mlflow/registered-models/create {"name":"x","tags":[{"key":"mlflow.prompt.is_prompt","value":"true"}]}`,
			"x-mlflow-workspace: team", "team: CreateRegisteredModel: use workspace team; create prompt x",
		},
		{"a run needs its experiment alone", `POST /api/2.0/mlflow/runs/create {"experiment_id":"7"}`, "x-mlflow-workspace: team", "team: CreateRun: update experiment 7"},
		{"a list", "GET /api/3.0/mlflow/workspaces", "", "default: ListWorkspaces: any user"},
		{"one", "GET /ajax-api/3.0/mlflow/workspaces/team", "", "default: GetWorkspace: read workspace team"},
		{"one that has no such name", "GET /ajax-api/3.0/mlflow/workspaces/*", "", "invalid_parameter"},
		{"changed", `PATCH /api/3.0/mlflow/workspaces/team {"default_artifact_root":"mlflow-artifacts:/workspaces/other"}`, "", "default: UpdateWorkspace: admin"},
		{"deleted", "DELETE /api/3.0/mlflow/workspaces/team?mode=SET_DEFAULT", "", "default: DeleteWorkspace: delete workspace team"},
		{"public", "GET /health", "x-mlflow-workspace: t,e", ": Health: public"},
	} {
		t.Run(c.name, func(t *testing.T) {
			method, rest, _ := strings.Cut(c.request, " ")
			target, body, _ := strings.Cut(rest, " ")
			op, err := table.Map(edited(request(method, target, body), c.headers))
			got := outcome(op, err)
			if err == nil {
				got = op.Workspace + ": " + got
			}
			if got != c.want {
				t.Errorf("got  %s (%v)\nwant %s", got, err, c.want)
			}
			for _, n := range op.Needs {
				if n.Ref.Workspace != op.Workspace {
					t.Errorf("%+v is looked for in another workspace than %s", n, op.Workspace)
				}
			}
		})
	}
}

// TestWorkspaceOfAnUnknownRoute: what only admins may send goes where its header says, if that can be read one way only.
func TestWorkspaceOfAnUnknownRoute(t *testing.T) {
	table, err := New(Server{Workspaces: true})
	if err != nil {
		t.Fatal(err)
	}
	for header, want := range map[string]authz.Reason{"team": authz.UnmappedRoute, "team ": authz.InvalidParameter} {
		op, err := table.Map(edited(request("GET", "/api/2.0/mlflow/new-thing", ""), "x-mlflow-workspace: "+header))
		if reason(err) != want || want == authz.UnmappedRoute && op.Workspace != "team" {
			t.Errorf("%q: %+v, %v", header, op, err)
		}
	}
}
