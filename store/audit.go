package store

import (
	"strings"
	"time"

	"extauthz/authz"
)

// Audit is what happened once: who did what to what, and what it was before and is after. Every change writes its records in its own
// transaction.
type Audit struct {
	Seq    uint64 // given by the store, in the order of what happened
	At     time.Time
	Actor  Actor
	Action Action
	Target string // "user alice", "role analysts", "experiment 7 for alice", "token laptop of alice"
	// Before and After are compact JSON of what changed; "" when there was or is nothing. They never hold a hash, a digest, a sealed secret
	// or a key.
	Before, After string
}

// Actor is on whose behalf something is done. The zero Actor is the service itself.
type Actor struct {
	Username  string
	UserID    uint64
	Method    authz.Method // how the user proved it
	Source    string       // where from: an address
	RequestID string
}

// Action is what was done, as "noun.verb".
type Action string

const (
	UserCreate       Action = "user.create"
	UserUpdate       Action = "user.update"
	UserRename       Action = "user.rename"
	UserDelete       Action = "user.delete"
	GrantCreate      Action = "grant.create"
	GrantUpdate      Action = "grant.update"
	GrantDelete      Action = "grant.delete"
	ResourceOwn      Action = "resource.own"
	ResourceMove     Action = "resource.move"
	ResourceForget   Action = "resource.forget"
	WorkspaceForget  Action = "workspace.forget"
	RoleCreate       Action = "role.create"
	RoleUpdate       Action = "role.update"
	RoleDelete       Action = "role.delete"
	RoleAssign       Action = "role.assign"
	RoleUnassign     Action = "role.unassign"
	CredentialCreate Action = "credential.create"
	CredentialDelete Action = "credential.delete"
	AuditPrune       Action = "audit.prune"
	StoreUpgrade     Action = "store.upgrade"
	SignInFailed     Action = "sign_in.failed" // by AppendAudit: no change
	StateExport      Action = "state.export"   // by AppendAudit
	StateBackup      Action = "state.backup"   // by AppendAudit
	StateRestore     Action = "state.restore"  // by AppendAudit
)

// AuditQuery says which records to yield. Zero fields ask for nothing.
type AuditQuery struct {
	After  time.Time // at or after it
	Before time.Time // before it
	Actor  string    // the username, whole
	Action string    // how the action begins: "user.create", or "user." for all that happened to users
	Target string    // how the target begins
	Text   string    // somewhere in the target, in before or after as they are stored, or in the request id; upper and lower case are one
	Limit  int       // at most so many
	// BeforeSeq is for paging: the Seq of the last record seen.
	BeforeSeq uint64
}

// Matches reports whether the query asks for the record, its limit and page aside.
func (q AuditQuery) Matches(a Audit) bool {
	return !a.At.Before(q.After) && (q.Before.IsZero() || a.At.Before(q.Before)) && (q.Actor == "" || q.Actor == a.Actor.Username) &&
		strings.HasPrefix(string(a.Action), q.Action) && strings.HasPrefix(a.Target, q.Target) && q.mentioned(a)
}

func (q AuditQuery) mentioned(a Audit) bool {
	if q.Text == "" {
		return true
	}
	text := strings.ToLower(q.Text)
	for _, in := range []string{a.Target, a.Before, a.After, a.Actor.RequestID} {
		if strings.Contains(strings.ToLower(in), text) {
			return true
		}
	}
	return false
}
