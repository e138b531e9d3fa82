package mlflow

import (
	"strings"

	"extauthz/authz"
)

// tracesInto is where a gateway endpoint logs what goes through it. Whoever points it somewhere writes there, so that this needs EDIT, while
// basic-auth has a veto only. Without an experiment MLflow takes the one called "gateway/<endpoint's name>", whosoever's it is, or makes it.
type tracesInto struct {
	byDefault bool // tracking is on unless it is switched off
}

func (tracesInto) fields() []string { return []string{"experiment_id", "usage_tracking", "name"} }
func (tracesInto) describe() string {
	return "update experiment experiment_id or gateway/name, if usage_tracking"
}
func (tracesInto) asks() []Ask { return ask(authz.CanUpdate, authz.Experiment) }

func (n tracesInto) needs(in input) ([]authz.Need, error) {
	named, err := fieldNeed{authz.CanUpdate, Experiment, parseField("experiment_id?")}.needs(in)
	tracked, set := in.params["usage_tracking"].(bool)
	if err != nil || len(named) > 0 || !tracked && (set || !n.byDefault) {
		return named, err
	}
	ref, err := n.untold(in)
	return []authz.Need{{Action: authz.CanUpdate, Ref: ref}}, err
}

// untold is the experiment that MLflow finds or makes by itself.
func (n tracesInto) untold(in input) (authz.Ref, error) {
	name, _, err := in.scalar("name")
	if name != "" {
		name = "gateway/" + name
	}
	if n.byDefault {
		return authz.Ref{Kind: authz.RefExperimentToBe, ID: name}, err
	}
	id, _, idErr := in.scalar("endpoint_id")
	if err == nil {
		err = idErr
	}
	return authz.Ref{Kind: authz.RefTracedEndpoint, ID: id, Experiment: name}, err
}

// proxied is the endpoint of a raw proxy request. One path is that of another route as well, which MLflow prefers: the invocation of an
// endpoint called "proxy".
type proxied struct{}

func (proxied) fields() []string { return []string{"endpoint_name", "path"} }
func (proxied) describe() string { return "use gateway_endpoint endpoint_name" }
func (proxied) asks() []Ask      { return ask(authz.CanUse, authz.GatewayEndpoint) }

func (proxied) needs(in input) ([]authz.Need, error) {
	if in.path["endpoint_name"] == "mlflow" && in.path["path"] == "invocations" {
		return nil, ambiguousPath("it is the invocation of an endpoint called proxy as well")
	}
	return fieldNeed{authz.CanUse, GatewayNamed, parseField("endpoint_name")}.needs(in)
}

// vetoIf is the veto of a DENY on all of a kind when one of the fields is set.
type vetoIf struct {
	kind authz.Kind
	any  []string
}

func (n vetoIf) fields() []string { return n.any }
func (n vetoIf) describe() string { return "no DENY on " + string(n.kind) + " if " + n.any[0] }
func (n vetoIf) asks() []Ask      { return ask(authz.NotDenied, n.kind) }

func (n vetoIf) needs(in input) ([]authz.Need, error) {
	for _, field := range n.any {
		if value, _, err := in.scalar(field); err != nil || value != "" {
			needs, _ := unlessDenied{n.kind}.needs(in)
			return needs, err
		}
	}
	return nil, nil
}

// orEverything is a scope that may be left out and then is everything.
type orEverything struct{ scope Needer }

func (n orEverything) fields() []string { return n.scope.fields() }
func (n orEverything) describe() string { return n.scope.describe() + ", admin without" }
func (n orEverything) asks() []Ask      { return n.scope.(asker).asks() }

func (n orEverything) needs(in input) ([]authz.Need, error) {
	needs, err := n.scope.needs(in)
	if err == nil && len(needs) == 0 {
		return []authz.Need{{Action: authz.CanRead, Ref: authz.Ref{Kind: authz.RefEverything, ID: n.fields()[0]}}}, nil
	}
	return needs, err
}

// deletedBy is a change of status that deletes.
type deletedBy struct{ need Needer }

func (deletedBy) fields() []string   { return []string{"status"} }
func (n deletedBy) describe() string { return n.need.describe() + " if status is deleted" }
func (n deletedBy) asks() []Ask      { return n.need.(asker).asks() }

func (n deletedBy) needs(in input) ([]authz.Need, error) {
	status, _, err := in.scalar("status")
	if err != nil || !strings.EqualFold(strings.TrimSpace(status), "deleted") {
		return nil, err
	}
	return n.need.needs(in)
}
