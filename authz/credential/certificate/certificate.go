package certificate

import (
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"net/url"
	"strings"
	"time"

	"extauthz/authz/credential"
)

// Certificate is what a certificate says about its holder. Nothing in it is verified here.
type Certificate struct {
	names     map[From][]string
	issuer    string
	notBefore time.Time
	notAfter  time.Time
}

// From is a place in a certificate.
type From string

// The places that can name somebody.
const (
	URI        From = "uri"   // a subject alternative name: spiffe://example.com/user/alice
	DNS        From = "dns"   // a subject alternative name
	Email      From = "email" // a subject alternative name
	CommonName From = "cn"    // of the subject
)

// longest is the longest text that is looked at: certificates have one or two KiB.
const longest = 64 << 10

// Names are what stands in a place, in its order.
func (c *Certificate) Names(from From) []string { return c.names[from] }

// Current says whether the certificate is valid at that time. The error is of the class credential.ErrExpired.
func (c *Certificate) Current(now time.Time) error {
	if now.Before(c.notBefore) || now.After(c.notAfter) {
		return fmt.Errorf("%w: the certificate is valid from %s to %s", credential.ErrExpired, c.notBefore.Format(time.RFC3339), c.notAfter.Format(time.RFC3339))
	}
	return nil
}

// Encode writes a certificate as authz.Request.Certificate has it, which is how Envoy does: PEM, URL-encoded.
func Encode(c *x509.Certificate) string {
	return url.PathEscape(string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})))
}

// parse reads the text of authz.Request.Certificate: exactly one certificate.
func parse(text string) (*Certificate, error) {
	if len(text) > longest {
		return nil, malformed("it is too long")
	}
	plain, err := url.PathUnescape(text)
	if err != nil {
		return nil, malformed("it is not URL-encoded")
	}
	block, rest := pem.Decode([]byte(plain))
	if block == nil || block.Type != "CERTIFICATE" || strings.TrimSpace(string(rest)) != "" {
		return nil, malformed("it is not one PEM block")
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, malformed("it is not X.509")
	}
	return read(c), nil
}

func read(c *x509.Certificate) *Certificate {
	names := map[From][]string{DNS: c.DNSNames, Email: c.EmailAddresses}
	for _, u := range c.URIs {
		names[URI] = append(names[URI], u.String())
	}
	for _, n := range c.Subject.Names {
		if text, ok := n.Value.(string); ok && n.Type.Equal(commonName) {
			names[CommonName] = append(names[CommonName], text)
		}
	}
	return &Certificate{names: names, issuer: c.Issuer.String(), notBefore: c.NotBefore, notAfter: c.NotAfter}
}

func malformed(how string) error {
	return fmt.Errorf("%w: a certificate: %s", credential.ErrMalformed, how)
}

var commonName = asn1.ObjectIdentifier{2, 5, 4, 3}
