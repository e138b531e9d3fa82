package mlflow

import (
	"strings"

	"extauthz/authz"
)

// inPath reports whether the parameter stands in the row's path.
func (x *sample) inPath(name string) bool {
	return strings.Contains(x.row.Path, "<"+name+">") || strings.Contains(x.row.Path, "<path:"+name+">")
}

// inJSON reports whether the parameters stand in a JSON body.
func (x *sample) inJSON() bool { return x.row.Body == JSONBody || x.row.Body == FastAPIBody }

func (x *sample) gatewayNeed(n Needer) {
	switch n := n.(type) {
	case tracesInto:
		x.params["experiment_id"] = "7"
		x.expect(authz.CanUpdate, authz.RefExperiment, "7")
	case proxied:
		x.expect(authz.CanUse, authz.RefGatewayEndpointName, "v-1")
	case vetoIf: // every field has a value
		x.expect(authz.NotDenied, authz.RefKindOf, string(n.kind))
	case orEverything:
		x.fieldNeed(n.scope.(fieldNeed))
	case deletedBy:
		x.params["status"] = "active"
	case skill:
		x.skillNeed(n)
	}
}

func (x *sample) skillNeed(n skill) {
	organization := ""
	switch {
	case x.inPath("organization"):
		organization = "v-1"
	case x.m["organization"].Type != "":
		organization = "acme"
		x.params["organization"] = organization
	}
	x.expect(n.action, n.kind, skillID(organization, "v-1"))
	if !x.inPath("name") {
		x.params["name"] = "v-1"
	}
}
