package envoy

import (
	"strconv"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	proc "github.com/envoyproxy/go-control-plane/envoy/service/ext_proc/v3"
	envoytype "github.com/envoyproxy/go-control-plane/envoy/type/v3"
)

func responseFacts(h *core.HeaderMap) (status int, encoded bool) {
	for _, v := range h.GetHeaders() {
		value := string(v.GetRawValue())
		if value == "" {
			value = v.GetValue()
		}
		switch v.GetKey() {
		case ":status":
			status, _ = strconv.Atoi(value)
		case "content-encoding":
			encoded = encoded || value != "identity"
		}
	}
	return status, encoded
}

// continueHeaders drops the length: it is the unfiltered body's, and of a HEAD response the only thing that tells about it.
func continueHeaders() *proc.ProcessingResponse {
	return &proc.ProcessingResponse{Response: &proc.ProcessingResponse_ResponseHeaders{ResponseHeaders: &proc.HeadersResponse{
		Response: &proc.CommonResponse{HeaderMutation: &proc.HeaderMutation{RemoveHeaders: []string{"content-length"}}},
	}}}
}

// continueBody gives the response the body and status of the answer, where it has them. Envoy still holds the headers back: the body is
// buffered.
func continueBody(a Answer) *proc.ProcessingResponse {
	r := &proc.CommonResponse{}
	if a.Body != nil {
		r.BodyMutation = &proc.BodyMutation{Mutation: &proc.BodyMutation_Body{Body: a.Body}}
	}
	if a.Body != nil && a.Status != 0 {
		headers := append(rawHeader(":status", strconv.Itoa(a.Status)), rawHeader("content-type", "application/json")...)
		r.HeaderMutation = &proc.HeaderMutation{SetHeaders: headers}
	}
	return &proc.ProcessingResponse{Response: &proc.ProcessingResponse_ResponseBody{ResponseBody: &proc.BodyResponse{Response: r}}}
}

// withheld answers in MLflow's place when a response must not be shown.
func withheld() *proc.ProcessingResponse {
	return &proc.ProcessingResponse{Response: &proc.ProcessingResponse_ImmediateResponse{ImmediateResponse: &proc.ImmediateResponse{
		Status:  &envoytype.HttpStatus{Code: envoytype.StatusCode_BadGateway},
		Headers: &proc.HeaderMutation{SetHeaders: rawHeader("content-type", "application/json")},
		Body:    []byte(`{"error_code":"INTERNAL_ERROR","message":"The response could not be filtered and is withheld; try again."}`),
	}}}
}

// rawHeader sets one header the way ext_proc wants it: it ignores plain values.
func rawHeader(key, value string) []*core.HeaderValueOption {
	return []*core.HeaderValueOption{{
		Header:       &core.HeaderValue{Key: key, RawValue: []byte(value)},
		AppendAction: core.HeaderValueOption_OVERWRITE_IF_EXISTS_OR_ADD,
	}}
}
