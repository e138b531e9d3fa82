package app

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"extauthz/authz/credential"
	"extauthz/authz/credential/certificate"
	"extauthz/authz/credential/identity"
)

// rememberedCertificates are how many client certificates are not parsed again.
const rememberedCertificates = 10_000

// certified adds the credentials that the connection vouches for: client certificates, and identity headers of trusted peers.
func (c *credentials) certified(config Config, users accounts) error {
	reader, err := certificate.NewReader(rememberedCertificates)
	if err != nil {
		return err
	}
	if len(config.Certificates) > 0 {
		c.oneOf.Certificate, err = certificate.New(certificate.Config{Accounts: users, Reader: reader, Rules: config.Certificates, Now: time.Now})
		if err != nil {
			return err
		}
	}
	if len(config.IdentityHeaders) == 0 {
		return nil
	}
	identities, err := identity.New(identity.Config{Accounts: users, Reader: reader, Headers: config.IdentityHeaders, Now: time.Now})
	if err != nil {
		return err
	}
	c.oneOf.Others = append(c.oneOf.Others, identities)
	c.conceal = append(c.conceal, identities.Names()...)
	return distinct(identities.Names(), c.oneOf.Carriers)
}

// distinct keeps one header from meaning two things.
func distinct(identities []string, carriers []credential.Carrier) error {
	seen := map[string]bool{}
	for _, name := range identities {
		if seen[name] {
			return fmt.Errorf("identity headers: %s is there twice", name)
		}
		seen[name] = true
	}
	for _, c := range carriers {
		if seen[strings.ToLower(c.Header)] {
			return fmt.Errorf("%s is an identity header and carries tokens; it cannot be both", c.Header)
		}
	}
	return nil
}

// ParseCertificateRules reads rules of the form "uri=PATTERN": a place in a certificate (uri, dns, email, cn) and a regular expression for all
// that stands there, whose one group is the username.
func ParseCertificateRules(texts []string) (rules []certificate.Rule, err error) {
	for _, text := range texts {
		from, pattern, ok := strings.Cut(text, "=")
		if !ok {
			return nil, fmt.Errorf("%q: write it as uri=PATTERN, dns=PATTERN, email=PATTERN or cn=PATTERN", text)
		}
		rules = append(rules, certificate.Rule{From: certificate.From(from), Pattern: pattern})
	}
	return rules, nil
}

// ParseIdentityHeaders reads headers of the form "X-Forwarded-User from 10.1.2.0/24 spiffe://example.com/proxy": a name, and the networks and
// names in certificates of the peers that may send it.
func ParseIdentityHeaders(texts []string) (headers []identity.Header, err error) {
	for _, text := range texts {
		words := strings.Fields(text)
		if len(words) < 3 || words[1] != "from" {
			return nil, fmt.Errorf("%q: write it as X-Forwarded-User from 10.1.2.0/24", text)
		}
		h := identity.Header{Name: words[0]}
		for _, peer := range words[2:] {
			h.From = append(h.From, parsePeer(peer))
		}
		headers = append(headers, h)
	}
	return headers, nil
}

// parsePeer takes addresses and what has a slash for networks, and URIs and host names for names in certificates.
func parsePeer(text string) identity.Peer {
	_, err := netip.ParseAddr(text)
	if err == nil || strings.Contains(text, "/") && !strings.Contains(text, "://") {
		return identity.Peer{Network: text}
	}
	return identity.Peer{Certificate: text}
}
