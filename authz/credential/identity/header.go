package identity

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"extauthz/authz"
	"extauthz/authz/credential"
)

// Header is a header with a username in it, and who may send it.
type Header struct {
	Name string `yaml:"name" required:"true" help:"its name, for example X-Forwarded-User"`
	From []Peer `yaml:"from" required:"true" help:"proxies that may send it; from anybody else it is as if it were not there"`
}

// Check refuses a header that anybody could send, or nobody.
func (h Header) Check() error {
	_, err := h.compile()
	return err
}

// header is a Header that is ready to use.
type header struct {
	name  string // in lower case
	peers []peer
}

func (h Header) compile() (header, error) {
	compiled := header{name: strings.ToLower(h.Name)}
	if err := checkName(compiled.name); err != nil {
		return header{}, err
	}
	if len(h.From) == 0 {
		return header{}, fmt.Errorf("%s: say which peers may send it", h.Name)
	}
	for _, p := range h.From {
		c, err := p.compile()
		if err != nil {
			return header{}, fmt.Errorf("%s: %w", h.Name, err)
		}
		compiled.peers = append(compiled.peers, c)
	}
	return compiled, nil
}

// reserved are headers that mean something else, here or to Envoy.
var reserved = []string{
	"authorization", "cookie", "host", "content-type", "content-length", "transfer-encoding", "connection", "x-request-id",
	"x-forwarded-for", "x-forwarded-client-cert", "x-forwarded-proto", "x-mlflow-authorization", "x-mlflow-workspace", credential.PrincipalHeader,
}

func checkName(name string) error {
	odd := strings.ContainsFunc(name, func(r rune) bool { return !('a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '-') })
	switch {
	case name == "" || odd:
		return fmt.Errorf("%q cannot be an identity header: use letters, digits and hyphens", name)
	case slices.Contains(reserved, name), strings.HasPrefix(name, "x-envoy-"):
		return fmt.Errorf("%s cannot be an identity header: it means something else", name)
	default:
		return nil
	}
}

// username reads the header of a peer that is trusted.
func (h header) username(r authz.Request) (string, error) {
	lines := r.Headers[h.name]
	switch {
	case len(lines) != 1:
		return "", fmt.Errorf("%w: the identity header comes %d times", credential.ErrSeveral, len(lines))
	case credential.CheckUsername(lines[0]) != nil: // a comma is no part of one, so joined headers are none
		return "", fmt.Errorf("%w: the identity header holds no username", credential.ErrMalformed)
	default:
		return lines[0], nil
	}
}

var errUnset = errors.New("identity headers need accounts, a reader of certificates, a clock and at least one header")
