package mlflow

import (
	"encoding/hex"
	"strconv"
	"strings"
)

const (
	traceRequestID = "mlflow.traceRequestId" // the attribute by which releases before 3.13 know a span's trace
	traceTagPrefix = "mlflow.traceTag."      // attributes of a root span that become tags of its trace
	mlflowPrefix   = "mlflow."
	// maxTraces bounds the look-ups that one request can cause: the largest batch of a collector's default.
	maxTraces = 8192
)

// otlpBatch is what the spans of one request write to.
type otlpBatch struct {
	traces, tags distinct
}

// distinct is a list of strings, each once, in the order in which they came.
type distinct struct {
	list []any
	seen map[string]bool
}

func (d *distinct) add(s string) {
	if d.seen == nil {
		d.seen = map[string]bool{}
	}
	if !d.seen[s] {
		d.seen[s] = true
		d.list = append(d.list, s)
	}
}

// otlpSpan is one span's identifiers as they were sent, and its attribute mlflow.traceRequestId.
type otlpSpan struct {
	trace, span, parent []byte
	requestIDs          []string
}

func (b *otlpBatch) add(s otlpSpan) error {
	if len(s.trace) != 16 || len(s.span) != 8 || len(s.parent) != 0 && len(s.parent) != 8 || allZero(s.trace) {
		return invalidOTLP("a span needs a trace id of 16 bytes and a span id of 8, and its parent's has 8")
	}
	id := "tr-" + hex.EncodeToString(s.trace)
	b.traces.add(id)
	for _, requestID := range s.requestIDs {
		if requestID != id && requestID != strconv.Quote(id) {
			return ambiguousBody("a span's " + traceRequestID + " names another trace than its trace id")
		}
		b.traces.add(requestID)
	}
	if len(b.traces.list) > maxTraces {
		return invalidOTLP("they are of more than " + strconv.Itoa(maxTraces) + " traces; send fewer at a time")
	}
	return nil
}

// attribute notes what an attribute of a span does. value is nil when it is no string.
func (b *otlpBatch) attribute(s *otlpSpan, key string, value *string) error {
	if key == traceRequestID {
		if value == nil {
			return ambiguousBody("a span's " + traceRequestID + " is no string")
		}
		s.requestIDs = append(s.requestIDs, *value)
	}
	if tag, ok := strings.CutPrefix(key, traceTagPrefix); ok && reservedTag(tag) {
		b.tags.add(tag)
	}
	return nil
}

// resourceAttribute: they all become tags of the trace (MLflow 3.14) but for those that start with "mlflow." in just this spelling.
func (b *otlpBatch) resourceAttribute(key string) {
	if reservedTag(key) && !strings.HasPrefix(key, mlflowPrefix) {
		b.tags.add(key)
	}
}

// reservedTag: MLflow's own namespace, in the eyes of a database that folds case.
func reservedTag(key string) bool {
	return acted(key) || len(key) >= len(mlflowPrefix) && strings.EqualFold(key[:len(mlflowPrefix)], mlflowPrefix)
}

func allZero(id []byte) bool {
	for _, c := range id {
		if c != 0 {
			return false
		}
	}
	return true
}
