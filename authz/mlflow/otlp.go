package mlflow

import (
	"strconv"
	"strings"

	"extauthz/authz"
)

const (
	otlpExperimentHeader = "x-mlflow-experiment-id"
	otlpRunHeader        = "x-mlflow-run-id"
)

// readOTLP reads what POST /v1/traces writes: spans in OpenTelemetry's protocol (mlflow/server/otel_api.py, served by FastAPI since 3.4,
// whose body may be chunked). It returns
//
//	experiment_id  where new traces go: the header, which has to be there once and canonical
//	trace_ids      the distinct traces that get spans, in order: "tr-" and the span's trace id in hex
//	trace_tags     the tags in MLflow's own namespace ("mlflow.artifactLocation") that span attributes would set on these traces, if any;
//	               in any spelling that some database takes for one. MLflow 3.18 drops the three that it keeps for itself,
//	               3.13 to 3.17 store them all
//	run_ids        the run that finished traces are linked to: the header X-MLflow-Run-Id (MLflow 3.13), if there
//
// The experiment alone decides nothing: before 3.18 MLflow looks every trace up by its id and writes spans, status, preview, duration, session
// and tags into the one that it finds, whatever experiment that is in. A span is replaced by one with the same trace and span id. So whoever
// knows a trace's id could rewrite it by a header that names an experiment of their own, and each trace has to be free or of that experiment.
//
// Releases before 3.13, but for 3.4, take the trace's id from the attribute mlflow.traceRequestId. It must name the span's own trace, as
// clients do; the OTLP exporter of MLflow's client sends it as a JSON string, which those releases take with its quotes: then both are among
// trace_ids. No attribute chooses the experiment, a logged model or a source run; the session (session.id) is a label within the
// experiment.
func readOTLP(r authz.Request) (map[string]any, error) {
	experiment, run, err := otlpHeaders(r.Headers)
	if err != nil {
		return nil, err
	}
	body, json, err := otlpBody(r)
	if err != nil {
		return nil, err
	}
	b := otlpBatch{}
	if json {
		err = b.readJSON(body)
	} else {
		err = b.readProtobuf(body)
	}
	if err != nil {
		return nil, err
	}
	params := map[string]any{"experiment_id": experiment, "trace_ids": b.traces.list}
	if len(b.tags.list) > 0 {
		params["trace_tags"] = b.tags.list
	}
	if run != "" {
		params["run_ids"] = []any{run}
	}
	return params, nil
}

func otlpHeaders(h authz.Headers) (experiment, run string, err error) {
	experiment, ok := h.One(otlpExperimentHeader)
	if !ok || !canonicalExperimentID(experiment) {
		return "", "", invalidOTLP("the header " + otlpExperimentHeader + " must be there once, with an experiment's id")
	}
	if !h.Has(otlpRunHeader) {
		return experiment, "", nil
	}
	run, ok = h.One(otlpRunHeader)
	if !ok || !canonicalRunID(run) {
		return "", "", invalidOTLP("the header " + otlpRunHeader + " must be there once, with a run's id, or not at all")
	}
	return experiment, run, nil
}

// otlpBody returns the decoded body and whether it is JSON, which MLflow takes since 3.13.
func otlpBody(r authz.Request) (body []byte, json bool, err error) {
	if err := otlpFraming(r); err != nil {
		return nil, false, err
	}
	value, _ := r.Headers.One("content-type")
	media, _, _ := strings.Cut(value, ";")
	media = strings.Trim(media, " \t")
	if media != "application/x-protobuf" && media != "application/json" {
		return nil, false, authz.Refuse(authz.UnsupportedMedia, "Send spans as Content-Type: application/x-protobuf or application/json.")
	}
	body, err = otlpDecoded(r)
	return body, media == "application/json", err
}

// otlpFraming makes sure that we hold the body that MLflow gets. An empty one holds no spans, and may not have been sent to us.
func otlpFraming(r authz.Request) error {
	announced, chunked := r.Headers.Has("content-length"), r.Headers.Has("transfer-encoding")
	length, once := r.Headers.One("content-length")
	switch {
	case announced && (!once || chunked):
		return ambiguousBody("its length is announced twice")
	case r.Proxy.WithholdsBody, len(r.Body) == 0 && length != "0":
		return authz.Refuse(authz.BodyWithheld, "The request body did not reach extauthz, and its traces are decided by it.")
	case announced && length != strconv.Itoa(len(r.Body)):
		return ambiguousBody("its length is not its Content-Length")
	default:
		return nil
	}
}

func invalidOTLP(why string) error {
	return authz.Refuse(authz.InvalidParameter, "The spans cannot be taken: "+why+".")
}
