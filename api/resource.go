package api

import (
	"cmp"
	"regexp"
	"strings"

	"extauthz/authz"
)

// experimentID is the only spelling that we accept. MLflow takes "01", "+1" and other scripts' digits for 1, too; a grant on one of those
// would never be met.
var experimentID = regexp.MustCompile(`^(0|[1-9][0-9]{0,18})$`)

// resourceOf names the resource that a request means, or says what is wrong with it. Its workspace is the caller's of this function to set.
func resourceOf(parameter, resourceType string, id identifier) (authz.Resource, error) {
	r := authz.InDefault(authz.Kind(resourceType), id.Text)
	if err := cmp.Or(required("resource_type", resourceType), named(parameter, id.Text)); err != nil {
		return authz.Resource{}, err
	}
	switch {
	case r.Kind == authz.Workspace:
		return authz.Resource{}, invalid("resource_type 'workspace' is not supported by the per-user permission convenience APIs.")
	case !r.Kind.Known():
		return authz.Resource{}, invalid("Invalid resource type %s. Use experiment, registered_model, prompt, scorer, gateway_secret, "+
			"gateway_endpoint, gateway_model_definition, mcp_server or one of their parts.", quote(resourceType))
	case r.ID == authz.AnyID:
		return r, nil
	case r.Kind.WholeOnly():
		return authz.Resource{}, wholeOnly(r.Kind, r.ID)
	}
	return r, checkID(r.Kind, parameter, id)
}

func wholeOnly(kind authz.Kind, pattern string) error {
	return invalid("Invalid resource_pattern %s for resource_type='%s'. This resource type supports only wildcard ('*') grants.", quote(pattern), kind)
}

// checkID holds a resource's own id to the form that MLflow gives it.
func checkID(kind authz.Kind, parameter string, id identifier) error {
	switch kind {
	case authz.Experiment:
		if !experimentID.MatchString(id.Text) {
			return invalid("Invalid experiment ID %s in '%s': it is a number without sign, leading zeros or spaces.", quote(id.Text), parameter)
		}
		return nil
	case authz.Scorer:
		experiment, scorer, _ := strings.Cut(id.Text, "/")
		if !experimentID.MatchString(experiment) || scorer == "" {
			return invalid("Invalid scorer resource_id. Expected '<experiment_id>/<scorer_name>'.")
		}
	}
	return mustBeText(parameter, id)
}

func mustBeText(parameter string, id identifier) error {
	if id.Number {
		return badRequest("Invalid value for parameter '%s': it must be a string.", parameter)
	}
	return nil
}
