// Package credential turns what a client sends to prove who it is into an authz.Principal.
//
// The idea: a slow password hash is paid once for each credential, and never trusted for longer than the stored hash it was checked
// against.
//
//	Authorization ─parse─▶ user, password ──▶ Accounts.Account(user) ─▶ stored hash, principal
//	                            │                                          │
//	                       keyed hash ──▶ verified before, against ─────── this very stored hash? ──▶ principal
//	                                                                       │ no
//	                                      throttle ─▶ one flight ─▶ Hasher.Verify ─▶ remember ──────▶ principal, or 401
//
// The account is read on every request. A new password is a new stored hash, so every credential remembered under the old one is dead
// in the same instant, on every replica, with no time-to-live; a demoted or deleted user is demoted or gone at once. Only successes are
// remembered, and only under an HMAC with a key that never leaves the process.
//
// Guessing is bounded three ways. Failures drain token buckets, by username and network and by network alone, so that an attacker slows
// himself down and locks nobody out. Hashing runs in a few slots with a short queue, so that it cannot take the machine. And a user who
// does not exist costs the same hashing as one who does, so that the time to answer names nobody.
//
// Basic puts it together. Hasher, CheckPassword and CheckUsername serve whoever creates accounts.
package credential
