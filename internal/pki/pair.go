package pki

import (
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"slices"
)

// Pair is a certificate and its key, in PEM.
type Pair struct{ Certificate, Key []byte }

func encode(der []byte, key *ecdsa.PrivateKey) (Pair, error) {
	k, err := x509.MarshalECPrivateKey(key)
	return Pair{
		Certificate: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		Key:         pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: k}),
	}, err
}

// TLS is the pair as crypto/tls wants it.
func (p Pair) TLS() (tls.Certificate, error) { return tls.X509KeyPair(p.Certificate, p.Key) }

// Bundle is both in one file, as MLFLOW_TRACKING_CLIENT_CERT_PATH wants them.
func (p Pair) Bundle() []byte { return slices.Concat(p.Key, p.Certificate) }

// Write writes name.pem and name.key into a directory, each by a rename, so that nobody reads half of one.
func (p Pair) Write(dir, name string) error {
	if err := Replace(filepath.Join(dir, name+".key"), p.Key); err != nil {
		return err
	}
	return Replace(filepath.Join(dir, name+".pem"), p.Certificate)
}

// Replace writes a file that its owner alone may read, by a rename.
func Replace(path string, text []byte) error {
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
