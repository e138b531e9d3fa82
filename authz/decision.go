package authz

// Effect is the outcome. The zero value denies.
type Effect uint8

const (
	Denied Effect = iota
	Allowed
)

// String returns "allow" or "deny".
func (e Effect) String() string {
	if e == Allowed {
		return "allow"
	}
	return "deny"
}

// Decision is the answer to one Request, and everything that explains it. The zero value denies.
type Decision struct {
	Effect    Effect
	Reason    Reason
	Text      string // public: what was wrong and what to do; "" on an allow
	Cause     error  // private: for the log only
	Operation Operation
	Principal Principal
	Checks    []Check
	IntentID  string // with Operation.Response Creates, Renames or Deletes
	Mapped    bool   // some row of the route table names the request
	Withheld  []Kind // of Operation.Mentions, what this principal may not read
	Untouched bool   // the response needs nothing for this principal, whatever Operation.Response says
	// Refused is why the request would have been denied, had its operation not been reported only; "" otherwise.
	Refused Reason
}

// Check is one requirement and how it was met or not.
type Check struct {
	Action     Action
	Resource   Resource
	Permission Permission // the level that governed
	Default    bool       // it was the default permission: nothing is granted on the resource
	Scoped     bool       // the credential's scope lowered it
	Met        bool
}

func allow(d Decision, reason Reason) Decision {
	d.Effect, d.Reason = Allowed, reason
	return d
}

func deny(d Decision, err error) Decision {
	r := asRefusal(err)
	d.Effect, d.Reason, d.Text, d.Cause = Denied, r.Reason, r.Text, r.Cause
	return d
}
