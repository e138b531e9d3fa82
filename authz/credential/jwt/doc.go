// Package jwt authenticates JSON Web Tokens that somebody else has signed: an OpenID provider, a Kubernetes cluster.
//
// The idea: nothing that a token says of itself is believed. Who may have signed it, with which algorithms and which keys, is configuration;
// the token only picks among that.
//
//	Bearer a.b.c ─parse─▶ iss ──▶ Issuer (configured, exact) ─▶ algorithms, audiences, username, roles
//	                      kid ──▶ the issuer's keys, fetched by us: from discovery, a URL or a file
//	                               │
//	                      signature, aud, exp, nbf, iat, typ ─▶ username ─▶ Users.Account ─▶ principal, or 401
//	                                                           groups ───▶ Users.Roles ──┘
//
// A verified token is remembered under a keyed hash, together with the key set that it was verified with, until it expires or the keys
// change. The account, and the roles by their names, are read on every request, so that a disabled user is out at the next check.
//
// Keys are fetched when a request needs them, at most once a minute and once at a time, whatever tokens name: strangers can send any key id.
// While an issuer cannot be reached, the keys that are held stay good for Issuer.KeepFor, and then nothing of that issuer is accepted.
package jwt
