package migrate

// Finding is something that is not carried over as it is, with what is done instead.
type Finding struct {
	Kind FindingKind `json:"kind"`
	What string      `json:"what"` // what it is about: a user, a grant
	Why  string      `json:"why"`
	Done string      `json:"done"` // what is done, or can be
}

// FindingKind is what sort of thing happens, for programs.
type FindingKind string

// The kinds of findings.
const (
	LeftOut  FindingKind = "left_out" // nothing becomes of it
	Changed  FindingKind = "changed"  // it becomes something else
	Wider    FindingKind = "wider"    // it allows more than in MLflow
	Restored FindingKind = "restored" // MLflow has lost it, and it comes back
	Kept     FindingKind = "kept"     // the store has something else already, which stays
	Notice   FindingKind = "notice"
)
