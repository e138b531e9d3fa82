package httpcheck

import (
	"net/http"
	"strings"
	"testing"

	"extauthz/authz"
)

// with replaces the value of a header of a list of pairs, or adds it.
func with(headers []string, name, value string) []string {
	all := append([]string(nil), headers...)
	for i := 0; i < len(all); i += 2 {
		if all[i] == name {
			all[i+1] = value
			return all
		}
	}
	return append(all, name, value)
}

// TestTargetsThatSmuggle are targets that a proxy would send on in another way than they are judged.
func TestTargetsThatSmuggle(t *testing.T) {
	for target, reason := range map[string]authz.Reason{
		"/a b": authz.AmbiguousPath, "/a\tb": authz.AmbiguousPath, "/a /health": authz.AmbiguousPath, "/a HTTP/1.1\nX: y": authz.AmbiguousPath, "/\xc3\xa9": authz.AmbiguousPath,
		"http://mlflow/health": authz.AmbiguousPath, "*": authz.AmbiguousPath, "health": authz.AmbiguousPath, "?x": authz.AmbiguousPath, "/a\x7f": authz.AmbiguousPath,
	} {
		for _, w := range ways[:2] {
			j := thatAllows(authz.Operation{})
			uri := "X-Original-URI"
			if w.name == "Traefik" {
				uri = "X-Forwarded-Uri"
			}
			got := j.ask(w.method, w.target, "{}", with(w.headers, uri, target)...)
			if got.Code == http.StatusOK || len(j.asked) > 0 || j.observed[0].Reason != reason {
				t.Errorf("%s, %q: %d %s", w.name, target, got.Code, j.observed[0].Reason)
			}
		}
	}
}

func TestMethodsThatAreNone(t *testing.T) {
	for _, method := range []string{"get", "GET ", " GET", "GET, POST", "G\x00T", "GET/", strings.Repeat("G", 33)} {
		j := thatAllows(authz.Operation{})
		if got := j.ask("GET", "/auth", "{}", with(ofNginx, "X-Original-Method", method)...); got.Code == http.StatusOK || len(j.asked) > 0 {
			t.Errorf("%q: %d", method, got.Code)
		}
	}
}

// TestSemicolonThatTraefikTurnsIntoAnAmpersand: ?path=a;run_id=victim&run_id=own is judged by its one run_id, and MLflow would see two.
func TestSemicolonThatTraefikTurnsIntoAnAmpersand(t *testing.T) {
	for target, allowed := range map[string]bool{"/get-artifact?path=a;run_id=victim&run_id=own": false, "/get-artifact?path=a%3Brun_id&run_id=own": true, "/a;b?c": true} {
		j := thatAllows(authz.Operation{})
		got := j.ask("GET", "/forward-auth", "", with(with(ofTraefik, "X-Forwarded-Uri", target), "X-Forwarded-Method", "GET")...)
		if (got.Code == http.StatusOK) != allowed || len(j.asked) > 0 != allowed {
			t.Errorf("%s: %d %s", target, got.Code, got.Body)
		}
	}
}

// TestAddressesThatAClientChose: with trustForwardHeader the proxy appends to what the client sent, X-Forwarded-Uri is the client's, too.
func TestAddressesThatAClientChose(t *testing.T) {
	for _, address := range []string{"10.9.9.9, 10.1.2.3", "unknown", "10.1.2.3:80", "localhost", "[::1]"} {
		j := thatAllows(authz.Operation{})
		got := j.ask("GET", "/forward-auth/body", "{}", with(ofTraefik, "X-Forwarded-For", address)...)
		if got.Code != http.StatusBadRequest || len(j.asked) > 0 || j.observed[0].Reason != authz.ProxyHeaders {
			t.Errorf("%q: %d %s", address, got.Code, got.Body)
		}
	}
}

// TestTargetThatIngressNginxLeavesToTheClient: without auth-method, the controller writes X-Original-URL only.
func TestTargetThatIngressNginxLeavesToTheClient(t *testing.T) {
	for url, allowed := range map[string]bool{
		"https://mlflow.example/a//b?c=%2f": true, "https://mlflow.example/secret": false, "https://mlflow.example/x/a//b?c=%2f": false, "/a//b?c=%2f": false,
		"https://mlflow.example/x?y/a//b?c=%2f": false, "": false,
	} {
		j := thatAllows(authz.Operation{})
		got := j.ask("POST", "/auth", "{}", with(ofNginx, "X-Original-URL", url)...)
		if (got.Code == http.StatusOK) != allowed || len(j.asked) > 0 != allowed {
			t.Errorf("%q: %d %s", url, got.Code, got.Body)
		}
	}
}

// TestUnderscores: a proxy that takes X-MLflow-Workspace out leaves X_MLflow_Workspace, and MLflow's server knows no difference.
func TestUnderscores(t *testing.T) {
	for _, w := range ways {
		j := thatAllows(authz.Operation{})
		got := j.ask(w.method, w.target, "{}", with(w.headers, "X_Mlflow_Workspace", "other")...)
		if got.Code == http.StatusOK || len(j.asked) > 0 || j.observed[0].Reason != authz.InvalidParameter {
			t.Errorf("%s: %d %s", w.name, got.Code, got.Body)
		}
	}
}
