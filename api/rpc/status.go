package rpc

import (
	"errors"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"extauthz/api"
)

// code is the table at the top of auth.proto.
var code = map[string]codes.Code{
	"INVALID_PARAMETER_VALUE": codes.InvalidArgument,
	"BAD_REQUEST":             codes.FailedPrecondition,
	"FEATURE_DISABLED":        codes.FailedPrecondition,
	"RESOURCE_ALREADY_EXISTS": codes.AlreadyExists,
	"RESOURCE_DOES_NOT_EXIST": codes.NotFound,
	"RESOURCE_CONFLICT":       codes.Aborted,
	"PERMISSION_DENIED":       codes.PermissionDenied,
	"UNAUTHENTICATED":         codes.Unauthenticated,
	"REQUEST_LIMIT_EXCEEDED":  codes.ResourceExhausted,
	"TEMPORARILY_UNAVAILABLE": codes.Unavailable,
	"INTERNAL_ERROR":          codes.Internal,
}

// asStatus tells a failure as gRPC does, with REST's error_code for programs. What is a status already stays one, and of everything else only
// the log hears.
func (c call) asStatus(err error) error {
	f, ok := errors.AsType[*api.Failure](err)
	if !ok {
		if _, is := status.FromError(err); is {
			return err
		}
		c.log.ErrorContext(c.Context(), "a gRPC answer of the admin API failed", "method", string(c.method.Name()), "error", err)
		return status.Error(codes.Internal, "The service failed; its log says why.")
	}
	known, ok := code[f.ErrorCode]
	if !ok {
		known = codes.Internal
	}
	s := status.New(known, f.Message)
	if detailed, err := s.WithDetails(&errdetails.ErrorInfo{Reason: f.ErrorCode, Domain: "extauthz"}); err == nil {
		s = detailed
	}
	return s.Err()
}
