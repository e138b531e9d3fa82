package migrate

import (
	"strings"

	"extauthz/authz"
)

// facts are what the tracking server's tables tell about ids and names. Without these tables nothing is known, and nothing is doubted.
type facts struct {
	experiments map[string]string // the workspace by the id; nil when unknown
	models      map[inSpace]bool  // nil when unknown
	prompts     map[inSpace]bool
}

type inSpace struct{ workspace, name string }

func (t Tables) facts() facts {
	var f facts
	if t.TrackedExperiments != nil {
		f.experiments = map[string]string{}
		for _, e := range t.TrackedExperiments {
			f.experiments[e.Experiment] = space(e.Workspace)
		}
	}
	if t.TrackedModels == nil || t.PromptTags == nil {
		return f
	}
	f.models, f.prompts = map[inSpace]bool{}, map[inSpace]bool{}
	for _, m := range t.TrackedModels {
		f.models[inSpace{space(m.Workspace), m.Name}] = true
	}
	for _, tag := range t.PromptTags {
		if tag.Value != nil && strings.EqualFold(*tag.Value, "true") {
			f.prompts[inSpace{space(tag.Workspace), tag.Name}] = true
		}
	}
	return f
}

// space is a workspace's name; a table without the column is of a release without workspaces.
func space(name *string) string {
	if name == nil || *name == "" {
		return authz.DefaultWorkspace
	}
	return *name
}

// experiment names the resource. Rows about experiments have no workspace; without facts it is the default one.
func (f facts) experiment(id string) (authz.Resource, bool) {
	workspace, there := f.experiments[id]
	if !there {
		workspace = authz.DefaultWorkspace
	}
	return authz.Resource{Kind: authz.Experiment, Workspace: workspace, ID: id}, there || f.experiments == nil
}

// registered are what a name in MLflow's one table of models and prompts stands for: the one or the other, or both when nobody tells.
func (f facts) registered(workspace, name string) ([]authz.Resource, bool) {
	model := authz.Resource{Kind: authz.RegisteredModel, Workspace: workspace, ID: name}
	switch at := (inSpace{workspace, name}); {
	case f.models == nil:
		return model.Namesakes(), true
	case f.prompts[at]:
		model.Kind = authz.Prompt
	case !f.models[at]:
		return []authz.Resource{model}, false
	}
	return []authz.Resource{model}, true
}

// gone reports that the tracking server has nothing of that kind, id and workspace.
func (f facts) gone(r authz.Resource) bool {
	at := inSpace{r.Workspace, r.ID}
	switch r.Kind {
	case authz.Experiment:
		return f.experiments != nil && f.experiments[r.ID] != r.Workspace
	case authz.Scorer:
		id, _, _ := strings.Cut(r.ID, "/")
		return f.experiments != nil && f.experiments[id] != r.Workspace
	case authz.RegisteredModel:
		return f.models != nil && (!f.models[at] || f.prompts[at])
	case authz.Prompt:
		return f.models != nil && !f.prompts[at]
	default:
		return false
	}
}
