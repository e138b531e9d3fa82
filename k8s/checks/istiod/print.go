package main

import (
	"encoding/json"
	"io"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/test/xds"
)

// printXDS writes what a proxy would be served.
func printXDS(w io.Writer, server *xds.FakeDiscoveryServer, proxy *model.Proxy) error {
	out := map[string][]json.RawMessage{}
	var err error
	add := func(name string, m proto.Message) {
		text, e := protojson.MarshalOptions{UseProtoNames: true}.Marshal(m)
		if e != nil {
			err = e
		}
		out[name] = append(out[name], text)
	}
	for _, l := range server.Listeners(proxy) {
		add("listeners", l)
	}
	for _, r := range server.Routes(proxy) {
		add("routes", r)
	}
	for _, c := range server.Clusters(proxy) {
		add("clusters", c)
	}
	for _, e := range server.Endpoints(proxy) {
		add("endpoints", e)
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(out)
}
