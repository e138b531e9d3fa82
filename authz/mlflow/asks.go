package mlflow

import (
	"cmp"
	"slices"

	"extauthz/authz"
)

// Ask is one thing that a row asks of its caller, in the words of `extauthz routes`: a permission, and the kind of resource it is asked on.
type Ask struct {
	Permission string     // READ, USE, EDIT, MANAGE; admin; any for every user, public without one; auth-api where the API decides; nobody
	Resource   authz.Kind // "" for none
}

// What a row asks when it is no permission on a resource.
const (
	AskAdmin   = "admin"
	AskAny     = "any"
	AskPublic  = "public"
	AskAuthAPI = "auth-api"
	AskNobody  = "nobody"
)

var accessAsks = map[authz.Access]string{
	authz.AccessPublic: AskPublic, authz.AccessAuthenticated: AskAny, authz.AccessAdmin: AskAdmin,
	authz.AccessAuthAPI: AskAuthAPI, authz.AccessOwnPassword: AskAuthAPI,
	authz.AccessNobody: AskNobody,
}

// Asks lists what the row may ask of its caller, sorted, each once: not every request asks all of it.
func (row *Row) Asks() []Ask {
	var asks []Ask
	if permission, ok := accessAsks[row.Access]; ok {
		asks = append(asks, Ask{permission, row.about()})
	}
	for _, n := range row.Needs {
		if n, ok := n.(asker); ok {
			asks = append(asks, n.asks()...)
		}
	}
	slices.SortFunc(asks, func(a, b Ask) int {
		return cmp.Or(cmp.Compare(a.Permission, b.Permission), cmp.Compare(a.Resource, b.Resource))
	})
	return slices.Compact(asks)
}

// about is the kind that the row lists, creates, renames or deletes.
func (row *Row) about() authz.Kind {
	switch {
	case row.Listing != nil:
		return cmp.Or(row.Listing.Part, row.Listing.Kind)
	case row.Subject != nil:
		return row.Subject.Kind
	default:
		return ""
	}
}

// asker is a Needer that tells beforehand what it may ask. Every Needer of the table is one.
type asker interface{ asks() []Ask }

func ask(action authz.Action, kinds ...authz.Kind) []Ask {
	permission := action.Least().String()
	if action == authz.NotDenied {
		permission = AskAny
	}
	asks := make([]Ask, len(kinds))
	for i, kind := range kinds {
		asks[i] = Ask{permission, kind}
	}
	return asks
}

func (n fieldNeed) asks() []Ask { return ask(n.action, n.of.resource()) }
func (n artifact) asks() []Ask {
	return ask(n.action, authz.Experiment, authz.Run, authz.LoggedModel, authz.Trace)
}
func (adminOnlyIf) asks() []Ask    { return []Ask{{Permission: AskAdmin}} }
func (taggedParent) asks() []Ask   { return ask(authz.CanRead, authz.Run) }
func (n unlessDenied) asks() []Ask { return ask(authz.NotDenied, n.kind) }

func (modelSource) asks() []Ask {
	return ask(authz.CanRead, authz.Experiment, authz.Run, authz.LoggedModel, authz.RegisteredModelVersion)
}

func (n exactlyOne) asks() []Ask {
	var asks []Ask
	for _, one := range []Needer{n.a, n.b} {
		asks = append(asks, one.(asker).asks()...)
	}
	return asks
}

func (n withParts) asks() []Ask {
	return append(n.whole.asks(), ask(n.whole.action, n.parts...)...)
}

// resource is the kind whose grants govern what the type names.
func (of RefType) resource() authz.Kind {
	return cmp.Or(of.part, governs[of.kind], authz.Experiment)
}

// governs has the kinds of what does not belong to an experiment.
var governs = map[authz.RefKind]authz.Kind{
	authz.RefRegisteredModel: authz.RegisteredModel, authz.RefGuardrail: authz.Scorer, authz.RefJob: authz.Job,
	authz.RefGatewaySecret: authz.GatewaySecret, authz.RefGatewayEndpoint: authz.GatewayEndpoint,
	authz.RefGatewayEndpointName: authz.GatewayEndpoint, authz.RefGatewayModel: authz.GatewayModelDefinition,
	authz.RefMCPServer: authz.MCPServer, authz.RefWorkspace: authz.Workspace, authz.RefMCPServerToBe: authz.MCPServer,
	authz.RefSkill: authz.Skill, authz.RefSkillToBe: authz.Skill,
}
