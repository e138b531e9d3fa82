package api

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/authz/credential/certificate"
)

// facts shows the request to the authenticator as Envoy's Check would.
func (h *handler) facts(r *http.Request) authz.Request {
	headers := make(authz.Headers, len(r.Header))
	for name, lines := range r.Header {
		headers[strings.ToLower(name)] = lines
	}
	id, _ := headers.One("x-request-id")
	return authz.Request{
		ID: id, Method: r.Method, Target: r.RequestURI, Host: r.Host, Headers: headers,
		Source: source(r, h.proxies), Peer: peer(r), Certificate: certificateOf(r),
	}
}

// certificateOf is the client certificate that this listener has verified. Envoy's own is none of a user's: the check has authenticated the user,
// and says so in a header. Whoever makes that header up has no credential at all.
func certificateOf(r *http.Request) string {
	if r.TLS == nil || len(r.TLS.VerifiedChains) == 0 || r.Header.Get(credential.PrincipalHeader) != "" {
		return ""
	}
	return certificate.Encode(r.TLS.VerifiedChains[0][0])
}

// peer is the zero Addr on a unix socket.
func peer(r *http.Request) netip.Addr {
	a, _ := netip.ParseAddrPort(r.RemoteAddr)
	return a.Addr().Unmap().WithZone("")
}

// source is the address that attempts are counted by. A trusted proxy appends the address that it saw to X-Forwarded-For; everything left
// of that came from the client. It is unknown (the zero Addr) when such a proxy wrote something that is no address.
func source(r *http.Request, proxies []netip.Prefix) netip.Addr {
	addr := peer(r)
	onUnixSocket := !addr.IsValid()
	if !onUnixSocket && !slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(addr) }) {
		return addr
	}
	lines := r.Header["X-Forwarded-For"]
	if len(lines) == 0 {
		return addr
	}
	last := lines[len(lines)-1]
	forwarded, err := netip.ParseAddr(strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:]))
	if err != nil {
		return netip.Addr{}
	}
	return forwarded.Unmap().WithZone("")
}
