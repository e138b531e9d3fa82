package app

import (
	"slices"
	"strings"
	"time"

	"extauthz/authz/credential"
	"extauthz/authz/credential/certificate"
	"extauthz/authz/credential/identity"
)

// rememberedCertificates are how many client certificates are not parsed again.
const rememberedCertificates = 10_000

// certified adds the credentials that the connection vouches for: client certificates, and identity headers of trusted peers.
func (c *credentials) certified(live Live) (err error) {
	if len(live.Certificates) > 0 {
		c.oneOf.Certificate, err = certificate.New(certificate.Config{Accounts: c.users, Reader: c.certificates, Rules: live.Certificates, Now: time.Now})
		if err != nil {
			return err
		}
	}
	if len(live.IdentityHeaders) == 0 {
		return nil
	}
	identities, err := identity.New(identity.Config{Accounts: c.users, Reader: c.certificates, Headers: live.IdentityHeaders, Now: time.Now})
	if err != nil {
		return err
	}
	c.oneOf.Others = append(slices.Clone(c.oneOf.Others), identities)
	c.conceal = identities.Names()
	return nil
}

func (p *problems) certificates(rules []certificate.Rule) {
	for i, r := range rules {
		if err := r.Check(); err != nil {
			p.add("certificates", "number %d: %v", i+1, err)
		}
	}
}

// identities also keeps one header from meaning two things.
func (p *problems) identities(headers []identity.Header, carriers []credential.Carrier) {
	taken := map[string]string{}
	for _, c := range carriers {
		taken[strings.ToLower(c.Header)] = "carries tokens, too; it cannot be both"
	}
	for i, h := range headers {
		name := strings.ToLower(h.Name)
		if err := h.Check(); err != nil {
			p.add("identity-headers", "number %d: %v", i+1, err)
		} else if why := taken[name]; why != "" {
			p.add("identity-headers", "number %d: %s %s", i+1, h.Name, why)
		}
		taken[name] = "is there twice"
	}
}
