package client

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

const (
	patience      = 30 * time.Second // for an answer to begin, and for a whole one that is no download
	largestAnswer = 64 << 20
)

// Client calls endpoints of one server as one user. Make it with New.
type Client struct {
	settings  Settings
	http      *http.Client
	unhurried *http.Client // for what takes as long as it takes
}

// New fails when the URL is none or a certificate cannot be read.
func New(s Settings) (*Client, error) {
	u, err := url.Parse(s.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("%q is no URL of a server: give it as https://host, or set MLFLOW_TRACKING_URI", s.URL)
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("the server's URL must have no credentials, no query and no fragment")
	}
	s.URL = strings.TrimRight(s.URL, "/")
	config, err := s.tls()
	if err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = config
	return over(s, transport), nil
}

func over(s Settings, transport http.RoundTripper) *Client {
	// A redirect would carry the credential to wherever it points.
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{
		settings: s, http: &http.Client{Transport: transport, Timeout: patience, CheckRedirect: stay},
		unhurried: &http.Client{Transport: transport, CheckRedirect: stay},
	}
}

// In is the client with its requests in that workspace; "" leaves it to the server.
func (c *Client) In(workspace string) *Client {
	other := *c
	other.settings.Workspace = workspace
	return &other
}

func (s Settings) tls() (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: s.InsecureTLS}
	if s.ServerCert != "" {
		pem, err := os.ReadFile(s.ServerCert)
		if err != nil {
			return nil, fmt.Errorf("MLFLOW_TRACKING_SERVER_CERT_PATH: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("MLFLOW_TRACKING_SERVER_CERT_PATH: %s has no certificates in PEM", s.ServerCert)
		}
	}
	if s.ClientCert != "" {
		pair, err := tls.LoadX509KeyPair(s.ClientCert, s.ClientCert)
		if err != nil {
			return nil, fmt.Errorf("MLFLOW_TRACKING_CLIENT_CERT_PATH: %s: %w", s.ClientCert, err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

// Settings are those of New.
func (c *Client) Settings() Settings { return c.settings }

// Get asks an endpoint with parameters in the query and reads its answer into out.
func (c *Client) Get(ctx context.Context, path string, parameters map[string]string, out any) error {
	return c.call(ctx, c.http, http.MethodGet, withQuery(path, parameters), nil, out)
}

// Call sends in as JSON and reads the answer into out; nil for neither.
func (c *Client) Call(ctx context.Context, method, path string, in, out any) error {
	return c.callWith(ctx, c.http, method, path, in, out)
}

// CallSlowly is Call for what takes as long as it takes.
func (c *Client) CallSlowly(ctx context.Context, method, path string, in, out any) error {
	return c.callWith(ctx, c.unhurried, method, path, in, out)
}

// Download copies an answer of any length to w. An answer that is cut short is an error.
func (c *Client) Download(ctx context.Context, path string, parameters map[string]string, w io.Writer) error {
	response, err := c.send(ctx, c.unhurried, http.MethodGet, withQuery(path, parameters), nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(w, response.Body); err != nil {
		return fmt.Errorf("the answer of %s did not arrive whole: %w", c.settings.URL, err)
	}
	return nil
}

func withQuery(path string, parameters map[string]string) string {
	q := url.Values{}
	for name, value := range parameters {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	return path
}

func (c *Client) callWith(ctx context.Context, with *http.Client, method, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	return c.call(ctx, with, method, path, body, out)
}

func (c *Client) call(ctx context.Context, with *http.Client, method, path string, body []byte, out any) error {
	response, err := c.send(ctx, with, method, path, body)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, largestAnswer))
	if err != nil {
		return unreachable(c.settings.URL, err)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("%s does not answer as extauthz does; is this its URL? (%w)", c.settings.URL, err)
	}
	return nil
}

// send returns the answer if it is 200; its body is the caller's to close.
func (c *Client) send(ctx context.Context, with *http.Client, method, path string, body []byte) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.settings.URL+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.settings.Workspace != "" {
		r.Header.Set("X-MLFLOW-WORKSPACE", c.settings.Workspace)
	}
	c.settings.sign(r)
	response, err := with.Do(r)
	if err != nil {
		return nil, unreachable(c.settings.URL, err)
	}
	if response.StatusCode != http.StatusOK {
		defer response.Body.Close()
		answer, _ := io.ReadAll(io.LimitReader(response.Body, largestAnswer)) // what there is of it will do
		e := failed(response.StatusCode, answer)
		e.refused = c.settings.credential()
		return nil, e
	}
	return response, nil
}

// credential names what sign sends, without what is secret of it.
func (s Settings) credential() string {
	var sent string
	switch {
	case s.Username != "" && s.Password != "":
		sent = "a password or token of " + strconv.Quote(s.Username)
	case s.Token != "":
		sent = "the token in MLFLOW_TRACKING_TOKEN"
	case s.ClientCert != "":
		return "the certificate in MLFLOW_TRACKING_CLIENT_CERT_PATH"
	}
	if sent != "" && s.ClientCert != "" {
		sent += ", beside a certificate that must be the same user's,"
	}
	return sent
}

// sign sends the token where there is one, as MLflow's client does.
func (s Settings) sign(r *http.Request) {
	switch {
	case s.Username != "" && s.Password != "":
		r.SetBasicAuth(s.Username, s.Password)
	case s.Token != "":
		r.Header.Set("Authorization", "Bearer "+s.Token)
	}
}
