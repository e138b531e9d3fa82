package app

import (
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"github.com/prometheus/client_golang/prometheus"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/authz/lookup"
	"extauthz/authz/mlflow"
	"extauthz/envoy"
	"extauthz/internal/metrics"
	"extauthz/store"
	"extauthz/store/boltstore"
)

const (
	benchUsers    = 100
	benchPassword = "correct horse battery"
)

// benchChecker is what build puts together, on a store in which each of benchUsers users holds the same share of the grants: user 0 on
// the first experiments, and so on. Experiment 7 has one run, "run7".
func benchChecker(b *testing.B, grants int) *envoy.Checker {
	b.Helper()
	log, registry := slog.New(slog.DiscardHandler), prometheus.NewRegistry()
	s, err := boltstore.Create(filepath.Join(b.TempDir(), "bench.db"), boltstore.Options{})
	must(b, err)
	b.Cleanup(func() { must(b, s.Close()) })
	hasher, err := credential.NewHasher(credential.HasherConfig{Cost: credential.Argon2id{MemoryKiB: 8, Time: 1, Threads: 1}}) // cheap
	must(b, err)
	basic, err := credential.NewBasic(credential.Config{Accounts: accounts{s}, Hasher: hasher})
	must(b, err)
	hash, err := hasher.Hash(context.Background(), benchPassword)
	must(b, err)
	fill(b, s, hash, grants)
	table, err := mlflow.New(mlflow.Server{})
	must(b, err)
	upstream := httptest.NewServer(http.HandlerFunc(runOwner))
	b.Cleanup(upstream.Close)
	resolver, err := lookup.NewResolver(lookup.NewClient(upstream.URL, lookupDeadline), 200_000)
	must(b, err)
	authentications, checks := metrics.NewAuthentications(registry), metrics.NewChecks(registry)
	authorizer := &authz.Authorizer{Authenticator: authentications.Counted(basic), Mapper: table, Resolver: resolver, Grants: s, Default: authz.Read}
	return &envoy.Checker{Authorizer: checks.Timed(authorizer), Observer: &observer{log: log, checks: checks, recent: newRecent(time.Now)}}
}

func fill(b *testing.B, s *boltstore.Store, passwordHash string, grants int) {
	b.Helper()
	for i := range benchUsers {
		u, err := s.CreateUser(context.Background(), store.User{Username: benchUser(i), PasswordHash: passwordHash})
		must(b, err)
		share := grants / benchUsers
		list := make([]store.Grant, share)
		for k := range list {
			list[k] = store.Grant{Holder: u.ID, Resource: authz.InDefault(authz.Experiment, strconv.Itoa(i*share+k)), Permission: authz.Edit}
		}
		must(b, s.CreateGrants(context.Background(), list))
	}
}

func runOwner(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("run_id")
	fmt.Fprintf(w, `{"run":{"info":{"run_id":%q,"experiment_id":%q,"artifact_uri":"mlflow-artifacts:/x"}}}`, id, id[len("run"):])
}

// benchRequests are one from each user, about an experiment that it has a grant on.
func benchRequests(kind string, grants int) []*auth.CheckRequest {
	checks := make([]*auth.CheckRequest, benchUsers)
	for i := range checks {
		experiment := i * (grants / benchUsers)
		if kind == "GET" {
			checks[i] = checkRequest(i, "GET", fmt.Sprintf("/api/2.0/mlflow/experiments/get?experiment_id=%d", experiment), "")
		} else {
			checks[i] = checkRequest(i, "POST", "/api/2.0/mlflow/runs/log-metric", metric(experiment))
		}
	}
	return checks
}

// metric is a body of 300 bytes.
func metric(experiment int) string {
	body := fmt.Sprintf(`{"run_id":"run%d","value":0.25,"timestamp":1700000000000,"step":1,"key":"loss`, experiment)
	return fmt.Sprintf("%-298s\"}", body)
}

// checkRequest is what Envoy sends for a request of MLflow's client.
func checkRequest(user int, method, target, body string) *auth.CheckRequest {
	credential := base64.StdEncoding.EncodeToString([]byte(benchUser(user) + ":" + benchPassword))
	h := &core.HeaderMap{}
	lines := [][2]string{
		{":authority", "127.0.0.1:5050"},
		{":path", target},
		{":method", method},
		{":scheme", "http"},
		{"user-agent", "mlflow-python-client/3.17.2"},
		{"accept-encoding", "gzip, deflate"},
		{"accept", "*/*"},
		{"authorization", "Basic " + credential},
		{"x-forwarded-for", "192.0.2.2"},
		{"x-forwarded-proto", "http"},
		{"x-envoy-external-address", "127.0.0.1"},
		{"x-request-id", "8d5f7bb2-2d62-4f7b-a9a6-6d2f9e3c1b3a"},
	}
	if body != "" {
		lines = append(lines, [][2]string{
			{"content-type", "application/json"}, {"content-length", strconv.Itoa(len(body))}, {"x-envoy-auth-partial-body", "false"},
		}...)
	}
	for _, line := range lines {
		h.Headers = append(h.Headers, &core.HeaderValue{Key: line[0], RawValue: []byte(line[1])})
	}
	return &auth.CheckRequest{Attributes: &auth.AttributeContext{
		Source: peer("127.0.0.1", 40000), Destination: peer("127.0.0.1", 5050),
		Request: &auth.AttributeContext_Request{Http: &auth.AttributeContext_HttpRequest{
			Id: "1234567890123456789", Method: method, HeaderMap: h, Path: target, Host: "127.0.0.1:5050", Scheme: "http",
			Size: int64(len(body)), Protocol: "HTTP/1.1", RawBody: []byte(body),
		}},
	}}
}

func peer(ip string, port uint32) *auth.AttributeContext_Peer {
	return &auth.AttributeContext_Peer{Address: &core.Address{Address: &core.Address_SocketAddress{SocketAddress: &core.SocketAddress{
		Address: ip, PortSpecifier: &core.SocketAddress_PortValue{PortValue: port},
	}}}}
}

func benchUser(i int) string { return "user" + strconv.Itoa(i) }

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
