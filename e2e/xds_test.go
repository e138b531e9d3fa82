package e2e

import (
	"encoding/json"
	"net"
	"strconv"
	"strings"
	"testing"
)

// object is a JSON object.
type object = map[string]any

// at follows keys and indices into a JSON value; nil where there is nothing.
func at(v any, path ...any) any {
	for _, step := range path {
		switch key := step.(type) {
		case string:
			o, _ := v.(object)
			v = o[key]
		case int:
			list, _ := v.([]any)
			if key >= len(list) {
				return nil
			}
			v = list[key]
		}
	}
	return v
}

func items(v any) []any { list, _ := v.([]any); return list }

// walk visits every object in a JSON value, outer ones first.
func walk(v any, visit func(object)) {
	switch v := v.(type) {
	case object:
		visit(v)
		for _, inner := range v {
			walk(inner, visit)
		}
	case []any:
		for _, inner := range v {
			walk(inner, visit)
		}
	}
}

// camelToSnake writes the names of fields as Envoy's protocol files do. Names of types and filters have dots or slashes in them, and stay.
func camelToSnake(v any) any {
	switch v := v.(type) {
	case object:
		out := object{}
		for key, inner := range v {
			if !strings.ContainsAny(key, "./@-") {
				key = snake(key)
			}
			out[key] = camelToSnake(inner)
		}
		return out
	case []any:
		for i := range v {
			v[i] = camelToSnake(v[i])
		}
	}
	return v
}

func snake(key string) string {
	var b strings.Builder
	for _, r := range key {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// generated is what a control plane would serve to its Envoy, with one listener that matters.
type generated struct {
	listener  object
	routes    map[string]object // by name
	clusters  []object
	endpoints map[string]object // by cluster
	runtime   any               // layered_runtime of the bootstrap that the control plane gives its Envoys
}

// untype takes off the names of types that a dump gives to what it lists.
func (g generated) untype() {
	delete(g.listener, "@type")
	for _, listed := range []map[string]object{g.routes, g.endpoints} {
		for _, o := range listed {
			delete(o, "@type")
		}
	}
	for _, c := range g.clusters {
		delete(c, "@type")
	}
}

// static turns it into a bootstrap that an Envoy without control plane runs: what is fetched by name is put in its place, the listener gets
// an address of this machine, and addresses of the cluster become addresses of the stack. Nothing else is changed.
func (g generated) static(t *testing.T, listen string, addresses map[string]string) []byte {
	t.Helper()
	g.listener["address"] = addressOf(t, listen)
	walk(g.listener, func(o object) {
		if name, ok := at(o, "rds", "route_config_name").(string); ok {
			o["route_config"] = g.routes[name]
			delete(o, "rds")
		}
	})
	for _, c := range g.clusters {
		name, _ := c["name"].(string)
		if endpoints, ok := g.endpoints[name]; ok {
			c["type"], c["load_assignment"] = "STATIC", endpoints
			delete(c, "eds_cluster_config")
			delete(c, "dns_lookup_family")
		}
		walk(c, func(o object) {
			if known, ok := addresses[socketOf(o)]; ok {
				o["address"] = addressOf(t, known)
			}
		})
	}
	text, err := json.MarshalIndent(object{
		"node":             object{"id": "test", "cluster": "test"},
		"layered_runtime":  g.runtime,
		"static_resources": object{"listeners": []any{g.listener}, "clusters": g.clusters},
	}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// socketOf is the address in an endpoint, as host:port.
func socketOf(o object) string {
	s, _ := at(o, "address", "socket_address").(object)
	if s == nil {
		return ""
	}
	port, _ := s["port_value"].(float64)
	host, _ := s["address"].(string)
	return net.JoinHostPort(host, strconv.Itoa(int(port)))
}

func addressOf(t *testing.T, target string) object {
	t.Helper()
	if path, ok := strings.CutPrefix(target, "unix://"); ok {
		return object{"pipe": object{"path": path}}
	}
	host, port, err := net.SplitHostPort(target)
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return object{"socket_address": object{"address": host, "port_value": number}}
}
