package main

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"extauthz/authz"
	"extauthz/authz/credential/sigv4"
	"extauthz/authz/credential/sigv4/sigv4test"
	"extauthz/internal/pki"
)

// shown is one kind of credential on the wire.
type shown struct {
	name  string
	base  string // with whose rate its own is compared
	lines string // of the request's header
	at    *variant
	tls   *files
}

// secrets are what the caller can show, and what the service needs to know them by.
type secrets struct {
	token  string
	key    sigv4.AccessKey
	sealer *sigv4.Sealer
	issuer ed25519.PrivateKey
	ca     *pki.Authority
}

const (
	accessKeySecret = "a secret for a benchmark, of more than 32 bytes"
	authority       = "127.0.0.1"
)

func newSecrets() (secrets, error) {
	sealer, err := sigv4.NewSealer([]byte(accessKeySecret))
	if err != nil {
		return secrets{}, err
	}
	_, issuer, err := ed25519.GenerateKey(nil)
	if err != nil {
		return secrets{}, err
	}
	ca, err := pki.NewAuthority("bench", time.Now())
	return secrets{key: sigv4.NewKey(), sealer: sealer, issuer: issuer, ca: ca}, err
}

// kinds are in the order of the table. A client certificate is compared with basic auth over TLS, on connections that are as old: it costs
// Envoy a handshake each, and every check the reading of what Envoy sends of it.
func (s *stack) kinds() []shown {
	plain := s.variants[len(s.variants)-1]
	ca, certificate, key := filepath.Join(s.dir, "ca.pem"), filepath.Join(s.dir, "client.pem"), filepath.Join(s.dir, "client.key")
	var all []shown
	for _, k := range s.secrets.headers(read(s.experiment)) {
		all = append(all, shown{name: k.name, base: "basic", lines: k.lines, at: plain})
	}
	const overTLS = "basic over TLS"
	return append(all,
		shown{name: overTLS, base: overTLS, lines: all[0].lines, at: s.secure, tls: &files{CA: ca}},
		shown{name: "client certificate", base: overTLS, at: s.secure, tls: &files{ca, certificate, key}})
}

type header struct{ name, lines string }

// headers are the kinds that a header carries.
func (s secrets) headers(target string) []header {
	basic := func(password string) string {
		return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(caller+":"+password))
	}
	return []header{
		{"basic", basic(password)},
		{"token", "Authorization: Bearer " + s.token},
		{"token as password", basic(s.token)},
		{"token in a header", "X-Api-Key: " + s.token},
		{"JWT", "Authorization: Bearer " + s.jwt()},
		{"SigV4", s.signature(target)},
		{"identity header", "X-Forwarded-User: " + caller},
	}
}

func (s secrets) jwt() string {
	encode := base64.RawURLEncoding.EncodeToString
	claims := fmt.Sprintf(`{"iss":"bench","aud":"mlflow","sub":%q,"exp":%d}`, caller, time.Now().Add(time.Hour).Unix())
	text := encode([]byte(`{"alg":"EdDSA"}`)) + "." + encode([]byte(claims))
	return text + "." + encode(ed25519.Sign(s.issuer, []byte(text)))
}

// signature holds for a quarter of an hour, and a read may be repeated with it.
func (s secrets) signature(target string) string {
	r := authz.Request{Method: "GET", Target: target, Host: authority, Headers: authz.Headers{}}
	sigv4test.Sign(r, s.key.ID, s.key.Secret, sigv4test.At(time.Now()))
	var lines []string
	for name, values := range r.Headers {
		lines = append(lines, name+": "+values[0])
	}
	return strings.Join(lines, "\r\n")
}

// configure writes what makes the service take all kinds.
func (s secrets) configure(dir string) (path string, err error) {
	public := base64.RawURLEncoding.EncodeToString(s.issuer.Public().(ed25519.PublicKey))
	keys, secret := filepath.Join(dir, "jwks.json"), filepath.Join(dir, "access-key-secret")
	path = filepath.Join(dir, "extauthz.json") // which is YAML, too
	config, err := json.Marshal(map[string]any{
		"access_key_secret_file": secret,
		"token_header":           []any{map[string]string{"header": "X-Api-Key"}},
		"issuers":                []any{map[string]any{"issuer": "bench", "audiences": []string{"mlflow"}, "algorithms": []string{"EdDSA"}, "jwks_file": keys}},
		"certificates":           []any{map[string]string{"from": "uri", "pattern": "spiffe://bench/(.+)"}},
		"identity_headers":       []any{map[string]any{"name": "X-Forwarded-User", "from": []any{map[string]string{"network": "127.0.0.0/8"}}}},
	})
	if err != nil {
		return "", err
	}
	for name, text := range map[string]string{
		keys: `{"keys":[{"kty":"OKP","crv":"Ed25519","x":"` + public + `"}]}`, secret: accessKeySecret, path: string(config),
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	return path, s.writeCertificates(dir)
}

// writeCertificates writes ca.pem, and server and client with their keys.
func (s secrets) writeCertificates(dir string) error {
	client, err := pki.Client("spiffe://bench/" + caller)
	if err != nil {
		return err
	}
	for name, template := range map[string]x509.Certificate{"server": pki.Server(authority), "client": client} {
		pair, err := s.ca.Issue(template)
		if err != nil {
			return err
		}
		if err := pair.Write(dir, name); err != nil {
			return err
		}
	}
	return pki.Replace(filepath.Join(dir, "ca.pem"), s.ca.Certificate())
}

// credentialRounds gives every kind of credential one turn in each round, all through extauthz.
func (s *stack) credentialRounds(ctx context.Context, rounds int) (map[string][]sample, error) {
	all, kinds := map[string][]sample{}, s.kinds()
	for range rounds {
		for _, k := range kinds {
			t := turn{Address: k.at.address, Request: request("GET", s.experiment, k.lines), Connections: s.options.connections, Length: s.options.slice, TLS: k.tls}
			one, err := s.turn(ctx, k.at, t)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", k.name, err)
			}
			all[k.name] = append(all[k.name], one)
		}
		kinds = append(kinds[1:], kinds[0])
	}
	return all, nil
}

func (s *stack) printCredentials(out io.Writer, all map[string][]sample) error {
	fmt.Fprintln(out, "GET experiments/get through extauthz, by the credential that it carries, seen before")
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "  CREDENTIAL\tREQ/S\t÷ BASIC\tCPU ASKED\tCPU ASKED ÷ BASIC")
	for _, k := range s.kinds() {
		own, basic := all[k.name], all[k.base]
		fmt.Fprintf(w, "  %s\t%.0f\t%s\t%.1f\t%s\n", k.name, median(each(own, rate)), ratio(own, basic, rate), median(each(own, askedCPU)), ratio(own, basic, askedCPU))
	}
	fmt.Fprintln(w)
	return w.Flush()
}
