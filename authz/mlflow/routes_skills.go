package mlflow

import (
	"strings"

	"extauthz/authz"
)

// skills are files that tell agents how to do something, in a registry since MLflow 3.18. Their names may stand in an organization.
func skills() []Row {
	const p = "/api/3.0/mlflow/skills"
	const icons = " description:string icons:google.protobuf.ListValue"
	rows := []Row{
		row("POST", p, "CreateSkill", skill{authz.NotDenied, authz.RefSkill}).takes("name:string organization:string" + icons).
			creates(Subject{Kind: authz.Skill, Organization: "organization", ID: "name"}),
		row("GET", p, "SearchSkills").takes("filter_string:string max_results:int64 order_by:string[] page_token:string include_skill_identities:string[]").
			filters(&Listing{Rows: "skills", Organization: "organization", ID: "name", Kind: authz.Skill, Whole: true}),
		// It makes any number of skills at once, whose creators would be nobody.
		adminOnly("POST", p+"/bulk-register", "BulkRegisterSkills"),
	}
	rows = append(rows, oneSkill(p+"/<name>", "", "name:string", "")...)
	return append(rows, oneSkill(p+"/@<organization>/<name>", "Organization", "organization:string name:string", "organization")...)
}

// oneSkill are the rows of the skills without an organization, or of those in one. Levels are those of MLflow 3.18's basic-auth, where all
// that deletes takes MANAGE, except for a skill's own tags.
func oneSkill(p, in, path, organization string) []Row {
	needs := func(action authz.Action) Needer { return skill{action, authz.RefSkill} }
	read, update, manage := needs(authz.CanRead), needs(authz.CanUpdate), needs(authz.CanManage)
	const tag = " key:string value:string"
	whose := Subject{Kind: authz.Skill, Organization: organization, ID: "name"}
	made := whose
	made.Perhaps = true
	at := func(method, tail, operation, fields string, needs ...Needer) Row {
		r := row(method, p+tail, strings.Replace(operation, "Skill", in+"Skill", 1), needs...).takes(path + fields)
		if method == "DELETE" {
			r.Body = NoBody
		}
		return r
	}
	return []Row{
		at("GET", "", "GetSkill", "", read),
		at("PATCH", "", "UpdateSkill", " description:string icons:google.protobuf.ListValue", update),
		at("DELETE", "", "DeleteSkill", "", manage).then(authz.Deletes, whose),
		at("POST", "/tags", "SetSkillTag", tag, update),
		at("DELETE", "/tags/<path:key>", "DeleteSkillTag", "", update),
		at("POST", "/aliases", "SetSkillAlias", " alias:string version:int32", update),
		at("GET", "/aliases/<alias>", "GetSkillVersionByAlias", "", read),
		at("DELETE", "/aliases/<alias>", "DeleteSkillAlias", "", manage),
		// The files of a version may come along. MLflow makes the skill of a version that has none.
		at("POST", "/versions", "CreateSkillVersion", "", skill{authz.CanUpdate, authz.RefSkillToBe}).with(AnyBody).creates(made),
		at("GET", "/versions", "SearchSkillVersions", " filter_string:string max_results:int64 order_by:string[] page_token:string", read),
		at("GET", "/versions/<version>", "GetSkillVersion", "", read),
		at("PATCH", "/versions/<version>", "UpdateSkillVersion", " status:string", update, deletedBy{manage}),
		at("DELETE", "/versions/<version>", "DeleteSkillVersion", "", manage),
		at("POST", "/versions/<version>/tags", "SetSkillVersionTag", tag, update),
		at("DELETE", "/versions/<version>/tags/<path:key>", "DeleteSkillVersionTag", "", manage),
	}
}

// skill is a need on the skill that organization and name say, in the path or in the body.
type skill struct {
	action authz.Action
	kind   authz.RefKind
}

func (skill) fields() []string   { return []string{"name"} }
func (n skill) describe() string { return n.action.String() + " skill name" }
func (n skill) asks() []Ask      { return ask(n.action, authz.Skill) }

func (n skill) needs(in input) ([]authz.Need, error) {
	organization, _, err := in.scalar("organization")
	if err != nil {
		return nil, err
	}
	names, err := in.values(parseField("name"))
	if err != nil {
		return nil, err
	}
	if !canonicalSkill(organization, names[0]) {
		return nil, authz.Refuse(authz.InvalidParameter, "Invalid value for parameter 'name' or 'organization': it must be "+formSkill+".")
	}
	return []authz.Need{{Action: n.action, Ref: authz.Ref{Kind: n.kind, ID: skillID(organization, names[0])}}}, nil
}
