package bootstrap_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"

	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	procv3 "github.com/envoyproxy/go-control-plane/envoy/service/ext_proc/v3"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/structpb"

	"extauthz/envoy/bootstrap"
	"extauthz/internal/testbed"
)

const (
	searchPath = "/api/2.0/mlflow/experiments/search"
	uploadPath = "/api/2.0/mlflow-artifacts/artifacts/1/r/artifacts/f"
)

// answering allows everything and writes down what Envoy shows it.
type answering struct {
	authv3.UnimplementedAuthorizationServer
	procv3.UnimplementedExternalProcessorServer
	seen chan string
}

func (a *answering) Check(_ context.Context, r *authv3.CheckRequest) (*authv3.CheckResponse, error) {
	a.seen <- fmt.Sprint("check body=", len(r.GetAttributes().GetRequest().GetHttp().GetRawBody()), " ", r.GetAttributes().GetContextExtensions())
	metadata, err := structpb.NewStruct(map[string]any{"user": "alice", bootstrap.SkipKey: header(r, "x-test-response")})
	return &authv3.CheckResponse{Status: &status.Status{}, DynamicMetadata: metadata}, err
}

func header(r *authv3.CheckRequest, name string) string {
	for _, h := range r.GetAttributes().GetRequest().GetHttp().GetHeaderMap().GetHeaders() {
		if h.GetKey() == name {
			return string(h.GetRawValue())
		}
	}
	return ""
}

func (a *answering) Process(s procv3.ExternalProcessor_ProcessServer) error {
	for {
		m, err := s.Recv()
		if err != nil {
			return nil
		}
		fields := m.GetMetadataContext().GetFilterMetadata()["envoy.filters.http.ext_authz"].GetFields()
		response := &procv3.ProcessingResponse{Response: &procv3.ProcessingResponse_ResponseHeaders{ResponseHeaders: &procv3.HeadersResponse{}}}
		if body := m.GetResponseBody(); body != nil {
			a.seen <- fmt.Sprint("response body=", len(body.GetBody()), " whole=", body.GetEndOfStream(), " user=", fields["user"].GetStringValue())
			response.Response = &procv3.ProcessingResponse_ResponseBody{ResponseBody: &procv3.BodyResponse{}}
		}
		if err := s.Send(response); err != nil {
			return err
		}
	}
}

// upstream answers with as many bytes as the query wants, after reading the request.
func upstream(w http.ResponseWriter, r *http.Request) {
	n, _ := io.Copy(io.Discard, r.Body)
	w.Header().Set("X-Got", fmt.Sprint(n, " ", r.Header.Get("Authorization"), r.Header.Get("X-Original-Url")))
	size, _ := strconv.Atoi(r.URL.Query().Get("size"))
	_, _ = io.CopyN(w, zeros{}, int64(size))
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// live runs the real Envoy between an upstream and a service that allows everything.
func live(t *testing.T, change ...func(*bootstrap.Options)) (url string, service *answering, envoyPID int) {
	t.Helper()
	mlflow := httptest.NewServer(http.HandlerFunc(upstream))
	t.Cleanup(mlflow.Close)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	service = &answering{seen: make(chan string, 100)}
	server := grpc.NewServer(grpc.MaxRecvMsgSize(64 << 20))
	authv3.RegisterAuthorizationServer(server, service)
	procv3.RegisterExternalProcessorServer(server, service)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)

	address := "127.0.0.1:" + testbed.FreePorts(t, 1)[0]
	backend := strings.TrimPrefix(mlflow.URL, "http://")
	o := bootstrap.Options{Listen: address, MLflow: backend, Check: listener.Addr().String(), AuthAPI: backend}
	for _, f := range change {
		f(&o)
	}
	return "http://" + address, service, startEnvoy(t, o)
}

func startEnvoy(t *testing.T, o bootstrap.Options) int {
	t.Helper()
	config, err := bootstrap.Render(o)
	if err != nil {
		t.Fatal(err)
	}
	return testbed.Proxy(t, config, o.Listen)
}

