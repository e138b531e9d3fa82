package mlflow

import (
	"strings"

	"extauthz/authz"
)

// among narrows a need to people whom the thing names.
type among struct {
	fieldNeed
	only authz.Relation
}

func (n among) describe() string { return n.fieldNeed.describe() + " " + relations[n.only] }

func (n among) needs(in input) ([]authz.Need, error) {
	needs, err := n.fieldNeed.needs(in)
	for i := range needs {
		needs[i].Only = n.only
	}
	return needs, err
}

var relations = map[authz.Relation]string{
	authz.ToMembers: "as a member", authz.ToMembersOrOwner: "as a member, its owner or manager", authz.ToOwner: "as its owner or manager",
	authz.ToOwnerOfPersonal: "as the owner of a shared one, or a manager",
}

// queueNamed is a need on the review queue that the request names by its experiment and name.
type queueNamed struct {
	action authz.Action
	only   authz.Relation
}

func (queueNamed) fields() []string { return []string{"experiment_id", "name"} }
func (n queueNamed) asks() []Ask    { return ask(n.action, authz.ReviewQueue) }
func (n queueNamed) describe() string {
	return n.action.String() + " review_queue experiment_id/name " + relations[n.only]
}

func (n queueNamed) needs(in input) ([]authz.Need, error) {
	experiment, name, err := in.named("experiment_id", "name")
	if err != nil {
		return nil, err
	}
	return []authz.Need{{
		Action: n.action, Ref: authz.Ref{Kind: authz.RefReviewQueueName, ID: experiment + "/" + name}, Part: authz.ReviewQueue, Only: n.only,
	}}, nil
}

// queueUpdate is for the owner of a review queue, and for managers alone when it gives the queue to another owner.
type queueUpdate struct{}

func (queueUpdate) fields() []string { return []string{"queue_id", "new_owner"} }
func (queueUpdate) asks() []Ask {
	return append(ask(authz.CanUpdate, authz.ReviewQueue), ask(authz.CanManage, authz.ReviewQueue)...)
}

func (queueUpdate) describe() string {
	return "update review_queue queue_id " + relations[authz.ToOwner] + ", manage if new_owner"
}

func (queueUpdate) needs(in input) ([]authz.Need, error) {
	if in.params["new_owner"] != nil {
		return Manage(ReviewQueue, "queue_id").needs(in)
	}
	return among{Update(ReviewQueue, "queue_id").(fieldNeed), authz.ToOwner}.needs(in)
}

// unlessDeniedIf is a veto on requests whose text field mentions a word: a filter on runs tells about runs.
type unlessDeniedIf struct {
	kind        authz.Kind
	field, word string
}

func (n unlessDeniedIf) fields() []string { return []string{n.field} }
func (n unlessDeniedIf) asks() []Ask      { return ask(authz.NotDenied, n.kind) }
func (n unlessDeniedIf) describe() string {
	return "no DENY on " + string(n.kind) + " if " + n.field + " has " + n.word
}

func (n unlessDeniedIf) needs(in input) ([]authz.Need, error) {
	value, _, err := in.scalar(n.field)
	if err != nil || !strings.Contains(strings.ToLower(value), n.word) {
		return nil, err
	}
	return unlessDenied{n.kind}.needs(in)
}

// inOwnName is a need whose request may give its sender's name in the field: nobody speaks for another user.
type inOwnName struct {
	among
	field string
}

func (n inOwnName) fields() []string { return append(n.among.fields(), n.field) }
func (n inOwnName) describe() string { return n.among.describe() + ", " + n.field + " their own name" }

func (n inOwnName) needs(in input) ([]authz.Need, error) {
	name, _, err := in.scalar(n.field)
	if err != nil {
		return nil, err
	}
	needs, err := n.among.needs(in)
	for i := range needs {
		needs[i].As = name
	}
	return needs, err
}

// adminsOnly is a need that nobody but an admin meets, because of what.
func adminsOnly(what string) []authz.Need {
	return []authz.Need{{Action: authz.CanManage, Ref: authz.Ref{Kind: authz.RefAdminOnly, ID: what}}}
}

// named reads an experiment's id and the name of something in it.
func (in input) named(experiment, name string) (string, string, error) {
	ids, err := in.values(parseField(experiment))
	if err != nil {
		return "", "", err
	}
	names, err := in.values(parseField(name))
	switch {
	case err != nil || len(ids) == 0 || len(names) == 0:
		return "", "", err
	case !canonicalExperimentID(ids[0]):
		return "", "", notCanonicalForm(experiment, formID)
	case !canonicalName(names[0]):
		return "", "", notCanonicalForm(name, formName)
	}
	return ids[0], names[0], nil
}

func notCanonicalForm(field, form string) error {
	return authz.Refuse(authz.InvalidParameter, "Invalid value for parameter '"+strings.TrimSuffix(field, "?")+"': it must be "+form+".")
}
