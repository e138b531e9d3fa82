package mlflow

import "extauthz/authz"

// newAssessments are those that a new trace brings along. MLflow merges them by their ids: before 3.18 one with the id of another trace's
// assessment would take that away, and deleting one that overrides another's would change that. The client of 3.18 chooses the ids.
type newAssessments struct{}

func (newAssessments) fields() []string { return []string{"trace.trace_info.assessments"} }

func (newAssessments) needs(in input) ([]authz.Need, error) {
	info := in.within([]string{"trace", "trace_info"})
	list, _ := info.params["assessments"].([]any)
	if len(list) == 0 {
		return nil, nil
	}
	needs := []authz.Need{{Action: authz.NotDenied, Ref: authz.Ref{Kind: authz.RefKindOf, ID: string(authz.Assessment)}}}
	for _, element := range list {
		assessment, _ := element.(map[string]any)
		more, err := newAssessment(info, assessment)
		if err != nil {
			return nil, err
		}
		needs = append(needs, more...)
	}
	return needs, nil
}

func newAssessment(info input, assessment map[string]any) ([]authz.Need, error) {
	if set(assessment["overrides"]) {
		return nil, authz.Refuse(authz.InvalidParameter, "An assessment that comes with a new trace has nothing to override.")
	}
	if other := assessment["trace_id"]; set(other) && other != info.params["trace_id"] {
		return nil, otherThan("trace_id", "assessments.trace_id")
	}
	needs, err := namedIssue(assessment)
	if err != nil || !set(assessment["assessment_id"]) {
		return needs, err
	}
	if id, _ := assessment["assessment_id"].(string); !canonicalRunID(id) {
		return nil, authz.Refuse(authz.InvalidParameter, "Invalid value for parameter 'assessment_id': it must be "+formRunID+".")
	}
	experiment, err := info.values(parseField("trace_location.mlflow_experiment.experiment_id"))
	if err != nil {
		return nil, err
	}
	ref := authz.Ref{Kind: authz.RefNewAssessments, Experiment: experiment[0]}
	return append(needs, authz.Need{Action: authz.CanUpdate, Ref: ref}), nil
}

// set reports whether a member is there and not empty.
func set(value any) bool { return value != nil && value != "" }

// issueOf needs READ on the issue that a new assessment refers to, whose traces are counted by such references.
type issueOf struct{}

func (issueOf) fields() []string { return []string{"assessment.assessment_name"} }

func (issueOf) needs(in input) ([]authz.Need, error) {
	return namedIssue(in.within([]string{"assessment"}).params)
}

// namedIssue is the one that an assessment refers to: its name is the issue's id (mlflow/entities/assessment.py, IssueReference).
func namedIssue(assessment map[string]any) ([]authz.Need, error) {
	if assessment["issue"] == nil {
		return nil, nil
	}
	return fieldNeed{authz.CanRead, Issue, parseField("assessment_name")}.needs(input{params: assessment})
}

// sameAs refuses a body that names another thing than the path does. MLflow goes by the path.
type sameAs struct{ path, body string }

func (n sameAs) fields() []string { return []string{n.path, n.body} }

func (n sameAs) needs(in input) ([]authz.Need, error) {
	f := parseField(n.body + "?")
	value, present, err := in.within(f.within).scalar(f.names[0])
	if err == nil && present && value != "" && value != in.path[n.path] {
		err = otherThan(n.path, n.body)
	}
	return nil, err
}

func otherThan(name, other string) error {
	return authz.Refuse(authz.InvalidParameter, "The parameters '"+name+"' and '"+other+"' name different things; send one of them.")
}

// oneAssessment refuses an assessment's id that no release makes: where traces are files, it is one's name.
type oneAssessment struct{}

func (oneAssessment) fields() []string { return []string{"assessment_id"} }

func (oneAssessment) needs(in input) ([]authz.Need, error) {
	if !canonicalRunID(in.path["assessment_id"]) {
		return nil, authz.Refuse(authz.InvalidParameter, "Invalid value for parameter 'assessment_id': it must be "+formRunID+".")
	}
	return nil, nil
}

func (newAssessments) describe() string { return "no DENY on assessment if there are any" }
func (newAssessments) asks() []Ask      { return ask(authz.NotDenied, authz.Assessment) }
func (issueOf) describe() string        { return "read the issue that it refers to" }
func (issueOf) asks() []Ask             { return ask(authz.CanRead, authz.Experiment) }
func (n sameAs) describe() string       { return n.body + " as " + n.path }
func (sameAs) asks() []Ask              { return ask(authz.CanRead, authz.Assessment) }
func (oneAssessment) describe() string  { return "one assessment" }
func (oneAssessment) asks() []Ask       { return ask(authz.CanRead, authz.Assessment) }
