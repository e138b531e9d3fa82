package jwt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"os"
	"strings"

	"github.com/go-json-experiment/json"
)

// maxDocument bounds a key set and a provider's configuration, in bytes.
const maxDocument = 1 << 20

// source says where an issuer's keys are read. A file and what a fetch needs must be there from the beginning; a server need not.
func (i Issuer) source(ctx context.Context) (func(context.Context) ([]byte, error), error) {
	if i.JWKSFile != "" {
		read := func(context.Context) ([]byte, error) { return readFile(i.JWKSFile) }
		return read, checkFile(ctx, i.JWKSFile, read)
	}
	start := i.JWKSURL
	if start == "" {
		start = i.Issuer
	}
	home, err := secureURL(start)
	if err != nil {
		return nil, err
	}
	f := fetcher{caFile: i.CAFile, tokenFile: i.TokenFile, home: home}
	if err := f.check(); err != nil {
		return nil, err
	}
	if i.JWKSURL != "" {
		return func(ctx context.Context) ([]byte, error) { return f.get(ctx, i.JWKSURL) }, nil
	}
	return func(ctx context.Context) ([]byte, error) { return discover(ctx, f, i.Issuer) }, nil
}

func checkFile(ctx context.Context, path string, read func(context.Context) ([]byte, error)) error {
	document, err := read(ctx)
	if err != nil {
		return err
	}
	found, err := readKeys(document)
	if err == nil && len(found.list) == 0 {
		err = errors.New("no public key that can verify signatures")
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// discover follows OpenID Connect Discovery 1.0: the configuration says where the keys are, and must be that of this very issuer.
func discover(ctx context.Context, f fetcher, issuer string) ([]byte, error) {
	document, err := f.get(ctx, strings.TrimSuffix(issuer, "/")+"/.well-known/openid-configuration")
	if err != nil {
		return nil, err
	}
	var found struct {
		Issuer  string `json:"issuer"`
		JWKSURI string `json:"jwks_uri"`
	}
	if err := json.Unmarshal(document, &found); err != nil {
		return nil, fmt.Errorf("no provider configuration: %w", err)
	}
	if found.Issuer != issuer {
		return nil, fmt.Errorf("the configuration is of the issuer %.200q", found.Issuer)
	}
	if _, err := secureURL(found.JWKSURI); err != nil {
		return nil, fmt.Errorf("jwks_uri: %w", err)
	}
	return f.get(ctx, found.JWKSURI)
}

// secureURL refuses what could be answered by somebody else on the way.
func secureURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil {
		return nil, fmt.Errorf("%.200q is no URL of a server", text)
	}
	if u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname()) {
		return u, nil
	}
	return nil, fmt.Errorf("%.200q: keys are fetched by https", text)
}

func isLoopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f)
}

func readAll(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxDocument+1))
	if err == nil && len(text) > maxDocument {
		err = fmt.Errorf("longer than %d bytes", maxDocument)
	}
	return text, err
}
