package envoy

import (
	"net/http"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	envoytype "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/structpb"
)

// answer builds the CheckResponse of a verdict. It is the only place that may: the status is explicit in both directions, and
// everything that is not plainly an allow is a denial with an HTTP status of its own.
func answer(v Verdict, metadata *structpb.Struct) *auth.CheckResponse {
	if v.Allowed && v.Status == http.StatusOK {
		return &auth.CheckResponse{
			Status:          &status.Status{Code: int32(codes.OK)},
			HttpResponse:    &auth.CheckResponse_OkResponse{OkResponse: &auth.OkHttpResponse{Headers: headerOptions(v.Set), HeadersToRemove: v.Remove}},
			DynamicMetadata: metadata,
		}
	}
	denied := &auth.DeniedHttpResponse{
		Status: &envoytype.HttpStatus{Code: envoytype.StatusCode(max(v.Status, http.StatusBadRequest))}, Headers: headerOptions(v.Headers), Body: v.Body,
	}
	return &auth.CheckResponse{
		Status:          &status.Status{Code: int32(codes.PermissionDenied)},
		HttpResponse:    &auth.CheckResponse_DeniedResponse{DeniedResponse: denied},
		DynamicMetadata: metadata,
	}
}

func headerOptions(pairs []string) []*core.HeaderValueOption {
	options := make([]*core.HeaderValueOption, 0, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		options = append(options, &core.HeaderValueOption{
			Header:       &core.HeaderValue{Key: pairs[i], Value: pairs[i+1]},
			AppendAction: core.HeaderValueOption_OVERWRITE_IF_EXISTS_OR_ADD,
		})
	}
	return options
}
