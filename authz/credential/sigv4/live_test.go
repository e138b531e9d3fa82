package sigv4

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	proc "github.com/envoyproxy/go-control-plane/envoy/service/ext_proc/v3"
	"google.golang.org/grpc"

	"extauthz/authz"
	"extauthz/envoy"
	"extauthz/envoy/bootstrap"
	"extauthz/internal/testbed"
)

var update = flag.Bool("update", false, "write what the clients have signed into "+vectorsFile)

// signing lets every request through that its signature admits, and writes all of them down.
type signing struct {
	*stage
	mu   sync.Mutex
	seen []vector
}

func (s *signing) Authorize(ctx context.Context, r authz.Request) authz.Decision {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := vectorOf(r)
	v.Case, _ = r.Headers.One("x-case")
	s.seen = append(s.seen, v)
	s.clock = time.Now()
	p, err := s.Authenticate(ctx, r)
	if err != nil {
		return authz.Decision{Reason: authz.Unauthenticated, Text: err.Error()}
	}
	return authz.Decision{Effect: authz.Allowed, Reason: authz.Authenticated, Principal: p, Untouched: true}
}

func (s *signing) Observe(context.Context, authz.Request, authz.Decision) {}

// TestRealClients sends what sign.py's clients sign through the real Envoy: with boto3 and without, with a lasting and a temporary key.
func TestRealClients(t *testing.T) {
	s := &signing{stage: setStage(t)}
	lasting, temporary := s.put(t, NewKey(), "alice"), s.put(t, NewTemporaryKey(), "alice")
	url := s.behindEnvoy(t)
	cases := 0
	for _, boto3 := range []string{"boto3", "plain"} {
		for _, key := range []AccessKey{lasting, temporary} {
			for line := range strings.Lines(run(t, url, boto3, key)) {
				name, status, _ := strings.Cut(strings.TrimSpace(line), "\t")
				want := "200"
				if partlySigned[name] || strings.HasSuffix(name, "PUT of a file") {
					want = "401"
				}
				if cases++; status != want {
					t.Errorf("%s: status %s, want %s", name, status, want)
				}
			}
		}
	}
	if cases != len(s.seen) || cases < 80 {
		t.Errorf("%d requests were sent and %d checked", cases, len(s.seen))
	}
	if *update {
		write(t, vectors{Keys: []AccessKey{lasting, temporary}, Requests: s.seen})
	}
}

// behindEnvoy starts the real Envoy, with the rendered configuration, in front of an upstream that must see nothing of the credentials.
func (s *signing) behindEnvoy(t *testing.T) (url string) {
	t.Helper()
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" || r.Header.Get(SessionTokenHeader) != "" {
			t.Errorf("%s %s reached MLflow with a credential", r.Method, r.URL)
		}
		_, _ = io.WriteString(w, "{}")
	}))
	t.Cleanup(upstream.Close)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	auth.RegisterAuthorizationServer(server, &envoy.Checker{Authorizer: s, Observer: s, Conceal: []string{SessionTokenHeader}})
	proc.RegisterExternalProcessorServer(server, &envoy.Processor{}) // denials pass by it
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)

	address, backend := "127.0.0.1:"+testbed.FreePorts(t, 1)[0], strings.TrimPrefix(upstream.URL, "http://")
	config, err := bootstrap.Render(bootstrap.Options{Listen: address, MLflow: backend, Check: listener.Addr().String(), AuthAPI: backend})
	if err != nil {
		t.Fatal(err)
	}
	testbed.Proxy(t, config, address)
	return "http://" + address
}

// run signs with a key, with boto3's session or, as where boto3 is not installed, with what the environment says.
func run(t *testing.T, url, boto3 string, key AccessKey) string {
	t.Helper()
	cmd := exec.Command(testbed.Python(t), "-W", "ignore", "testdata/sign.py", boto3)
	cmd.Env = append(os.Environ(), testbed.SignerPath(t), "TRACKING_URI="+url, "MLFLOW_TRACKING_URI="+url, "MLFLOW_TRACKING_AWS_SIGV4=true",
		"AWS_ACCESS_KEY_ID="+key.ID, "AWS_SECRET_ACCESS_KEY="+key.Secret, "AWS_DEFAULT_REGION=eu-central-1", "HOME="+t.TempDir())
	if key.SessionToken != "" {
		cmd.Env = append(cmd.Env, "AWS_SESSION_TOKEN="+key.SessionToken)
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, stderr.String())
	}
	return string(out)
}

func write(t *testing.T, v vectors) {
	t.Helper()
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(vectorsFile, append(text, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}
