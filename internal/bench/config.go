package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"extauthz/envoy/bootstrap"
)

// writeConfig renders the configuration of one Envoy, with what it reads beside it. Without a check it loses the filters that ask anybody, and
// nothing else.
func writeConfig(path string, o bootstrap.Options, asks bool) error {
	secrets, err := bootstrap.Secrets(o)
	if err != nil {
		return err
	}
	for name, text := range secrets {
		if err := os.WriteFile(filepath.Join(o.SecretsDir, name), text, 0o600); err != nil {
			return err
		}
	}
	text, err := bootstrap.Render(o)
	if err != nil {
		return err
	}
	if !asks {
		if text, err = withoutChecks(text); err != nil {
			return err
		}
	}
	return os.WriteFile(path, text, 0o600)
}

var checks = []any{"envoy.filters.http.ext_authz", "envoy.filters.http.ext_proc"}

func withoutChecks(text []byte) ([]byte, error) {
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		return nil, err
	}
	if n := prune(tree); n != len(checks) {
		return nil, fmt.Errorf("the rendered configuration has %d filters that ask, not %d", n, len(checks))
	}
	return json.Marshal(tree)
}

// prune takes the filters out of every list of filters and of what routes say about them, and counts those that it took out of lists.
func prune(tree any) (removed int) {
	switch node := tree.(type) {
	case map[string]any:
		delete(node, "typed_per_filter_config")
		if filters, ok := node["http_filters"].([]any); ok {
			kept := slices.DeleteFunc(filters, func(f any) bool { return slices.Contains(checks, f.(map[string]any)["name"]) })
			removed = len(filters) - len(kept)
			node["http_filters"] = kept
		}
		for _, child := range node {
			removed += prune(child)
		}
	case []any:
		for _, child := range node {
			removed += prune(child)
		}
	}
	return removed
}
