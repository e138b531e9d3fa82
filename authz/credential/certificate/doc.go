// Package certificate turns the client certificate that a proxy has verified into an authz.Principal: what the certificate says, rules of the
// operator's make a username of.
//
// A certificate comes as authz.Request.Certificate and from nowhere else: Envoy shows there what it verified in the handshake
// (include_peer_certificate), the admin listener what it verified itself. A header that claims a certificate, X-Forwarded-Client-Cert say, is
// not looked at.
//
//	certificate ─parse, once─▶ names, issuer, validity ─first rule that matches─▶ username ─▶ Accounts.Account ─▶ principal
//
// A certificate that no rule names is no credential: a proxy or a mesh may have one, too. One that a rule takes for two users, or for a name
// that no account may have, is refused. A handshake happens once and a connection lives for hours, so the validity is looked at in every
// request, and the account is read in every request. Revocation lists are the proxy's affair; a disabled account holds from the next request.
package certificate
