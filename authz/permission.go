package authz

import "fmt"

// Permission is a level that a grant gives on a resource, named as MLflow names it on the wire.
//
// READ, EDIT, MANAGE and NO_PERMISSIONS are the four that MLflow's documentation teaches; USE came with MLflow 3.9, DENY with 3.17.
// The zero value means "no grant" and allows nothing.
type Permission uint8

const (
	NoGrant Permission = iota
	Deny
	NoPermissions
	Read
	Use
	Edit
	Manage
)

var permissionNames = [...]string{
	Deny:          "DENY",
	NoPermissions: "NO_PERMISSIONS",
	Read:          "READ",
	Use:           "USE",
	Edit:          "EDIT",
	Manage:        "MANAGE",
}

// ParsePermission reads MLflow's upper-case name. Anything else, lower case and the empty string included, is an error.
func ParsePermission(name string) (Permission, error) {
	for p := Deny; p <= Manage; p++ {
		if permissionNames[p] == name {
			return p, nil
		}
	}
	return NoGrant, fmt.Errorf("invalid permission %q: use one of READ, USE, EDIT, MANAGE, NO_PERMISSIONS, DENY", name)
}

// String returns the name on the wire, and "" for NoGrant.
func (p Permission) String() string {
	if int(p) < len(permissionNames) {
		return permissionNames[p]
	}
	return fmt.Sprintf("Permission(%d)", uint8(p))
}

// Allows reports whether the level p is enough for the action a. The table is MLflow's.
func (p Permission) Allows(a Action) bool {
	switch a {
	case CanRead:
		return p >= Read && p <= Manage
	case CanUse:
		return p >= Use && p <= Manage
	case CanUpdate:
		return p == Edit || p == Manage
	case CanDelete, CanManage:
		return p == Manage
	case NotDenied:
		return p != Deny && p <= Manage
	default:
		return false
	}
}

// Action is what an operation does to a resource. MLflow's Permission class calls the same five can_read … can_manage.
type Action uint8

const (
	CanRead Action = iota + 1
	CanUse
	CanUpdate
	CanDelete
	CanManage
	// NotDenied is what creating a part asks of grants on all parts of its kind: a DENY vetoes, nothing else matters.
	NotDenied
)

var actionNames = [...]string{
	CanRead: "read", CanUse: "use", CanUpdate: "update", CanDelete: "delete", CanManage: "manage", NotDenied: "not denied",
}

// String returns the lower-case verb, and "none" for the zero value.
func (a Action) String() string {
	if a == 0 || int(a) >= len(actionNames) {
		return "none"
	}
	return actionNames[a]
}

// Least is the lowest Permission that allows a: what a refusal tells its reader to ask for.
func (a Action) Least() Permission {
	for p := Read; p <= Manage; p++ {
		if p.Allows(a) {
			return p
		}
	}
	return NoGrant
}
