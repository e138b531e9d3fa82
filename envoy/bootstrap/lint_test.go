package bootstrap

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// forbidden is what must not stand anywhere in a configuration, whatever its value, with the reason.
var forbidden = map[string]string{
	"failure_mode_allow":            "lets requests through while the service is down",
	"failure_mode_allow_header_add": "belongs to failure_mode_allow",
	"shadow_mode":                   "asks, and ignores the answer",
	"observability_mode":            "asks, and ignores the answer",
	"filter_enabled":                "asks about a share of the requests only",
	"filter_enabled_metadata":       "asks about some requests only",
	"deny_at_disable":               "belongs to filter_enabled",
	"allow_partial_message":         "checks the beginning of a body and sends all of it",
	"clear_route_cache":             "lets a request change its route after the check of the first one",
	"allow_mode_override":           "lets a response switch its own filtering off",
	"disable_immediate_response":    "turns a refusal of a response into the response",
	"upgrade_configs":               "a connection that is upgraded is checked once",
	"retry_policy":                  "repeats writes",
	"request_mirror_policies":       "sends unchecked copies",
	"internal_redirect_policy":      "sends a request that the check did not see",
	"host_rewrite_literal":          "hides the Host that MLflow has to check",
	"merge_slashes":                 "hides empty segments from the check",
	"preserve_external_request_id":  "lets clients choose what our logs say",
	"skip_xff_append":               "makes MLflow take remote clients for local ones",
	"xff_num_trusted_hops":          "trusts a client's word about its address",
	"append_x_forwarded_host":       "a header that is stripped elsewhere",
}

// required is what must stand in the configuration, as path=value.
var required = []string{
	"normalize_path=true",
	"use_remote_address=true",
	"path_with_escaped_slashes_action=REJECT_REQUEST",
	"headers_with_underscores_action=REJECT_REQUEST",
	"ignore_port_in_host_matching=true",
	"transport_api_version=V3",
	"with_request_body.pack_as_bytes=true",
	"encode_raw_headers=true",
	"status_on_error.code=ServiceUnavailable",
	"processing_mode.response_body_mode=BUFFERED",
	"request_headers_timeout=10s",
}

// lint walks a configuration and says what is wrong with it.
func lint(config []byte) (problems []string) {
	var root any
	if err := json.Unmarshal(config, &root); err != nil {
		return []string{err.Error()}
	}
	found := map[string]bool{}
	walk("", root, func(path string, v any) {
		key := path[strings.LastIndex(path, ".")+1:]
		if why, bad := forbidden[key]; bad {
			problems = append(problems, path+": "+why)
		}
		if key == "disabled" && !strings.Contains(path, "http_filters") {
			problems = append(problems, path+": a route without its check")
		}
		for _, want := range required {
			if strings.HasSuffix(path+"="+fmt.Sprint(v), "."+want) {
				found[want] = true
			}
		}
		if s, ok := v.(string); ok && (s == "BUFFERED_PARTIAL" || strings.Contains(path, ".domains") && strings.Contains(s, "*")) {
			problems = append(problems, path+": "+s)
		}
	})
	for _, want := range required {
		if !found[want] {
			problems = append(problems, "missing: "+want)
		}
	}
	return append(problems, lintFilters(root)...)
}

// lintFilters checks that the check comes first and is on.
func lintFilters(root any) (problems []string) {
	walk("", root, func(path string, v any) {
		filters, ok := v.([]any)
		if !ok || !strings.HasSuffix(path, ".http_filters") {
			return
		}
		var order []string
		for _, f := range filters {
			order = append(order, fmt.Sprint(f.(map[string]any)["name"], " disabled=", f.(map[string]any)["disabled"]))
		}
		if len(order) > 0 && order[0] == oauth2Filter+" disabled=<nil>" {
			order = order[1:] // it only puts a credential into a request, for the check to judge
		}
		want := []string{extAuthz + " disabled=<nil>", extProc + " disabled=true", router + " disabled=<nil>"}
		if !slices.Equal(order, want) {
			problems = append(problems, fmt.Sprintf("%s: %q, want %q", path, order, want))
		}
	})
	return problems
}

func walk(path string, v any, visit func(string, any)) {
	visit(path, v)
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			walk(path+"."+k, e, visit)
		}
	case []any:
		for _, e := range v {
			walk(path, e, visit)
		}
	}
}

func TestConfigurationTurnsNoCheckOff(t *testing.T) {
	prefixed := fixture
	prefixed.StaticPrefix, prefixed.Check, prefixed.AdminListen = "/mlflow", "127.0.0.1:9191", "127.0.0.1:9901"
	for _, o := range []Options{fixture, prefixed} {
		for _, problem := range lint(render(t, o)) {
			t.Error(problem)
		}
	}
}

// A linter that finds nothing proves nothing: each of these has to be found.
func TestLinterFindsWhatTurnsTheCheckOff(t *testing.T) {
	config := string(render(t, fixture))
	for _, tc := range []struct{ name, old, new string }{
		{"fail open", `"encode_raw_headers": true`, `"encode_raw_headers": true, "failure_mode_allow": true`},
		{"a route without check", `"check_settings": {`, `"disabled": true, "check_settings": {`},
		{"shadow mode", `"encode_raw_headers": true`, `"encode_raw_headers": true, "shadow_mode": true`},
		{"any host", `"localhost"`, `"*"`},
		{"partial responses", `"BUFFERED"`, `"BUFFERED_PARTIAL"`},
		{"paths as they come", `"normalize_path": true`, `"normalize_path": false`},
		{"escaped slashes", `"REJECT_REQUEST"`, `"UNESCAPE_AND_REDIRECT"`},
		{"the check switched off", `"name": "envoy.filters.http.ext_authz",`, `"name": "envoy.filters.http.ext_authz", "disabled": true,`},
		{"no check at all", `"name": "envoy.filters.http.ext_authz",`, `"name": "envoy.filters.http.rbac",`},
		{"retries", `"cluster": "mlflow",`, `"cluster": "mlflow", "retry_policy": {},`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			broken := strings.ReplaceAll(config, tc.old, tc.new)
			if broken == config {
				t.Fatal("the configuration has no " + tc.old)
			}
			if len(lint([]byte(broken))) == 0 {
				t.Error("not found")
			}
		})
	}
}
