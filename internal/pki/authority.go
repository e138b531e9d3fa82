package pki

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"time"
)

// Authority signs certificates.
type Authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// validity is how long a certificate lives that does not say so itself.
const validity = 90 * 24 * time.Hour

// NewAuthority makes an authority that signs itself.
func NewAuthority(name string, now time.Time) (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	a := &Authority{key: key, certificate: &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, BasicConstraintsValid: true, IsCA: true, MaxPathLenZero: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(10 * validity),
	}}
	der, err := a.sign(a.certificate, key)
	if err != nil {
		return nil, err
	}
	a.certificate, err = x509.ParseCertificate(der)
	return a, err
}

// ParseAuthority reads an authority back from PEM.
func ParseAuthority(p Pair) (*Authority, error) {
	c, k := block(p.Certificate), block(p.Key)
	if c == nil || k == nil {
		return nil, errors.New("pki: no certificate authority in PEM")
	}
	certificate, err := x509.ParseCertificate(c)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParseECPrivateKey(k)
	return &Authority{certificate, key}, err
}

func block(text []byte) []byte {
	if b, _ := pem.Decode(text); b != nil {
		return b.Bytes
	}
	return nil
}

// Pair is the authority itself.
func (a *Authority) Pair() (Pair, error) { return encode(a.certificate.Raw, a.key) }

// Certificate is the authority's, in PEM: what others trust.
func (a *Authority) Certificate() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw})
}

// Issue signs a certificate with a new key. A template without a time is valid from an hour ago, for three months.
func (a *Authority) Issue(template x509.Certificate) (Pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Pair{}, err
	}
	if template.NotAfter.IsZero() {
		template.NotBefore = time.Now().Add(-time.Hour)
		template.NotAfter = template.NotBefore.Add(validity)
	}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	der, err := a.sign(&template, key)
	if err != nil {
		return Pair{}, err
	}
	return encode(der, key)
}

func (a *Authority) sign(template *x509.Certificate, key *ecdsa.PrivateKey) (der []byte, err error) {
	if template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)); err != nil {
		return nil, err
	}
	return x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
}

// Revoke is a revocation list in PEM that names the certificates.
func (a *Authority) Revoke(pairs ...Pair) ([]byte, error) {
	list := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: time.Now().Add(-time.Hour), NextUpdate: time.Now().Add(validity)}
	for _, p := range pairs {
		c, err := x509.ParseCertificate(block(p.Certificate))
		if err != nil {
			return nil, err
		}
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: c.SerialNumber, RevocationTime: list.ThisUpdate})
	}
	der, err := x509.CreateRevocationList(rand.Reader, list, a.certificate, a.key)
	return pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der}), err
}
