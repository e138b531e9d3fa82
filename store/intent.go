package store

import (
	"time"

	"extauthz/authz"
)

// Intent is a change of MLflow that was let through and whose outcome must change grants. It is recorded before the request is let
// through, survives the process being killed, and is deleted once its outcome is known.
type Intent struct {
	ID     string // unique, opaque
	Kind   IntentKind
	UserID uint64
	// Resource is what is created, renamed or deleted. A new experiment has no id yet: then ID is "" and Name is set.
	Resource  authz.Resource
	Name      string    // the experiment's name; a renamed model's new name
	NotBefore time.Time // MLflow's own clock just before the request was let through
	At        time.Time // our clock
}

// IntentKind is what the request does to the resource. The zero value is invalid.
type IntentKind string

const (
	IntentCreate IntentKind = "create"
	IntentRename IntentKind = "rename"
	IntentDelete IntentKind = "delete"
)

// Key is the name by which MLflow can be asked about the resource before and after: the id, or a new experiment's name.
func (i Intent) Key() string {
	if i.Resource.ID != "" && i.Resource.Kind != authz.Experiment {
		return i.Resource.ID
	}
	return i.Name
}

// Touches reports whether both intents are about a name in common.
func (i Intent) Touches(other Intent) bool {
	if i.Resource.Kind != other.Resource.Kind || i.Resource.Workspace != other.Resource.Workspace {
		return false
	}
	return i.names(other.Key()) || i.names(other.Name)
}

func (i Intent) names(name string) bool {
	return name != "" && (i.Key() == name || i.Name == name)
}
