package migrate

import (
	"cmp"
	"strings"

	"extauthz/authz"
)

// facts are what the tracking server's tables tell about ids and names. Without these tables nothing is known, and nothing is doubted.
type facts struct {
	places  map[authz.Kind]map[string]string // a thing's workspace by its id; without the kind nothing is known of it
	models  map[inSpace]bool                 // nil when unknown
	prompts map[inSpace]bool
}

type inSpace struct{ workspace, name string }

func (t Tables) facts() facts {
	f := facts{places: map[authz.Kind]map[string]string{}}
	f.place(authz.Experiment, t.TrackedExperiments, func(x Thing) string { return x.Experiment })
	f.place(authz.GatewaySecret, t.TrackedSecrets, func(x Thing) string { return x.GatewaySecret })
	f.place(authz.GatewayEndpoint, t.TrackedEndpoints, func(x Thing) string { return x.GatewayEndpoint })
	f.place(authz.GatewayModelDefinition, t.TrackedDefinitions, func(x Thing) string { return x.GatewayModel })
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

func (f facts) place(kind authz.Kind, things []Thing, id func(Thing) string) {
	if things == nil {
		return
	}
	f.places[kind] = map[string]string{}
	for _, x := range things {
		f.places[kind][id(x)] = space(x.Workspace)
	}
}

// space is a workspace's name; a table without the column is of a release without workspaces.
func space(name *string) string {
	if name == nil || *name == "" {
		return authz.DefaultWorkspace
	}
	return *name
}

// named is the resource of that kind and id. The older tables do not tell its workspace; without facts it is the default one.
func (f facts) named(kind authz.Kind, id string) authz.Resource {
	return authz.Resource{Kind: kind, Workspace: cmp.Or(f.places[kind][id], authz.DefaultWorkspace), ID: id}
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
	case authz.Scorer:
		id, _, _ := strings.Cut(r.ID, "/")
		return f.nowhere(authz.Experiment, id, r.Workspace)
	case authz.RegisteredModel:
		return f.models != nil && (!f.models[at] || f.prompts[at])
	case authz.Prompt:
		return f.models != nil && !f.prompts[at]
	default:
		return f.nowhere(r.Kind, r.ID, r.Workspace)
	}
}

func (f facts) nowhere(kind authz.Kind, id, workspace string) bool {
	known, are := f.places[kind]
	return are && known[id] != workspace
}
