package jwt

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// fetcher gets documents of an issuer. It is made anew of its files for each of the rare fetches, so that a renewed certificate or token is used.
type fetcher struct {
	caFile    string
	tokenFile string
	home      *url.URL // where the token may go
}

func (f fetcher) check() error {
	if _, err := f.roots(); err != nil {
		return err
	}
	_, err := f.token(f.home)
	return err
}

// get follows no redirects: where an issuer's documents are is its own word, not that of a server on the way.
func (f fetcher) get(ctx context.Context, address string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	token, err := f.token(request.URL)
	if err != nil {
		return nil, err
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	client, err := f.client()
	if err != nil {
		return nil, err
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", address, response.Status)
	}
	return readAll(response.Body)
}

func (f fetcher) client() (*http.Client, error) {
	roots, err := f.roots()
	if err != nil {
		return nil, err
	}
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10,
			TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		},
	}, nil
}

// roots are nil for the system's.
func (f fetcher) roots() (*x509.CertPool, error) {
	if f.caFile == "" {
		return nil, nil
	}
	text, err := readFile(f.caFile)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s has no certificate (PEM)", f.caFile)
	}
	return pool, nil
}

func (f fetcher) token(to *url.URL) (string, error) {
	if f.tokenFile == "" || to.Scheme != f.home.Scheme || to.Host != f.home.Host {
		return "", nil
	}
	text, err := readFile(f.tokenFile)
	token := strings.TrimSpace(string(text))
	if err == nil && (token == "" || strings.ContainsAny(token, " \r\n")) {
		err = errors.New("there is no token in " + f.tokenFile)
	}
	return token, err
}
