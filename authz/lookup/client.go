package lookup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// ErrNotFound says that MLflow does not know what was asked for.
var ErrNotFound = errors.New("MLflow does not know it")

const maxAnswer = 64 << 20

// Client asks MLflow's REST API, past the proxy.
type Client struct {
	base string
	http *http.Client
}

// NewClient makes a client for the MLflow server at base ("http://127.0.0.1:5000", with its static prefix where it has one). Each
// request has the given deadline.
func NewClient(base string, deadline time.Duration) *Client {
	transport := &http.Transport{MaxIdleConns: 64, MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Minute, DisableCompression: true}
	return &Client{base: strings.TrimSuffix(base, "/"), http: &http.Client{Transport: transport, Timeout: deadline, CheckRedirect: noRedirect}}
}

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Get fetches a path below /api/2.0/mlflow/ and decodes the JSON answer into out. It returns MLflow's clock, from the answer's Date.
func (c *Client) Get(ctx context.Context, path string, query url.Values, out any) (time.Time, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/api/2.0/mlflow/"+path+"?"+query.Encode(), nil)
	if err != nil {
		return time.Time{}, err
	}
	return c.do(req, out)
}

// Post sends a JSON body to a path below /api/2.0/mlflow/ and decodes the JSON answer into out.
func (c *Client) Post(ctx context.Context, path string, body []byte, out any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/api/2.0/mlflow/"+path, strings.NewReader(string(body)))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	_, err = c.do(req, out)
	return err
}

func (c *Client) do(req *http.Request, out any) (time.Time, error) {
	resp, err := c.http.Do(req)
	if err != nil {
		return time.Time{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return time.Time{}, err
	}
	date, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		date = time.Time{}
	}
	if resp.StatusCode != http.StatusOK {
		return date, failure(resp.StatusCode, body)
	}
	return date, json.Unmarshal(body, out)
}

// failure tells MLflow's "no such thing" from every other error.
func failure(status int, body []byte) error {
	var e struct {
		Code string `json:"error_code"`
	}
	if json.Unmarshal(body, &e) == nil && e.Code == "RESOURCE_DOES_NOT_EXIST" {
		return ErrNotFound
	}
	return fmt.Errorf("MLflow answered %d %s", status, e.Code)
}
