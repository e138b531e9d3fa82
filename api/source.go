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
	if len(r.TransferEncoding) > 0 { // net/http takes it out of the headers
		headers["transfer-encoding"] = r.TransferEncoding
	}
	id, _ := headers.One("x-request-id")
	peer, _ := peer(r, h.proxies)
	return authz.Request{
		ID: id, Method: r.Method, Target: r.RequestURI, Host: r.Host, Headers: headers,
		Source: source(r, h.proxies), Peer: peer, Certificate: certificateOf(r),
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

// source is the address that attempts are counted by. A trusted proxy appends the address that it saw to X-Forwarded-For; everything left
// of that came from the client. It is unknown (the zero Addr) when such a proxy wrote something that is no address.
func source(r *http.Request, proxies []netip.Prefix) netip.Addr {
	addr, proxied := peer(r, proxies)
	if !proxied {
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

// peer is who is connected, and whether what it says of the client is believed. On a unix socket it has no address.
func peer(r *http.Request, proxies []netip.Prefix) (addr netip.Addr, trusted bool) {
	remote, err := netip.ParseAddrPort(r.RemoteAddr)
	addr = remote.Addr().Unmap().WithZone("")
	onUnixSocket := err != nil
	return addr, onUnixSocket || slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// overTLS reports whether the browser's own connection is encrypted: ours, or that of a trusted proxy, which says so.
func overTLS(r *http.Request, proxies []netip.Prefix) bool {
	_, trusted := peer(r, proxies)
	said := r.Header["X-Forwarded-Proto"]
	return r.TLS != nil || trusted && len(said) == 1 && said[0] == "https"
}
