package servertls

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"slices"
)

// Files are what a listener's TLS is made of, in PEM. The zero value is no TLS.
type Files struct {
	Certificate, Key string
	// ClientCA are the authorities of clients' certificates; "" asks for none.
	ClientCA string
	// ClientNames are URIs or DNS names, one of which a client's certificate must have, as it stands; none is any certificate of ClientCA.
	ClientNames []string
	// ClientOptional lets clients in that show no certificate.
	ClientOptional bool
}

// On reports whether there is TLS at all.
func (f Files) On() bool { return f.Certificate != "" }

// Mutual reports whether nobody is let in but holders of certificates that are named one by one.
func (f Files) Mutual() bool {
	return f.On() && f.ClientCA != "" && len(f.ClientNames) > 0 && !f.ClientOptional
}

// Check refuses what is only half set.
func (f Files) Check() error {
	switch {
	case (f.Certificate == "") != (f.Key == ""):
		return errors.New("a certificate and its key come together")
	case f.ClientCA != "" && !f.On():
		return errors.New("clients show certificates to TLS only: a certificate and a key are missing")
	case len(f.ClientNames) > 0 && f.ClientCA == "":
		return errors.New("names of clients need the authorities of their certificates")
	case slices.Contains(f.ClientNames, ""):
		return errors.New("an empty name is nobody's")
	default:
		return nil
	}
}

// Verify reads the files and says why they could not be used.
func (f Files) Verify() error {
	if !f.On() {
		return nil
	}
	c, err := f.read()
	if err == nil {
		_, err = f.config(c, nil)
	}
	return err
}

// contents are the files as they are now.
type contents struct{ certificate, key, clientCA []byte }

func (f Files) read() (c contents, err error) {
	for _, one := range []struct {
		path string
		into *[]byte
	}{{f.Certificate, &c.certificate}, {f.Key, &c.key}, {f.ClientCA, &c.clientCA}} {
		if one.path == "" {
			continue
		}
		if *one.into, err = os.ReadFile(one.path); err != nil {
			return c, err
		}
	}
	return c, nil
}

func (c contents) digest() [sha256.Size]byte {
	return sha256.Sum256(bytes.Join([][]byte{c.certificate, c.key, c.clientCA}, []byte{0}))
}

// config is what new connections meet. Sessions are not resumed: a certificate is verified by the authorities of today.
func (f Files) config(c contents, protocols []string) (*tls.Config, error) {
	pair, err := tls.X509KeyPair(c.certificate, c.key)
	if err != nil {
		return nil, fmt.Errorf("%s and %s: %w", f.Certificate, f.Key, err)
	}
	config := &tls.Config{
		MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}, NextProtos: protocols, SessionTicketsDisabled: true,
	}
	if f.ClientCA == "" {
		return config, nil
	}
	config.ClientCAs = x509.NewCertPool()
	if !config.ClientCAs.AppendCertsFromPEM(c.clientCA) {
		return nil, fmt.Errorf("%s: there is no certificate in it", f.ClientCA)
	}
	config.ClientAuth = tls.RequireAndVerifyClientCert
	if f.ClientOptional {
		config.ClientAuth = tls.VerifyClientCertIfGiven
	}
	config.VerifyConnection = f.named
	return config, nil
}

// named wants one of the names on a certificate that has been verified.
func (f Files) named(s tls.ConnectionState) error {
	if len(f.ClientNames) == 0 || len(s.VerifiedChains) == 0 && f.ClientOptional {
		return nil
	}
	if len(s.VerifiedChains) > 0 {
		leaf := s.VerifiedChains[0][0]
		for _, u := range leaf.URIs {
			if slices.Contains(f.ClientNames, u.String()) {
				return nil
			}
		}
		if slices.ContainsFunc(leaf.DNSNames, func(name string) bool { return slices.Contains(f.ClientNames, name) }) {
			return nil
		}
	}
	return errors.New("the client's certificate has none of the names that may connect")
}
