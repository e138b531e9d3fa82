package lookup

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"extauthz/authz"
)

// ErrNotFound says that MLflow does not know what was asked for.
var ErrNotFound = errors.New("MLflow does not know it")

const (
	maxAnswer = 32 << 20
	maxError  = 64 << 10
)

// Client asks MLflow's REST API, past the proxy.
type Client struct {
	base      string
	http      *http.Client
	deadline  time.Duration
	lanes     *lanes
	workspace string // "" while MLflow's workspaces are off
	watch     Watch
}

// Watch is told of each question to MLflow when it begins. The path is the one that MLflow sees, without its query. What it returns is the
// context to ask in, and what to call with the error when the answer is there.
type Watch func(ctx context.Context, method, path string) (context.Context, func(error))

// Watched is the client that tells watch of its questions.
func (c *Client) Watched(watch Watch) *Client {
	watched := *c
	watched.watch = watch
	return &watched
}

// Through is the client that sends its questions through what wrap makes of its way to MLflow.
func (c *Client) Through(wrap func(http.RoundTripper) http.RoundTripper) *Client {
	through, way := *c, *c.http
	way.Transport = wrap(way.Transport)
	through.http = &way
	return &through
}

// WithWorkspaces is the client of a server that runs with --enable-workspaces. It names one in every request.
func (c *Client) WithWorkspaces() *Client {
	on := *c
	on.workspace = authz.DefaultWorkspace
	return &on
}

// In is the client that asks in that workspace; "" is the default one, and all there is while workspaces are off.
func (c *Client) In(workspace string) *Client {
	if c.workspace == "" {
		return c
	}
	inside := *c
	inside.workspace = cmp.Or(workspace, authz.DefaultWorkspace)
	return &inside
}

// NewClient makes a client for the MLflow server at base ("http://127.0.0.1:5000", with its static prefix where it has one). Each
// request has the given deadline, waiting for its turn included. It asks below /ajax-api/: with a static prefix, MLflow 2 keeps /api/ at the root, MLflow 3 does not.
func NewClient(base string, deadline time.Duration) *Client {
	transport := &http.Transport{MaxIdleConns: 64, MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Minute, DisableCompression: true}
	return &Client{
		base: strings.TrimSuffix(base, "/"), deadline: deadline, lanes: newLanes(),
		http: &http.Client{Transport: transport, CheckRedirect: noRedirect},
	}
}

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Get fetches a path below /ajax-api/ ("2.0/mlflow/runs/get") and decodes the JSON answer into out. It returns MLflow's clock, from the answer's Date.
func (c *Client) Get(ctx context.Context, path string, query url.Values, out any) (time.Time, error) {
	body, date, err := c.call(ctx, http.MethodGet, "/ajax-api/"+path+"?"+query.Encode(), nil)
	if err != nil {
		return date, err
	}
	return date, json.Unmarshal(body, out)
}

// Reach tells whether MLflow answers at all. It waits for no turn and is not watched, since it is nobody's question.
func (c *Client) Reach(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/health", nil)
	if err != nil {
		return err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxError)) // so that the connection can be used again
	if resp.StatusCode >= http.StatusInternalServerError {
		return fmt.Errorf("MLflow answered %d", resp.StatusCode)
	}
	return nil
}

// Search calls a search of MLflow's API, a GET or a POST, with parameters that are strings, numbers, booleans or lists of strings, and
// returns the answer's body.
func (c *Client) Search(ctx context.Context, method, path string, params map[string]any) ([]byte, error) {
	target, body := strings.Replace(path, "/api/", "/ajax-api/", 1), []byte(nil)
	if method == http.MethodGet {
		target += "?" + encode(params).Encode()
	} else {
		var err error
		if body, err = json.Marshal(params); err != nil {
			return nil, err
		}
	}
	answer, _, err := c.call(ctx, method, target, body)
	return answer, err
}

func encode(params map[string]any) url.Values {
	query := url.Values{}
	for key, value := range params {
		list, ok := value.([]any)
		if !ok {
			list = []any{value}
		}
		for _, v := range list {
			query.Add(key, fmt.Sprint(v))
		}
	}
	return query
}

func (c *Client) call(ctx context.Context, method, target string, body []byte) (answer []byte, date time.Time, err error) {
	if c.watch != nil {
		path, _, _ := strings.Cut(target, "?")
		watched, ended := c.watch(ctx, method, path)
		defer func() { ended(err) }()
		ctx = watched
	}
	return c.send(ctx, method, target, body)
}

func (c *Client) send(ctx context.Context, method, target string, body []byte) ([]byte, time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, c.deadline)
	defer cancel()
	leave, err := c.lanes.enter(ctx, authz.Asker(ctx))
	if err != nil {
		return nil, time.Time{}, err
	}
	defer leave()
	req, err := http.NewRequestWithContext(ctx, method, c.base+target, bytes.NewReader(body))
	if err != nil {
		return nil, time.Time{}, err
	}
	if len(body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.workspace != "" {
		req.Header.Set("X-MLFLOW-WORKSPACE", c.workspace)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, time.Time{}, err
	}
	defer resp.Body.Close()
	date, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		date = time.Time{}
	}
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if len(answer) > maxAnswer {
		return nil, date, errors.New("MLflow's answer is longer than 32 MiB")
	}
	if err == nil && resp.StatusCode != http.StatusOK {
		err = failure(resp.StatusCode, answer)
	}
	return answer, date, err
}

// failure tells MLflow's "no such thing" from every other error.
func failure(status int, body []byte) error {
	var e struct {
		Code string `json:"error_code"`
	}
	_ = json.Unmarshal(body, &e) // what is no error object has no code
	switch e.Code {
	case "RESOURCE_DOES_NOT_EXIST":
		return ErrNotFound
	case "INVALID_PARAMETER_VALUE":
		return errNoSuchName
	default:
		return fmt.Errorf("MLflow answered %d %s", status, e.Code)
	}
}

// errNoSuchName is MLflow's answer to a name or an id that nothing can have.
var errNoSuchName = errors.New("MLflow answered 400 INVALID_PARAMETER_VALUE")
