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
	Check     map[string]any // the ext_authz filter
	Process   map[string]any // the ext_proc filter, off until a route turns it on
	Manager   map[string]any // what the connection manager has besides filters, routes and logs
	Treatment map[string]map[string]any
}

// The names of Envoy's clusters in readEnvoy's configuration; a template replaces them by what its control plane calls them.
const (
	checkCluster = "extauthz"
	perFilter    = "typed_per_filter_config"
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
	e := envoy{Check: filters[0].(map[string]any), Process: filters[1].(map[string]any), Manager: map[string]any{}}
	e.Treatment = perTreatment(routes["virtual_hosts"].([]any)[0].(map[string]any)["routes"].([]any))
	for key, value := range manager {
		switch key {
		case "http_filters", "route_config", "access_log", "stat_prefix":
		default:
			e.Manager[key] = value
		}
	}
	return e, nil
}

// perTreatment finds what a route of each treatment has beside its match and its destination.
func perTreatment(routes []any) map[string]map[string]any {
	out := map[string]map[string]any{}
	for _, route := range routes {
		r := route.(map[string]any)
		settings, ok := r[perFilter].(map[string]any)
		if !ok {
			continue
		}
		name := bootstrap.Upload
		kept := map[string]any{perFilter: settings}
		if _, processed := settings["envoy.filters.http.ext_proc"]; processed {
			name = bootstrap.Filtered
			kept["request_body_buffer_limit"] = r["request_body_buffer_limit"]
		}
		out[name] = kept
	}
	return out
}

// functions are what templates use beside the language's own.
func functions() map[string]any { return map[string]any{"yaml": indented, "join": strings.Join} }

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
