package httpcheck

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"extauthz/internal/testbed"
)

// traefik asks and forwards as Traefik does, whose modules do not build here. What matters: it overwrites X-Forwarded-*, sends a GET, copies every
// header that is not hop-by-hop, takes answer headers over or out, and turns ';' in queries into '&'.
type traefik struct {
	address     string // of ForwardAuth
	forwardBody bool
	// keepsFraming: 3.7.11 shows a body framed as it came, 3.6.12 always in chunks.
	keepsFraming bool
	trusts       bool // trustForwardHeader
	next         *httputil.ReverseProxy
}

func (p *traefik) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	question, err := http.NewRequest(http.MethodGet, p.address, nil)
	if err != nil {
		panic(err)
	}
	if p.forwardBody {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		if p.keepsFraming {
			question.ContentLength, question.TransferEncoding = r.ContentLength, r.TransferEncoding
		}
		if len(body) > 0 {
			question.Body = io.NopCloser(bytes.NewReader(body))
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	p.tell(r, question)
	answer, err := http.DefaultTransport.RoundTrip(question)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	defer answer.Body.Close()
	if answer.StatusCode < 200 || answer.StatusCode >= 300 {
		w.WriteHeader(answer.StatusCode)
		_, _ = io.Copy(w, answer.Body)
		return
	}
	for _, name := range append(strings.Split(answer.Header.Get(removeHeader), ","), "Authorization", "X-MLflow-Workspace", "X-Extauthz-Principal") { // authResponseHeaders
		r.Header.Del(name)
		if value := answer.Header.Get(name); value != "" {
			r.Header.Set(name, value)
		}
	}
	p.next.ServeHTTP(w, r)
}

func (p *traefik) tell(r, question *http.Request) {
	question.Header = r.Header.Clone()
	for _, name := range append(strings.Split(r.Header.Get("Connection"), ","), "Connection", "Keep-Alive", "Te", "Trailers", "Transfer-Encoding", "Upgrade") {
		question.Header.Del(strings.TrimSpace(name))
	}
	client, _, _ := net.SplitHostPort(r.RemoteAddr)
	if before := r.Header.Values("X-Forwarded-For"); p.trusts && len(before) > 0 {
		client = strings.Join(before, ", ") + ", " + client
	}
	question.Header.Set("X-Forwarded-For", client)
	for name, value := range map[string]string{"X-Forwarded-Method": r.Method, "X-Forwarded-Host": r.Host, "X-Forwarded-Proto": "http", "X-Forwarded-Uri": r.URL.RequestURI()} {
		if !p.trusts || r.Header.Get(name) == "" {
			question.Header.Set(name, value)
		}
	}
}

// start is a front of a scene. The headers that the real one's entry point takes out of untrusted requests are taken out.
func (p *traefik) start(path string) func(testing.TB, testbed.Ingress) string {
	return func(t testing.TB, to testbed.Ingress) string {
		p.address = "http://" + to.Check + path
		p.next = &httputil.ReverseProxy{Rewrite: func(pr *httputil.ProxyRequest) {
			pr.SetURL(&url.URL{Scheme: "http", Host: to.MLflow})
			pr.Out.URL.RawQuery = strings.ReplaceAll(pr.In.URL.RawQuery, ";", "&")
			for name := range pr.Out.Header {
				if strings.HasPrefix(name, "X-Original-") || name == "X-Real-Ip" { // the headers middleware of docs/how-to/ingress-traefik.md
					pr.Out.Header.Del(name)
				}
			}
		}}
		s := httptest.NewServer(p)
		t.Cleanup(s.Close)
		return s.URL
	}
}

func TestTraefik(t *testing.T) {
	for name, c := range map[string]struct {
		proxy traefik
		path  string
	}{
		"without bodies": {traefik{}, "/forward-auth"}, "with bodies": {traefik{forwardBody: true, keepsFraming: true}, "/forward-auth/body"},
	} {
		t.Run(name, func(t *testing.T) {
			s, reached := newScene(t, c.proxy.start(c.path)), 0
			for _, raw := range attacks() {
				s.send(t, raw)
				reached += s.compare(t, raw)
			}
			if reached < 50 {
				t.Errorf("only %d requests reached the upstream", reached)
			}
		})
	}
}

// TestTraefikWithBodies: one is judged if MLflow gets it as it was judged.
func TestTraefikWithBodies(t *testing.T) {
	const post, chunks = "POST", "2\r\n{}\r\n0\r\n\r\n"
	whole := request(post, "/a", "{}", "Content-Length: 2")
	for name, c := range map[string]struct {
		proxy traefik
		raw   string
		want  int
	}{
		"of known length":                         {traefik{forwardBody: true, keepsFraming: true}, whole, 200},
		"in chunks":                               {traefik{forwardBody: true, keepsFraming: true}, request(post, "/a", chunks, "Transfer-Encoding: chunked"), 411},
		"an older one, which makes it chunks":     {traefik{forwardBody: true}, whole, 411},
		"one that was told to send none":          {traefik{}, whole, 200},
		"one that believes its clients":           {traefik{forwardBody: true, keepsFraming: true, trusts: true}, request(post, "/a", "{}", "Content-Length: 2", "X-Forwarded-For: 10.9.9.9"), 400},
		"a client that claims another target":     {traefik{forwardBody: true, keepsFraming: true}, request(post, "/a", "{}", "Content-Length: 2", "X-Forwarded-Uri: /health"), 200},
		"a client that takes the target out":      {traefik{forwardBody: true, keepsFraming: true}, request(post, "/a", "{}", "Content-Length: 2", "Connection: X-Forwarded-Uri"), 200},
		"a client that takes the workspace out":   {traefik{forwardBody: true, keepsFraming: true}, request(post, "/a", "{}", "Content-Length: 2", "X-MLflow-Workspace: w", "Connection: X-MLflow-Workspace"), 200},
		"a query that MLflow would get otherwise": {traefik{forwardBody: true, keepsFraming: true}, request(post, "/a?x=1;y=2", "{}", "Content-Length: 2"), 400},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t, c.proxy.start("/forward-auth/body"))
			if got := s.send(t, c.raw); got != c.want {
				t.Errorf("%d, want %d", got, c.want)
			}
			s.compare(t, c.raw)
		})
	}
}

// TestTraefikThatKeepsBodies was told to ask at the path for bodies, and not to send them: an empty one is none that came.
func TestTraefikThatKeepsBodies(t *testing.T) {
	p := traefik{}
	s := newScene(t, p.start("/forward-auth/body"))
	s.send(t, request("POST", "/a", "{}", "Content-Length: 2"))
	if judged, _ := s.taken(); len(judged) != 1 || !judged[0].Proxy.WithholdsBody {
		t.Errorf("%+v", judged)
	}
}
