package bootstrap

import (
	"time"

	bootstrapv3 "github.com/envoyproxy/go-control-plane/envoy/config/bootstrap/v3"
	overloadv3 "github.com/envoyproxy/go-control-plane/envoy/config/overload/v3"
	connectionsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/resource_monitors/downstream_connections/v3"
	heapv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/resource_monitors/fixed_heap/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"
)

// maxConnections keeps a flood of connections from using up file descriptors that checks need as well.
const maxConnections = 10_000

const (
	connectionsMonitor = "envoy.resource_monitors.global_downstream_max_connections"
	heapMonitor        = "envoy.resource_monitors.fixed_heap"
)

// limit bounds what clients can make Envoy hold: bodies are buffered for the check before anybody knows who sends them. Near the limit Envoy gives
// memory back, then answers 503; the kernel would end it with every request under way.
func limit(b *bootstrapv3.Bootstrap, maxHeap uint64) error {
	connections, err := monitor(connectionsMonitor, &connectionsv3.DownstreamConnectionsConfig{MaxActiveDownstreamConnections: maxConnections})
	if err != nil {
		return err
	}
	b.OverloadManager = &overloadv3.OverloadManager{ResourceMonitors: []*overloadv3.ResourceMonitor{connections}}
	if maxHeap == 0 {
		return nil
	}
	heap, err := monitor(heapMonitor, &heapv3.FixedHeapConfig{MaxHeapSizeBytes: maxHeap})
	b.OverloadManager.RefreshInterval = durationpb.New(250 * time.Millisecond)
	b.OverloadManager.ResourceMonitors = append(b.OverloadManager.ResourceMonitors, heap)
	b.OverloadManager.Actions = []*overloadv3.OverloadAction{
		above(0.9, "envoy.overload_actions.shrink_heap"), above(0.95, "envoy.overload_actions.stop_accepting_requests"),
	}
	return err
}

func monitor(name string, config proto.Message) (*overloadv3.ResourceMonitor, error) {
	packed, err := anypb.New(config)
	return &overloadv3.ResourceMonitor{Name: name, ConfigType: &overloadv3.ResourceMonitor_TypedConfig{TypedConfig: packed}}, err
}

// above starts an action at a share of the heap's limit.
func above(share float64, action string) *overloadv3.OverloadAction {
	return &overloadv3.OverloadAction{Name: action, Triggers: []*overloadv3.Trigger{{
		Name: heapMonitor, TriggerOneof: &overloadv3.Trigger_Threshold{Threshold: &overloadv3.ThresholdTrigger{Value: share}},
	}}}
}
