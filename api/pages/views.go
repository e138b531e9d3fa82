package pages

import "time"

// Refusal is why a page is not shown, or a form has done nothing.
type Refusal struct {
	Status int // HTTP's
	Text   string
}

// Signup is MLflow's form for a new account.
type Signup struct {
	Username string // as it was typed
	Error    string // why nothing was done; "" for nothing to tell
}

// SignedUp tells what came of it.
type SignedUp struct {
	Message string
	Next    string // where to go on
}

// Start is who somebody is here.
type Start struct {
	Proof      string // how the user proved it, as authz.Method names it
	Credential string // the name of the token or access key that it was by
	Restricted bool   // the credential may do less than the user
	MayCreate  bool   // users
	Roles      []Role
}

// Role is one that somebody has.
type Role struct{ Name, Workspace, Description string }

// Credentials are a user's tokens or access keys, with the form for a new one.
type Credentials struct {
	Of     string // whose
	Own    bool
	Listed []Credential
	Form   CredentialForm
	Made   *Made
	Notice string
	Error  string
}

// Credential is a token or an access key, without its secret.
type Credential struct {
	Name                       string
	KeyID                      string // of an access key
	CreatedAt, ExpiresAt, Used time.Time
	Expired, ReadOnly          bool
	Resources                  []Ceiling
	Everything                 bool // it may do all that its user may
}

// Ceiling is the most that a credential may do with something.
type Ceiling struct{ Permission, Kind, ID, Workspace string }

// CredentialForm is the form for a new one, with what was typed.
type CredentialForm struct {
	Name, Days, Workspace string
	ReadOnly, Temporary   bool
	LongestDays           int64 // 0: no limit
	Rows                  []Ceiling
	Kinds, Permissions    []string
	Workspaces            bool // there are several
}

// Made is a new credential with its secret, which is shown once.
type Made struct {
	Name         string
	Token        string
	KeyID        string
	Secret       string
	SessionToken string
}

// Access is who has access to something, and what somebody may do.
type Access struct {
	// What is asked: about a resource when there is an ID, else about a user.
	Kind, ID, Action, Workspace string
	Username                    string
	Kinds, Actions              []string
	Workspaces                  bool // there are several
	Error                       string

	Users    *Users    // the answer about a resource
	Holdings *Holdings // the answer about a user
}

// Users are those who may do something with a resource.
type Users struct {
	Resource, Action string
	Rows             []AccessRow
	Default          []string // who may because everybody may
	DefaultIs        string
}

// Holdings are what a user may do.
type Holdings struct {
	Username        string
	Admin, Disabled bool
	Default         string // on everything else; "" where the reader is not told
	Rows            []AccessRow
}

// AccessRow is what one user may do with one resource, and why.
type AccessRow struct{ Username, Kind, ID, Workspace, Permission, Why string }

// Audit is a search of the audit trail.
type Audit struct {
	Actor, Action, Target, Text, From, To string   // as they were typed
	Actions                               []string // what is suggested
	Error                                 string
	Records                               []Record
	Later                                 bool   // it is not the first page
	First, Next                           string // links
	More                                  bool   // there is a next page
	Cut                                   bool   // the search ended early: there may be nothing on the next page
}

// Record is one of the audit trail.
type Record struct {
	At                                               time.Time
	Actor, Method, Source, RequestID, Action, Target string
	Stranger                                         bool // whoever it was had not signed in
	Facts                                            []Fact
}

// Fact is something that changed; "" is what was not, or is no more.
type Fact struct{ Name, Before, After string }
