package pki

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"net"
	"net/url"
)

// Server is the template of a server's certificate, for names and addresses.
func Server(hosts ...string) x509.Certificate {
	c := x509.Certificate{Subject: pkix.Name{CommonName: hosts[0]}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			c.IPAddresses = append(c.IPAddresses, ip)
		} else {
			c.DNSNames = append(c.DNSNames, host)
		}
	}
	return c
}

// Client is the template of a client's certificate, whose URI names it.
func Client(uri string) (x509.Certificate, error) {
	u, err := url.Parse(uri)
	return x509.Certificate{
		Subject: pkix.Name{CommonName: "a client"}, URIs: []*url.URL{u}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, err
}
