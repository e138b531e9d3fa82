package bootstrap

import (
	"bytes"
	"encoding/json"
	"fmt"

	bootstrapv3 "github.com/envoyproxy/go-control-plane/envoy/config/bootstrap/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"extauthz/authz/mlflow"
)

// Render returns the bootstrap as indented JSON. The same options and route table give the same bytes.
func Render(o Options) ([]byte, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	b, err := assemble(o.withDefaults(), mlflow.Rows())
	if err != nil {
		return nil, err
	}
	return print(b)
}

func assemble(o Options, rows []mlflow.Row) (*bootstrapv3.Bootstrap, error) {
	routes, err := virtualHost(o, rows)
	if err != nil {
		return nil, err
	}
	listener, err := listener(o, routes)
	if err != nil {
		return nil, err
	}
	clusters, err := clusters(o)
	if err != nil {
		return nil, err
	}
	b := &bootstrapv3.Bootstrap{
		Node:            &corev3.Node{Id: o.NodeID, Cluster: "extauthz"},
		StaticResources: &bootstrapv3.Bootstrap_StaticResources{Listeners: []*listenerv3.Listener{listener}, Clusters: clusters},
	}
	if err := limit(b, o.MaxHeapBytes); err != nil {
		return nil, err
	}
	return b, addAdmin(b, o)
}

func addAdmin(b *bootstrapv3.Bootstrap, o Options) error {
	if o.AdminListen == "" {
		return nil
	}
	a, err := tcpAddress(o.AdminListen)
	b.Admin = &bootstrapv3.Admin{Address: a}
	return err
}

// print checks the messages against Envoy's own rules and writes them. protojson varies its white space from build to build on purpose,
// so the result is indented again.
func print(m interface {
	proto.Message
	ValidateAll() error
},
) ([]byte, error) {
	if err := m.ValidateAll(); err != nil {
		return nil, fmt.Errorf("the rendered bootstrap breaks Envoy's schema: %w", err)
	}
	raw, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(m)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}
