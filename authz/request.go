package authz

import "net/netip"

// Request is one HTTP request as Envoy showed it to us, before anything is decoded. Facts are computed from it once, by the Mapper and
// the Authenticator; nothing later looks at headers.
type Request struct {
	ID      string     // x-request-id, for joining logs
	Method  string     // as on the wire: "GET"
	Target  string     // raw path with its query, as on the wire: "/api/2.0/mlflow/runs/get?run_id=1"
	Host    string     // the Host header or :authority, as on the wire: with a port only where the client sent one
	Headers Headers    // lower-case names, without Host
	Body    []byte     // the whole body, or nil when Envoy did not send it (see Body rules of the operation)
	Source  netip.Addr // the client's address as Envoy trusts it; the zero Addr when unknown
	Peer    netip.Addr // who the connection is from, whatever any header says; the zero Addr when unknown
	// Certificate is the client certificate that the proxy verified, as Envoy shows it: URL-encoded PEM; "" for none.
	Certificate string
	Proxy       Proxy // what the Envoy route that took the request promises to do with it
}

// Proxy says what the proxy does for this route, by configuration that no client can influence (Envoy's context_extensions).
type Proxy struct {
	FiltersResponse bool // ext_proc hands us the response: lists may be let through, to be filtered on their way back
	WithholdsBody   bool // the body is not part of the check (artifact uploads)
}

// Headers are request headers by lower-case name, one entry for each header line in the order received.
type Headers map[string][]string

// One returns the value of a header that may appear at most once. ok is false when it is absent or repeated.
func (h Headers) One(name string) (value string, ok bool) {
	v := h[name]
	if len(v) != 1 {
		return "", false
	}
	return v[0], true
}

// Has reports whether the header is present at all.
func (h Headers) Has(name string) bool { return len(h[name]) > 0 }
