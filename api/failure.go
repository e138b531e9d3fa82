package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"extauthz/authz"
	"extauthz/store"
)

// failure is why an operation was not carried out. Text is for the caller, cause for our log only.
type failure struct {
	status int
	code   string // MLflow's error_code
	text   string
	cause  error
}

func (f *failure) Error() string {
	if f.cause != nil {
		return f.text + ": " + f.cause.Error()
	}
	return f.text
}

func (f *failure) Unwrap() error { return f.cause }

func invalid(format string, args ...any) error {
	return &failure{status: http.StatusBadRequest, code: "INVALID_PARAMETER_VALUE", text: fmt.Sprintf(format, args...)}
}

func badRequest(format string, args ...any) error {
	return &failure{status: http.StatusBadRequest, code: "BAD_REQUEST", text: fmt.Sprintf(format, args...)}
}

func exists(format string, args ...any) error {
	return &failure{status: http.StatusBadRequest, code: "RESOURCE_ALREADY_EXISTS", text: fmt.Sprintf(format, args...)}
}

func absent(format string, args ...any) error {
	return &failure{status: http.StatusNotFound, code: "RESOURCE_DOES_NOT_EXIST", text: fmt.Sprintf(format, args...)}
}

func conflict(text string) error {
	return &failure{status: http.StatusConflict, code: "RESOURCE_CONFLICT", text: text}
}

func denied(format string, args ...any) error {
	return &failure{status: http.StatusForbidden, code: "PERMISSION_DENIED", text: "Permission denied: " + fmt.Sprintf(format, args...)}
}

// asFailure gives every error its public face. What is not ours to explain is a 500 or 503 that says nothing.
func asFailure(err error) *failure {
	if f, ok := errors.AsType[*failure](err); ok {
		return f
	}
	if r, ok := errors.AsType[*authz.Refusal](err); ok && r.Reason.Status() != http.StatusOK {
		return &failure{status: r.Reason.Status(), code: r.Reason.ErrorCode(), text: r.Text, cause: err}
	}
	f := &failure{status: http.StatusServiceUnavailable, code: "TEMPORARILY_UNAVAILABLE", cause: err}
	switch {
	case errors.Is(err, store.ErrReadOnly):
		f.text = "The permission store cannot be written at the moment; nothing was changed."
	case errors.Is(err, store.ErrCorrupt), errors.Is(err, store.ErrStale):
		f.text = "The permission store cannot be read; an administrator must look at the service's log."
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		f.text = "The request took too long; try again."
	default:
		f.status, f.code, f.text = http.StatusInternalServerError, "INTERNAL_ERROR", "The service failed; its log says why."
	}
	return f
}
