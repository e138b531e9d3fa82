package store

import (
	"slices"
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
	Resource authz.Resource
	Name     string // the experiment's name; a renamed model's new name
	// NotBefore is by MLflow's clock: just before a create was let through, or when what is renamed or deleted was made.
	NotBefore time.Time
	At        time.Time // our clock
}

// IntentKind is what the request does to the resource. The zero value is invalid.
type IntentKind string

const (
	IntentCreate IntentKind = "create"
	IntentRename IntentKind = "rename"
	IntentDelete IntentKind = "delete"
	// IntentOvertaken is a delete of what is gone already, by it or otherwise: the name is another thing's now.
	IntentOvertaken IntentKind = "overtaken"
)

// Key is the name by which MLflow can be asked about the resource before and after: the id, or the name of something that gets its id when it
// is made.
func (i Intent) Key() string {
	if i.Resource.ID == "" || i.Kind == IntentCreate && i.Name != "" {
		return i.Name
	}
	return i.Resource.ID
}

// Touches reports whether both intents are about a name in common.
func (i Intent) Touches(other Intent) bool {
	if i.Resource.Workspace != other.Resource.Workspace || !i.sharesNames(other) {
		return false
	}
	return i.names(other.Key()) || i.names(other.Name)
}

// sharesNames reports whether both are about the same kind of names: a prompt's is a registered model's.
func (i Intent) sharesNames(other Intent) bool {
	return slices.ContainsFunc(i.Resource.Namesakes(), func(r authz.Resource) bool { return r.Kind == other.Resource.Kind })
}

func (i Intent) names(name string) bool {
	return name != "" && (i.Key() == name || i.Name == name)
}
