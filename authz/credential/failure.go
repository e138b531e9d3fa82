package credential

import (
	"errors"

	"extauthz/authz"
)

// Why a credential was not accepted, for the log, metrics and audit records. The client sees one answer for all of them. Match the Cause of
// the refusal with errors.Is.
var (
	ErrAbsent    = errors.New("no credential")
	ErrMalformed = errors.New("malformed credential")
	ErrWrong     = errors.New("wrong credential") // unknown, revoked, not fitting, or of an account that cannot sign in
	ErrExpired   = errors.New("expired credential")
	ErrReplayed  = errors.New("replayed credential")
	ErrSeveral   = errors.New("more than one credential")
)

// Unauthenticated is the one 401 of every kind of credential: MLflow's own text, so that it tells nobody what was wrong.
func Unauthenticated(cause error) error {
	return &authz.Refusal{Reason: authz.Unauthenticated, Cause: cause, Text: "You are not authenticated. Please see " +
		"https://www.mlflow.org/docs/latest/auth/index.html#authenticating-to-mlflow on how to authenticate."}
}
