package envoy

import (
	"net/http"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	envoytype "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	"github.com/go-json-experiment/json"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/structpb"

	"extauthz/authz"
)

// answer builds the CheckResponse of a decision. It is the only place that may: the status is explicit in both directions, and
// everything that is not plainly an allow is a denial with an HTTP status of its own.
func answer(d authz.Decision, f forward, metadata *structpb.Struct) *auth.CheckResponse {
	httpStatus := d.Reason.Status()
	if d.Effect == authz.Allowed && httpStatus == http.StatusOK {
		return &auth.CheckResponse{
			Status:          &status.Status{Code: int32(codes.OK)},
			HttpResponse:    &auth.CheckResponse_OkResponse{OkResponse: &auth.OkHttpResponse{Headers: f.set, HeadersToRemove: f.remove}},
			DynamicMetadata: metadata,
		}
	}
	if httpStatus < http.StatusBadRequest {
		httpStatus = http.StatusServiceUnavailable
	}
	return &auth.CheckResponse{
		Status:          &status.Status{Code: int32(codes.PermissionDenied)},
		HttpResponse:    &auth.CheckResponse_DeniedResponse{DeniedResponse: denied(d, httpStatus)},
		DynamicMetadata: metadata,
	}
}

func denied(d authz.Decision, httpStatus int) *auth.DeniedHttpResponse {
	r := &auth.DeniedHttpResponse{Status: &envoytype.HttpStatus{Code: envoytype.StatusCode(httpStatus)}}
	switch httpStatus {
	case http.StatusUnauthorized: // MLflow's own answer, to the letter
		r.Headers = headerOptions("www-authenticate", `Basic realm="mlflow"`, "content-type", "text/html; charset=utf-8")
		r.Body = d.Text
		return r
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		r.Headers = headerOptions("content-type", "application/json", "retry-after", "5")
	default:
		r.Headers = headerOptions("content-type", "application/json")
	}
	body, err := json.Marshal(publicError{d.Reason.ErrorCode(), d.Text}, json.Deterministic(true))
	if err == nil {
		r.Body = string(body)
	}
	return r
}

// publicError is MLflow's error object.
type publicError struct {
	Code string `json:"error_code"`
	Text string `json:"message"`
}

func headerOptions(pairs ...string) []*core.HeaderValueOption {
	options := make([]*core.HeaderValueOption, 0, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		options = append(options, &core.HeaderValueOption{
			Header:       &core.HeaderValue{Key: pairs[i], Value: pairs[i+1]},
			AppendAction: core.HeaderValueOption_OVERWRITE_IF_EXISTS_OR_ADD,
		})
	}
	return options
}
