package k8s

import (
	"bytes"
	"errors"
	"strings"

	"go.yaml.in/yaml/v4"

	"extauthz/envoy/bootstrap"
)

// envoy is what control planes that take Envoy's own configuration need of the rendered one, so that it is written once.
type envoy struct {
	Check     map[string]any            // of the ext_authz filter's configuration, what control planes have no field for
	Process   map[string]any            // the ext_proc filter, off until a route turns it on
	Manager   map[string]any            // of the connection manager's, how it reads requests
	Treatment map[string]map[string]any // what a route of a treatment has beside its match and its destination
}

const (
	perFilter = "typed_per_filter_config"
	typed     = "typed_config"
	extProc   = "envoy.filters.http.ext_proc"
)

// What is taken of the two. The rest (who is trusted to say where a request comes from, timeouts, logs) is the control plane's affair.
var (
	ofCheck   = []string{"encode_raw_headers", "validate_mutations", "decoder_header_mutation_rules"}
	ofManager = []string{"normalize_path", "path_with_escaped_slashes_action", "early_header_mutation_extensions", "common_http_protocol_options"}
)

// readEnvoy renders a configuration and takes it apart.
func readEnvoy(staticPrefix string) (envoy, error) {
	text, err := bootstrap.Render(bootstrap.Options{
		Listen: "127.0.0.1:1", MLflow: "127.0.0.1:2", Check: "127.0.0.1:3", AuthAPI: "127.0.0.1:4", StaticPrefix: staticPrefix,
	})
	if err != nil {
		return envoy{}, err
	}
	var rendered struct {
		Resources struct {
			Listeners []struct {
				Chains []struct {
					Filters []struct {
						Config map[string]any `yaml:"typed_config"`
					} `yaml:"filters"`
				} `yaml:"filter_chains"`
			} `yaml:"listeners"`
		} `yaml:"static_resources"`
	}
	if err := yaml.Unmarshal(text, &rendered); err != nil { // JSON is YAML, and whole numbers stay whole
		return envoy{}, err
	}
	return takeApart(rendered.Resources.Listeners[0].Chains[0].Filters[0].Config)
}

func takeApart(manager map[string]any) (envoy, error) {
	filters, _ := manager["http_filters"].([]any)
	routes, _ := manager["route_config"].(map[string]any)
	if len(filters) != 3 || routes == nil {
		return envoy{}, errors.New("the rendered configuration is not what it was: a check, a processor, a router, and routes")
	}
	check, _ := filters[0].(map[string]any)[typed].(map[string]any)
	return envoy{
		Check: some(check, ofCheck), Process: filters[1].(map[string]any), Manager: some(manager, ofManager),
		Treatment: perTreatment(routes["virtual_hosts"].([]any)[0].(map[string]any)["routes"].([]any)),
	}, nil
}

func some(from map[string]any, keys []string) map[string]any {
	out := map[string]any{}
	for _, key := range keys {
		if value, ok := from[key]; ok {
			out[key] = value
		}
	}
	return out
}

// perTreatment finds what a route of each treatment has beside its match and its destination.
func perTreatment(routes []any) map[string]map[string]any {
	// Any configuration of a route's own enables the filter. This one changes nothing, and Istio knows its type.
	enabled := map[string]any{"@type": "type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute", "overrides": map[string]any{}}
	out := map[string]map[string]any{}
	for _, route := range routes {
		r := route.(map[string]any)
		settings, ok := r[perFilter].(map[string]any)
		if !ok {
			continue
		}
		name := bootstrap.Upload
		kept := map[string]any{perFilter: settings}
		if _, processed := settings[extProc]; processed {
			name = bootstrap.Filtered
			settings[extProc] = enabled
			kept["request_body_buffer_limit"] = r["request_body_buffer_limit"]
		}
		out[name] = kept
	}
	return out
}

// functions are what templates use beside the language's own.
func functions() map[string]any {
	return map[string]any{"yaml": indented, "join": strings.Join, "to": to}
}

// to has a filter call the cluster by its name in a control plane.
func to(cluster string, value any) any {
	switch v := value.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, inner := range v {
			out[key] = to(cluster, inner)
			if key == "cluster_name" {
				out[key] = cluster
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = to(cluster, inner)
		}
		return out
	default:
		return v
	}
}

// indented writes a value as a block of YAML, on lines of its own.
func indented(spaces int, value any) (string, error) {
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(value); err != nil {
		return "", err
	}
	margin := "\n" + strings.Repeat(" ", spaces)
	return margin + strings.ReplaceAll(strings.TrimSuffix(out.String(), "\n"), "\n", margin), nil
}
