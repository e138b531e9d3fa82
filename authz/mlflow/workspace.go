package mlflow

import (
	"strings"

	"extauthz/authz"
)

// With --enable-workspaces every request looks in one workspace: the one that X-MLFLOW-WORKSPACE names, or the default one. MLflow trims
// the header, takes an empty one for none, and of several the first or all of them joined, by the framework that serves the route. Here it
// stands there once and exactly, or not at all; envoy.Checker then sets it to what was judged. Nothing else names where a request looks: a
// workspace in a path of the artifact proxy must be that of the header, and /mlflow/workspaces/<name> is about a workspace as a whole.
const workspaceHeader = "x-mlflow-workspace"

// Workspace is where a request looks; "" while MLflow's workspaces are off, when the default workspace is all there is.
func (s Server) Workspace(h authz.Headers) (string, error) {
	name, once := h.One(workspaceHeader)
	switch {
	case h.Has(workspaceHeader) && !once:
		return "", authz.Refuse(authz.InvalidParameter, "Send X-MLFLOW-WORKSPACE once.")
	case !s.Workspaces && h.Has(workspaceHeader) && name != authz.DefaultWorkspace:
		return "", authz.Refuse(authz.InvalidParameter, "Only the workspace 'default' is served here: leave X-MLFLOW-WORKSPACE out.")
	case !s.Workspaces:
		return "", nil
	case !h.Has(workspaceHeader):
		return authz.DefaultWorkspace, nil
	case !CanonicalWorkspace(name):
		return "", authz.Refuse(authz.InvalidParameter, "Invalid X-MLFLOW-WORKSPACE: it must be "+FormWorkspace+".")
	default:
		return name, nil
	}
}

// FormWorkspace says what CanonicalWorkspace accepts.
const FormWorkspace = "2 to 63 lower-case letters, digits and inner '-'"

// CanonicalWorkspace accepts the names that MLflow does (mlflow/store/workspace/abstract_store.py, WorkspaceNameValidator).
func CanonicalWorkspace(name string) bool {
	switch name {
	case "workspaces", "api", "ajax-api", "static-files":
		return false
	}
	if len(name) < 2 || len(name) > 63 || name[0] == '-' || name[len(name)-1] == '-' {
		return false
	}
	for i := range len(name) {
		c := name[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// withinWorkspace is an artifact path below the request's workspace, where its files are: "workspaces/team/7/…" in the workspace team, as
// runs have it in their artifact_uri, and "7/…" for the same. While workspaces are off, such a path names no experiment.
func (in input) withinWorkspace(path string) (string, error) {
	rest, ok := strings.CutPrefix(path, "workspaces/")
	if in.workspace == "" || !ok {
		return path, nil
	}
	name, rest, _ := strings.Cut(rest, "/")
	if name != in.workspace {
		return "", authz.Refuse(authz.InvalidParameter, "The artifact path is in the workspace '"+name+"', and the request is in '"+in.workspace+"'.")
	}
	return rest, nil
}

// inWorkspace are the kinds that lie in a workspace directly. Whoever creates one must be allowed to use the workspace.
var inWorkspace = map[authz.Kind]bool{
	authz.Experiment: true, authz.RegisteredModel: true, authz.GatewaySecret: true, authz.GatewayEndpoint: true,
	authz.GatewayModelDefinition: true, authz.MCPServer: true, authz.Skill: true,
}

// mayCreate is what creating something in the request's workspace needs of it. What is there already (Perhaps) needs it only if it is not.
func (row *Row) mayCreate(in input) []authz.Need {
	if in.workspace == "" || row.Response != authz.Creates || !inWorkspace[row.Subject.Kind] || row.Subject.Perhaps {
		return nil
	}
	return []authz.Need{{Action: authz.CanUse, Ref: authz.Ref{Kind: authz.RefWorkspace, ID: in.workspace, Workspace: in.workspace}}}
}
