package envoy

import (
	"net/netip"
	"strings"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"

	"extauthz/authz"
)

// Context extensions: what the rendered Envoy configuration says about a route. See bootstrap.
const (
	ContextResponse  = "extauthz.response" // "filtered": ext_proc hands us the response
	ResponseFiltered = "filtered"
	ContextBody      = "extauthz.body" // "withheld": the body is not part of the check
	BodyWithheld     = "withheld"
)

// Request translates what Envoy tells about a request. With encode_raw_headers every header line arrives by itself; without it Envoy
// has joined repeated ones by a comma.
func Request(check *auth.CheckRequest) authz.Request {
	attributes := check.GetAttributes()
	http := attributes.GetRequest().GetHttp()
	headers := headers(http)
	body := http.GetRawBody()
	if len(body) == 0 {
		body = []byte(http.GetBody())
	}
	extensions := attributes.GetContextExtensions()
	id, _ := headers.One("x-request-id")                 // HttpRequest.Id is Envoy's stream id, which no other log knows
	peer := address(attributes.GetSource().GetAddress()) // of the connection, even where Envoy believes X-Forwarded-For
	return authz.Request{
		ID:      id,
		Method:  http.GetMethod(),
		Target:  http.GetPath(),
		Host:    http.GetHost(),
		Headers: headers,
		Body:    body,
		Source:  peer,
		Peer:    peer,

		Certificate: attributes.GetSource().GetCertificate(),
		Proxy: authz.Proxy{
			FiltersResponse: extensions[ContextResponse] == ResponseFiltered,
			WithholdsBody:   extensions[ContextBody] == BodyWithheld || unseen(http, headers),
		},
	}
}

// pseudoHeaders are how many lines of HTTP/2 say what HttpRequest says in fields of its own: ":path" and the like.
const pseudoHeaders = 4

func headers(http *auth.AttributeContext_HttpRequest) authz.Headers {
	raw := http.GetHeaderMap().GetHeaders()
	h := make(authz.Headers, max(0, len(raw)-pseudoHeaders)+len(http.GetHeaders()))
	lines := make([]string, 0, len(raw)) // a header that comes once takes one of these, and no slice of its own
	for _, v := range raw {
		key := strings.ToLower(v.GetKey())
		if isPseudo(key) {
			continue
		}
		if before, repeated := h[key]; repeated {
			h[key] = append(before, lineOf(v))
			continue
		}
		lines = append(lines, lineOf(v))
		h[key] = lines[len(lines)-1 : len(lines) : len(lines)]
	}
	for key, value := range http.GetHeaders() {
		if key = strings.ToLower(key); !isPseudo(key) && !h.Has(key) {
			h[key] = []string{value}
		}
	}
	return h
}

func isPseudo(key string) bool { return strings.HasPrefix(key, ":") }

func lineOf(v *core.HeaderValue) string {
	if raw := v.GetRawValue(); len(raw) > 0 {
		return string(raw)
	}
	return v.GetValue()
}

func address(a *core.Address) netip.Addr {
	addr, err := netip.ParseAddr(a.GetSocketAddress().GetAddress())
	if err != nil {
		return netip.Addr{}
	}
	return addr.Unmap()
}
