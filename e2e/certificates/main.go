// Command certificates makes what a stack with TLS needs, in a directory: two authorities that stay, and certificates that are new each time.
//
//	go run ./e2e/certificates DIR USER…
//
// ca.pem signs what the public sees: the server's certificate for this machine's loopback names, and one for each user, in users/USER.pem with
// its key. internal-ca.pem signs what Envoy and the service show each other. They are two so that no user's certificate opens the inside.
package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"extauthz/internal/pki"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: certificates DIR USER…")
		os.Exit(2)
	}
	if err := issue(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "certificates: "+err.Error())
		os.Exit(1)
	}
}

// The names in certificates. envoy-config and serve are told the same.
const (
	envoyName   = "spiffe://mlflow.local/envoy"
	serviceName = "spiffe://mlflow.local/extauthz"
	userPrefix  = "spiffe://mlflow.local/user/"
)

func issue(dir string, users []string) error {
	if err := os.MkdirAll(filepath.Join(dir, "users"), 0o700); err != nil {
		return err
	}
	public, err := authority(dir, "ca")
	if err != nil {
		return err
	}
	internal, err := authority(dir, "internal-ca")
	if err != nil {
		return err
	}
	if err := write(public, pki.Server("localhost", "127.0.0.1", "::1"), dir, "server"); err != nil {
		return err
	}
	for name, uri := range map[string]string{"envoy": envoyName, "service": serviceName} {
		if err := inside(internal, uri, dir, name); err != nil {
			return err
		}
	}
	for _, name := range users {
		if err := user(public, name, dir); err != nil {
			return err
		}
	}
	return nil
}

// authority reads an authority, or makes it the first time.
func authority(dir, name string) (*pki.Authority, error) {
	certificate, err := os.ReadFile(filepath.Join(dir, name+".pem"))
	if errors.Is(err, fs.ErrNotExist) {
		a, err := pki.NewAuthority("MLflow on this machine: "+name, time.Now())
		if err != nil {
			return nil, err
		}
		pair, err := a.Pair()
		return a, errors.Join(err, pair.Write(dir, name))
	}
	key, keyErr := os.ReadFile(filepath.Join(dir, name+".key"))
	if err := errors.Join(err, keyErr); err != nil {
		return nil, err
	}
	return pki.ParseAuthority(pki.Pair{Certificate: certificate, Key: key})
}

func write(a *pki.Authority, template x509.Certificate, dir, name string) error {
	pair, err := a.Issue(template)
	if err != nil {
		return err
	}
	return pair.Write(dir, name)
}

// inside is a certificate for both directions, named by a URI alone.
func inside(a *pki.Authority, uri, dir, name string) error {
	template, err := pki.Client(uri)
	if err != nil {
		return err
	}
	template.ExtKeyUsage = append(template.ExtKeyUsage, x509.ExtKeyUsageServerAuth)
	return write(a, template, dir, name)
}

func user(a *pki.Authority, name, dir string) error {
	template, err := pki.Client(userPrefix + url.PathEscape(name))
	if err != nil {
		return err
	}
	pair, err := a.Issue(template)
	if err != nil {
		return err
	}
	return pki.Replace(filepath.Join(dir, "users", filepath.Base(name)+".pem"), pair.Bundle())
}
