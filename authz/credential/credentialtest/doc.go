// Package credentialtest is the contract of every kind of credential: an authenticator keeps it when Run passes.
//
//	credentialtest.Run(t, credentialtest.Subject{
//		New:        func(t testing.TB, w *credentialtest.World) authz.Authenticator { … },
//		Credential: func(t testing.TB, w *credentialtest.World, username string) authz.Request { … },
//		Vectors:    []credentialtest.Vector{{"a lost character", …, credential.ErrMalformed}, …},
//	})
//
// A right credential is accepted for as long as its user can sign in, and not a check longer: what happens to the account (disabled, renamed,
// demoted, deleted) holds from the next request on. Everything else is one and the same 401, whatever was wrong; why is for the log, in a class
// that the vectors name, and repeats nothing of the credential.
package credentialtest
