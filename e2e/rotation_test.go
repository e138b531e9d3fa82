package e2e

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"extauthz/internal/pki"
	"extauthz/internal/testbed"
)

// TestRotation exchanges everything that Envoy and the service know each other by, while the real client sends requests. In the end both are made
// to meet anew.
func TestRotation(t *testing.T) {
	admin := "127.0.0.1:" + testbed.FreePorts(t, 1)[0]
	s := testbed.Start(t, testbed.Options{TLS: true, Env: []string{"EXTAUTHZ_ENVOY_ADMIN=" + admin}})
	r := newRotation(t, s, admin)
	dir, ended := certificates(t, s), make(chan error, 1)
	going, stop := filepath.Join(dir, "going"), filepath.Join(dir, "stop")
	go func() {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		ended <- errors.Join(exists(ctx, going), r.run(ctx), os.WriteFile(stop, nil, 0o600))
	}()
	tell(t, s, testbed.Newest, "rotating.py", "GOING="+going, "STOP="+stop, "CERTIFICATES="+dir, "MLFLOW_HTTP_REQUEST_MAX_RETRIES=0")
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if err := r.meets(r.old, r.before); err == nil {
		t.Error("the service still takes what it knew Envoy by")
	}
	if err := r.meets(r.new, r.now); err != nil {
		t.Errorf("a certificate of now: %v", err)
	}
	s.Kill(t, testbed.ServicePart)
	s.Revive(t)
	if _, err := r.whoami(); err != nil {
		t.Errorf("when they meet anew: %v", err)
	}
}

// rotation is an authority and certificates in another's place.
type rotation struct {
	s           *testbed.Stack
	envoyAdmin  string
	old, new    *pki.Authority
	before, now pki.Pair // Envoy's
	service     pki.Pair
}

func newRotation(t *testing.T, s *testbed.Stack, envoyAdmin string) *rotation {
	t.Helper()
	r := &rotation{s: s, envoyAdmin: envoyAdmin, old: s.Authority(t, testbed.InternalAuthority)}
	var err error
	if r.new, err = pki.NewAuthority("the next one", time.Now()); err != nil {
		t.Fatal(err)
	}
	const envoy = "spiffe://mlflow.local/envoy"
	r.before, r.now = client(t, r.old, envoy, nil), client(t, r.new, envoy, nil)
	r.service = client(t, r.new, "spiffe://mlflow.local/extauthz", func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} })
	return r
}

// run goes as an operator would: the new authority beside the old one, then certificates of the new one, then the old one goes. Each step waits
// until both have taken the one before.
func (r *rotation) run(ctx context.Context) error {
	authority := r.s.TLSFile(testbed.InternalAuthority + ".pem")
	if err := pki.Replace(authority, slices.Concat(r.new.Certificate(), r.old.Certificate())); err != nil {
		return err
	}
	if err := errors.Join(r.serviceHasTaken(ctx, 1), r.envoyShows(ctx, r.new.Certificate())); err != nil {
		return err
	}
	dir := r.s.TLSFile("")
	if err := errors.Join(r.service.Write(dir, "service"), r.now.Write(dir, "envoy")); err != nil {
		return err
	}
	if err := errors.Join(r.serviceHasTaken(ctx, 2), r.envoyShows(ctx, r.now.Certificate)); err != nil {
		return err
	}
	if err := pki.Replace(authority, r.new.Certificate()); err != nil {
		return err
	}
	return r.serviceHasTaken(ctx, 3)
}

// serviceHasTaken waits until each listener has taken so many changes.
func (r *rotation) serviceHasTaken(ctx context.Context, changes int) error {
	return poll(ctx, fmt.Sprintf("the service takes change %d", changes), func() (bool, error) {
		text, err := fetch(ctx, "http://"+r.s.Diagnostics+"/metrics")
		taken := func(listener string) bool {
			return bytes.Contains(text, fmt.Appendf(nil, "extauthz_tls_reloads_total{listener=%q,result=\"taken\"} %d\n", listener, changes))
		}
		return taken("grpc") && taken("admin"), err
	})
}

// envoyShows waits until Envoy goes by that certificate.
func (r *rotation) envoyShows(ctx context.Context, certificate []byte) error {
	c, err := parse(certificate)
	if err != nil {
		return err
	}
	serial := fmt.Appendf(nil, "%q", fmt.Sprintf("%x", c.SerialNumber.Bytes())) // whole bytes, as Envoy writes them
	return poll(ctx, "Envoy takes "+c.Subject.String(), func() (bool, error) {
		text, err := fetch(ctx, "http://"+r.envoyAdmin+"/certs")
		return bytes.Count(text, serial) >= 2, err // once for the checks, once for the auth API
	})
}

func parse(certificate []byte) (*x509.Certificate, error) {
	block, _ := pem.Decode(certificate)
	return x509.ParseCertificate(block.Bytes)
}

// meets connects to the gRPC listener as Envoy does, knowing one authority.
func (r *rotation) meets(known *pki.Authority, as pki.Pair) error {
	config := &tls.Config{RootCAs: x509.NewCertPool(), NextProtos: []string{"h2"}, InsecureSkipVerify: true} // the name is a URI, which Go does not compare
	config.RootCAs.AppendCertsFromPEM(known.Certificate())
	config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		c, err := as.TLS()
		return &c, err
	}
	c, err := tls.Dial("tcp", r.s.Check, config)
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.Read(make([]byte, 1)) // the server's settings, or an alert
	return err
}

// whoami asks through Envoy, which takes the check and the auth API.
func (r *rotation) whoami() ([]byte, error) {
	request, err := http.NewRequest(http.MethodGet, r.s.URL+"/api/2.0/mlflow/users/current", nil)
	if err != nil {
		return nil, err
	}
	request.SetBasicAuth(r.s.AdminUsername, r.s.AdminPassword)
	return body(&http.Client{Transport: &http.Transport{TLSClientConfig: r.s.Roots(), DisableKeepAlives: true}}, request)
}

func fetch(ctx context.Context, url string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return body(http.DefaultClient, request)
}

func body(client *http.Client, request *http.Request) ([]byte, error) {
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %d %s", request.URL, response.StatusCode, text)
	}
	return text, err
}

func exists(ctx context.Context, path string) error {
	return poll(ctx, path+" is there", func() (bool, error) {
		_, err := os.Stat(path)
		return err == nil, nil
	})
}

// poll is eventually for what runs beside the test.
func poll(ctx context.Context, what string, happened func() (bool, error)) error {
	for {
		if ok, err := happened(); err != nil || ok {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.New("it did not happen in time: " + what)
		case <-time.After(50 * time.Millisecond):
		}
	}
}
