package identity

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"extauthz/authz"
	"extauthz/authz/credential/certificate"
)

// Peer is a proxy that may send an identity header. With both fields, both must fit.
type Peer struct {
	// Network is where its connections come from: "10.1.2.0/24", or one address.
	Network string `yaml:"network,omitempty" help:"where its connections come from: 10.1.2.0/24, or one address"`
	// Certificate is a URI or DNS name in the client certificate that it shows, compared as it stands.
	Certificate string `yaml:"certificate,omitempty" help:"a URI or DNS name in the client certificate that it shows; with a network, both must fit"`
}

// peer is a Peer that is ready to use.
type peer struct {
	network     netip.Prefix // invalid for any
	certificate string       // "" for any
}

func (p Peer) compile() (peer, error) {
	if p.Network == "" && p.Certificate == "" {
		return peer{}, errors.New("a peer needs a network or a certificate")
	}
	if p.Network == "" {
		return peer{certificate: p.Certificate}, nil
	}
	network, err := parseNetwork(p.Network)
	switch {
	case err != nil:
		return peer{}, err
	case network.Bits() == 0 && p.Certificate == "":
		return peer{}, fmt.Errorf("%s is everybody, who could be anybody then", p.Network)
	default:
		return peer{network, p.Certificate}, nil
	}
}

func parseNetwork(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil && a.Zone() == "" {
		return netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()), nil
	}
	n, err := netip.ParsePrefix(text)
	if err != nil || n != n.Masked() || n.Addr().Is4In6() {
		return netip.Prefix{}, fmt.Errorf("%q is no network: write 10.1.2.0/24, or one address", text)
	}
	return n, nil
}

// is reports whether the connection of a request is this peer's. c is the certificate that it showed, nil for none.
func (p peer) is(r authz.Request, c *certificate.Certificate) bool {
	if p.network.IsValid() && !p.network.Contains(r.Peer) {
		return false
	}
	return p.certificate == "" || c != nil &&
		(slices.Contains(c.Names(certificate.URI), p.certificate) || slices.Contains(c.Names(certificate.DNS), p.certificate))
}
