package mlflow

import "extauthz/authz"

// raised is a need on a part that the container can meet as well: grants on the part add to what it allows, or veto.
type raised struct{ fieldNeed }

func (n raised) needs(in input) ([]authz.Need, error) {
	needs, err := n.fieldNeed.needs(in)
	for i := range needs {
		needs[i].Raised = true
	}
	return needs, err
}

// inherited is a need on a part that asks another action of the container, where nothing is granted on the part.
type inherited struct {
	fieldNeed
	action authz.Action
}

func (n inherited) needs(in input) ([]authz.Need, error) {
	needs, err := n.fieldNeed.needs(in)
	for i := range needs {
		needs[i].Inherited = n.action
	}
	return needs, err
}

func updateOf(of RefType, field string) fieldNeed {
	return fieldNeed{authz.CanUpdate, of, parseField(field)}
}

func deleteOf(of RefType, field string) fieldNeed {
	return fieldNeed{authz.CanDelete, of, parseField(field)}
}

func (n raised) describe() string { return n.fieldNeed.describe() + " or the experiment" }
func (n inherited) describe() string {
	return n.fieldNeed.describe() + " or " + n.action.String() + " the experiment"
}
