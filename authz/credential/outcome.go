package credential

import (
	"errors"
	"maps"
	"slices"

	"extauthz/authz"
)

// What becomes of a credential, in one word for metrics and audit records. Every other outcome is one of the errors of this package.
const (
	Accepted  = "accepted"
	Absent    = "absent"
	Throttled = "throttled" // too many attempts
	Failed    = "failed"    // nobody could tell: the store or a key could not be read
	wrong     = "wrong"
)

// refusals are the outcomes of credentials that are not accepted, by why.
func refusals() map[error]string {
	return map[error]string{
		ErrAbsent: Absent, ErrMalformed: "malformed", ErrWrong: wrong, ErrExpired: "expired", ErrReplayed: "replayed", ErrSeveral: "several",
	}
}

// Outcomes are all that there are.
func Outcomes() []string {
	return slices.AppendSeq([]string{Accepted, Throttled, Failed}, maps.Values(refusals()))
}

// Outcome is what an Authenticator's error says.
func Outcome(err error) string {
	if err == nil {
		return Accepted
	}
	var r *authz.Refusal
	switch {
	case !errors.As(err, &r):
		return Failed
	case r.Reason == authz.Unauthenticated:
		return whyNot(r.Cause)
	case r.Reason == authz.Throttled:
		return Throttled
	default:
		return Failed
	}
}

func whyNot(cause error) string {
	for sentinel, outcome := range refusals() {
		if errors.Is(cause, sentinel) {
			return outcome
		}
	}
	return wrong
}
