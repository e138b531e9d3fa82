package client

import (
	"bytes"
	"io"
	"net/http"
)

// Over calls a handler of this process in a server's place: the same requests and answers, without a connection. Called is what errors name
// it by.
func Over(h http.Handler, called, workspace string) *Client {
	return over(Settings{URL: "http://" + called, Workspace: workspace}, inProcess{h})
}

type inProcess struct{ http.Handler }

// RoundTrip gives the handler the request as a server would.
func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	asked := r.Clone(r.Context())
	asked.RequestURI = r.URL.RequestURI()
	if asked.Body == nil {
		asked.Body = http.NoBody
	}
	w := &answer{header: http.Header{}}
	p.ServeHTTP(w, asked)
	return &http.Response{
		StatusCode: max(w.status, http.StatusOK), Header: w.header, Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: r,
	}, nil
}

// answer keeps what a handler writes.
type answer struct {
	status int
	header http.Header
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}
