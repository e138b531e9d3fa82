package bootstrap

import (
	accesslogv3 "github.com/envoyproxy/go-control-plane/envoy/config/accesslog/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	streamv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/access_loggers/stream/v3"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/structpb"
)

// accessLogFields has no query string and no request header but the id: both may carry secrets. The id joins a line with the service's
// own record of the decision, the reason says enough to know which lines to join.
var accessLogFields = map[string]any{
	"time":             "%START_TIME%",
	"request_id":       "%REQ(X-REQUEST-ID)%",
	"client":           "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
	"method":           "%REQ(:METHOD)%",
	"path":             "%PATH(NQ)%",
	"protocol":         "%PROTOCOL%",
	"route":            "%ROUTE_NAME%",
	"status":           "%RESPONSE_CODE%",
	"flags":            "%RESPONSE_FLAGS%",
	"details":          "%RESPONSE_CODE_DETAILS%",
	"reason":           "%DYNAMIC_METADATA(envoy.filters.http.ext_authz:reason)%",
	"bytes_received":   "%BYTES_RECEIVED%",
	"bytes_sent":       "%BYTES_SENT%",
	"duration_ms":      "%DURATION%",
	"upstream_cluster": "%UPSTREAM_CLUSTER%",
}

func accessLog() ([]*accesslogv3.AccessLog, error) {
	fields, err := structpb.NewStruct(accessLogFields)
	if err != nil {
		return nil, err
	}
	config, err := anypb.New(&streamv3.StdoutAccessLog{AccessLogFormat: &streamv3.StdoutAccessLog_LogFormat{
		LogFormat: &corev3.SubstitutionFormatString{Format: &corev3.SubstitutionFormatString_JsonFormat{JsonFormat: fields}},
	}})
	return []*accesslogv3.AccessLog{{
		Name:       "envoy.access_loggers.stdout",
		ConfigType: &accesslogv3.AccessLog_TypedConfig{TypedConfig: config},
	}}, err
}
