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
	id, _ := headers.One("x-request-id") // HttpRequest.Id is Envoy's stream id, which no other log knows
	return authz.Request{
		ID:      id,
		Method:  http.GetMethod(),
		Target:  http.GetPath(),
		Headers: headers,
		Body:    body,
		Source:  address(attributes.GetSource().GetAddress()),
		Proxy: authz.Proxy{
			FiltersResponse: extensions[ContextResponse] == ResponseFiltered,
			WithholdsBody:   extensions[ContextBody] == BodyWithheld,
		},
	}
}

func headers(http *auth.AttributeContext_HttpRequest) authz.Headers {
	raw := http.GetHeaderMap().GetHeaders()
	h := make(authz.Headers, len(raw)+len(http.GetHeaders()))
	for _, v := range raw {
		value := string(v.GetRawValue())
		if value == "" {
			value = v.GetValue()
		}
		key := strings.ToLower(v.GetKey())
		h[key] = append(h[key], value)
	}
	for key, value := range http.GetHeaders() {
		if key = strings.ToLower(key); !h.Has(key) {
			h[key] = []string{value}
		}
	}
	return h
}

func address(a *core.Address) netip.Addr {
	addr, err := netip.ParseAddr(a.GetSocketAddress().GetAddress())
	if err != nil {
		return netip.Addr{}
	}
	return addr.Unmap()
}
