package mlflow

import (
	"strings"

	"extauthz/authz"
)

var accessNames = map[authz.Access]string{
	authz.AccessPublic: "public", authz.AccessAuthenticated: "any user", authz.AccessAdmin: "admin", authz.AccessAuthAPI: "auth API",
	authz.AccessOwnPassword: "auth API", authz.AccessNobody: "nobody",
}

// Describe says in a few words who may call the row's operation: "update run_id|run_uuid, read tags[mlflow.parentRunId]?".
func (row *Row) Describe() string {
	var parts []string
	if name, ok := accessNames[row.Access]; ok {
		parts = append(parts, name)
	}
	for _, n := range row.Needs {
		parts = append(parts, n.describe())
	}
	return strings.Join(parts, ", ")
}

func (n fieldNeed) describe() string {
	return n.action.String() + " " + n.of.name() + " " + n.field.text
}

func (of RefType) name() string {
	return string(of.resource())
}

func (n artifact) describe() string  { return n.action.String() + " experiment of " + n.field }
func (modelSource) describe() string { return "read what source names" }
func (n adminOnlyIf) describe() string {
	return "admin if " + n.field
}
func (taggedParent) describe() string { return "read the run in value if key is " + parentRunTag }
func (n exactlyOne) describe() string { return n.a.describe() + " or " + n.b.describe() }