func do(t *testing.T, method, url string, body io.Reader, headers ...string) (*http.Response, int64) {
	t.Helper()
	request, err := http.NewRequest(method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	if host := request.Header.Get("Host"); host != "" {
		request.Host = host
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	n, _ := io.Copy(io.Discard, response.Body)
	return response, n
}

// The listener buffers 1 MiB for a connection; request_body_buffer_limit lifts that on filtered routes, for responses as well.
func TestLargeResponsesAreFilteredWholeOrNotAtAll(t *testing.T) {
	url, service, _ := live(t)
	for _, tc := range []struct {
		size, status int
	}{{5 << 20, 200}, {31 << 20, 200}, {33 << 20, 500}} {
		response, n := do(t, "GET", url+searchPath+"?size="+strconv.Itoa(tc.size), nil)
		if response.StatusCode != tc.status || tc.status == 200 && n != int64(tc.size) || tc.status != 200 && n > 100 {
			t.Errorf("%d bytes: status %d, %d bytes came through", tc.size, response.StatusCode, n)
		}
		if got := <-service.seen; got != "check body=0 map[extauthz.response:filtered]" {
			t.Error(got)
		}
		if want := fmt.Sprintf("response body=%d whole=true user=alice", tc.size); tc.status == 200 {
			if got := <-service.seen; got != want {
				t.Errorf("%s, want %s", got, want)
			}
		}
	}
}

// TestUntouchedResponsesSkipTheProcessor: only the check's own word in the metadata keeps a response from it, a client's header doesn't.
func TestUntouchedResponsesSkipTheProcessor(t *testing.T) {
	url, service, _ := live(t)
	for _, tc := range []struct {
		word      string
		processed bool
	}{{bootstrap.SkipValue, false}, {"", true}, {"UNTOUCHED", true}} {
		response, n := do(t, "GET", url+searchPath+"?size=7", nil, "X-Test-Response", tc.word, bootstrap.SkipKey, bootstrap.SkipValue)
		if response.StatusCode != 200 || n != 7 {
			t.Errorf("%q: status %d, %d bytes", tc.word, response.StatusCode, n)
		}
		<-service.seen
		if got := len(service.seen) == 1; got != tc.processed {
			t.Errorf("%q: processed %v", tc.word, got)
		} else if got {
			<-service.seen
		}
	}
}

func TestUploadsStreamWithoutTheirBodyInTheCheck(t *testing.T) {
	url, service, pid := live(t)
	before := residentKB(t, pid)
	response, _ := do(t, "PUT", url+uploadPath, io.LimitReader(zeros{}, 100<<20), "Authorization", "Basic secret", "X-Original-Url", "/evil")
	if got := response.Header.Get("X-Got"); response.StatusCode != 200 || strings.TrimSpace(got) != strconv.Itoa(100<<20) {
		t.Errorf("status %d; upstream got %q, want 100 MiB and neither the credential nor x-original-url", response.StatusCode, got)
	}
	if got := <-service.seen; got != "check body=0 map[extauthz.body:withheld]" {
		t.Error(got)
	}
	if grown := residentKB(t, pid) - before; grown > 20<<10 {
		t.Errorf("Envoy grew by %d KB over an upload of 100 MiB", grown)
	}
}

func TestRequestsThatReadTwoWaysStopAtEnvoy(t *testing.T) {
	url, service, _ := live(t)
	nine := bytes.Repeat([]byte("x"), 9<<20)
	for name, tc := range map[string]struct {
		method, path, header, value string
		body                        []byte
		status                      int
	}{
		"a body beyond the limit": {method: "POST", path: "/plain", body: nine, status: 413},
		"an escaped slash":        {method: "GET", path: "/a%2fb", status: 400},
		"an underscore header":    {method: "GET", path: "/", header: "x_mlflow_user", value: "a", status: 400},
		"dns rebinding":           {method: "GET", path: "/", header: "Host", value: "evil.example.com", status: 404},
	} {
		t.Run(name, func(t *testing.T) {
			var headers []string
			if tc.header != "" {
				headers = []string{tc.header, tc.value}
			}
			response, _ := do(t, tc.method, url+tc.path, bytes.NewReader(tc.body), headers...)
			if response.StatusCode != tc.status || len(service.seen) != 0 {
				t.Errorf("status %d, %d checks; want %d and none", response.StatusCode, len(service.seen), tc.status)
			}
		})
	}
	// The twin: the same, well formed, passes.
	if response, _ := do(t, "POST", url+"/plain", bytes.NewReader(nine[:7<<20])); response.StatusCode != 200 {
		t.Errorf("7 MiB: status %d", response.StatusCode)
	}
}

// TestHeapHasALimit: Envoy refuses before anybody is asked once its memory is used up, and with enough of it does not.
func TestHeapHasALimit(t *testing.T) {
	url, service, _ := live(t, func(o *bootstrap.Options) { o.MaxHeapBytes = 1 << 20 })
	for status := 0; status != 503; { // the monitor looks four times a second
		response, _ := do(t, "GET", url+"/", nil)
		if status = response.StatusCode; status == 200 {
			<-service.seen
		}
	}
	url, _, _ = live(t, func(o *bootstrap.Options) { o.MaxHeapBytes = 4 << 30 })
	for range 10 {
		if response, _ := do(t, "GET", url+"/", nil); response.StatusCode != 200 {
			t.Errorf("status %d with enough memory", response.StatusCode)
		}
	}
}

func TestNoServiceNoAnswer(t *testing.T) {
	mlflow := httptest.NewServer(http.HandlerFunc(upstream))
	defer mlflow.Close()
	ports := testbed.FreePorts(t, 2)
	backend := strings.TrimPrefix(mlflow.URL, "http://")
	startEnvoy(t, bootstrap.Options{
		Listen: "127.0.0.1:" + ports[0], MLflow: backend, Check: "127.0.0.1:" + ports[1], AuthAPI: backend,
	})
	for _, path := range []string{"/", searchPath, uploadPath, "/health"} {
		if response, n := do(t, "GET", "http://127.0.0.1:"+ports[0]+path+"?size=10", nil); response.StatusCode != 503 || n != 0 {
			t.Errorf("%s: status %d, %d bytes", path, response.StatusCode, n)
		}
	}
}

func residentKB(t *testing.T, pid int) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Skip("this system has no /proc: ", err)
	}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "VmRSS:" {
			kb, _ := strconv.Atoi(fields[1])
			return kb
		}
	}
	return 0
}
