package mlflow

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash/adler32"
	"io"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"extauthz/authz"
)

const (
	ownTrace = "000102030405060708090a0b0c0d0e0f"
	ownSpan  = "0001020304050607"
)

// TestOTLPParams: what the doc of readOTLP promises.
func TestOTLPParams(t *testing.T) {
	const another = "ffffffffffffffffffffffffffffffff"
	tag := func(name string) string { return traceTagPrefix + name }
	body := requestOf(
		otlpSpanBytes(ownTrace, traceRequestID, "tr-"+ownTrace),
		otlpSpanBytes(another, tag("mlflow.artifactLocation"), "x", tag("team"), "x"),
		otlpSpanBytes(ownTrace, tag("mlflow.artifactLocation"), "y", tag("MLFLOW.user"), "x", "session.id", "s"),
	)
	got, err := readOTLP(otlpRequest(body, otlpRunHeader, "r1"))
	want := map[string]any{
		"experiment_id": "7", "trace_ids": []any{"tr-" + ownTrace, "tr-" + another}, "run_ids": []any{"r1"},
		"trace_tags": []any{"mlflow.artifactLocation", "MLFLOW.user"},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	got, err = readOTLP(otlpRequest(requestOf(otlpSpanBytes(ownTrace, traceRequestID, strconv.Quote("tr-"+ownTrace)))))
	want = map[string]any{"experiment_id": "7", "trace_ids": []any{"tr-" + ownTrace, strconv.Quote("tr-" + ownTrace)}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, err)
	}
}

// TestOTLPFraming: FastAPI reads chunked bodies and decodes them; a body that we do not hold in full decides nothing. "" is accepted.
func TestOTLPFraming(t *testing.T) {
	body := requestOf(otlpSpanBytes(ownTrace))
	length := strconv.Itoa(len(body))
	for _, c := range []struct {
		name    string
		request authz.Request
		want    authz.Reason
	}{
		{"no length, as in HTTP/2", otlpRequest(body), ""},
		{"chunked", otlpRequest(body, "transfer-encoding", "chunked"), ""},
		{"its length", otlpRequest(body, "content-length", length), ""},
		{"another length", otlpRequest(body, "content-length", length+"0"), authz.AmbiguousBody},
		{"two lengths", otlpRequest(body, "content-length", length, "content-length", length), authz.AmbiguousBody},
		{"length and chunks", otlpRequest(body, "content-length", length, "transfer-encoding", "chunked"), authz.AmbiguousBody},
		{"nothing came, in chunks", otlpRequest(nil, "transfer-encoding", "chunked"), authz.BodyWithheld},
		{"nothing came of something", otlpRequest(nil, "content-length", "5"), authz.BodyWithheld},
		{"nothing came, no length", otlpRequest(nil), authz.BodyWithheld},
		{"nothing is there", otlpRequest(nil, "content-length", "0"), authz.InvalidParameter},
		{"withheld", authz.Request{Headers: otlpRequest(body).Headers, Body: body, Proxy: authz.Proxy{WithholdsBody: true}}, authz.BodyWithheld},
		{"gzip", otlpRequest(packed(body, gzipped), "content-encoding", "gzip"), ""},
		{"deflate", otlpRequest(packed(body, zlibbed), "content-encoding", "deflate"), ""},
		{"gzip bomb", otlpRequest(packed(make([]byte, maxOTLP+1), gzipped), "content-encoding", "gzip"), authz.InvalidParameter},
		{"deflate bomb", otlpRequest(packed(make([]byte, maxOTLP+1), zlibbed), "content-encoding", "deflate"), authz.InvalidParameter},
		{"brotli", otlpRequest(body, "content-encoding", "br"), authz.UnsupportedMedia},
		{"two encodings", otlpRequest(packed(body, gzipped), "content-encoding", "gzip", "content-encoding", "gzip"), authz.UnsupportedMedia},
		{"as many traces as a collector sends", otlpRequest(otlpTraces(maxTraces)), ""},
		{"more traces", otlpRequest(otlpTraces(maxTraces + 1)), authz.InvalidParameter},
	} {
		if _, err := readOTLP(c.request); reasonOf(err) != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestOTLPHeaders(t *testing.T) {
	body := requestOf(otlpSpanBytes(ownTrace))
	for _, id := range []string{"07", " 7", "+7", "٧", "7,8", ""} {
		if _, err := readOTLP(otlpRequest(body, "-"+otlpExperimentHeader, id)); reasonOf(err) != authz.InvalidParameter {
			t.Errorf("experiment %q: %v", id, err)
		}
	}
	for _, media := range []string{"", "text/plain", "application/x-protobuf-v2", "Application/Json"} {
		if _, err := readOTLP(otlpRequest(body, "-content-type", media)); reasonOf(err) != authz.UnsupportedMedia {
			t.Errorf("media %q: %v", media, err)
		}
	}
	r := otlpRequest(body)
	delete(r.Headers, otlpExperimentHeader)
	if _, err := readOTLP(r); reasonOf(err) != authz.InvalidParameter {
		t.Errorf("no experiment: %v", err)
	}
}

// TestOTLPHasOneReading: what some release reads otherwise, or no encoder writes. The twin is one span as it should be.
func TestOTLPHasOneReading(t *testing.T) {
	span, id := otlpSpanBytes(ownTrace), func(attribute []byte) []byte {
		return appendField(otlpSpanBytes(ownTrace), otlpSpanAttributes, attribute)
	}
	asNumber := protowire.AppendVarint(protowire.AppendTag(nil, otlpTraceID, protowire.VarintType), 16)
	largest := protowire.AppendVarint(nil, uint64(protowire.MaxValidNumber+1)<<3)
	inJSON := func(more string) []byte {
		return []byte(`{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"` + ownTrace + `","spanId":"` + ownSpan + `"` + more + `}]}]}]}`)
	}
	for _, c := range []struct {
		name  string
		body  []byte
		media string
		want  authz.Reason
	}{
		{"a span", requestOf(span), "application/x-protobuf", ""},
		{"a trace id that is a number", requestOf(append(asNumber, span[18:]...)), "application/x-protobuf", authz.AmbiguousBody},
		{"a trace id twice", requestOf(slices.Concat(span[:18], span)), "application/x-protobuf", authz.AmbiguousBody},
		{"a trace id of zeros", requestOf(otlpSpanBytes(strings.Repeat("0", 32))), "application/x-protobuf", authz.InvalidParameter},
		{"a field beyond the last", append(requestOf(span), append(largest, 0)...), "application/x-protobuf", authz.AmbiguousBody},
		{"a key that is no text", requestOf(id(appendField(nil, otlpKey, []byte{0xff}))), "application/x-protobuf", authz.AmbiguousBody},
		{"a span in JSON", inJSON(""), "application/json", ""},
		{"two values in JSON", inJSON(`,"attributes":[{"key":"` + traceRequestID + `","value":{"stringValue":"tr-` + ownTrace + `","string_value":"x"}}]`), "application/json", authz.AmbiguousBody},
		{"half a byte in JSON", bytes.Replace(inJSON(""), []byte(ownTrace), []byte(ownTrace[1:]), 1), "application/json", authz.InvalidParameter},
		{"JSON as protobuf", inJSON(""), "application/x-protobuf", authz.AmbiguousBody},
	} {
		if _, err := readOTLP(otlpRequest(c.body, "-content-type", c.media)); reasonOf(err) != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	twice := slices.Concat(packed(requestOf(span), gzipped), packed(requestOf(span), gzipped))
	if _, err := readOTLP(otlpRequest(twice, "content-encoding", "gzip")); reasonOf(err) != authz.AmbiguousBody {
		t.Errorf("two streams: %v", err)
	}
	if _, err := readOTLP(otlpRequest(twoDeflates(requestOf(span)), "content-encoding", "deflate")); reasonOf(err) != authz.AmbiguousBody {
		t.Errorf("zlib's deflate that is raw deflate, too: %v", err)
	}
}

// twoDeflates is a zlib stream of one stored block with the message in it; its bytes are a raw deflate stream as well, of three.
func twoDeflates(message []byte) []byte {
	const size, first = 0xfffe, 4 + 0x2ff // of zlib's block, whose header is raw deflate's first block; of a field that begins with the second's
	data := slices.Concat([]byte{0x7a, 0xff, 0x85, 0}, make([]byte, first-4), message)
	data = append(data, 0x7a, 0, 0, 0) // and a field up to the end
	rest := size - len(data)
	copy(data[len(data)-3:], []byte{byte(rest) | 0x80, byte(rest>>7) | 0x80, byte(rest >> 14)})
	data = append(data, make([]byte, rest)...)
	copy(data[4+0xff7a:], []byte{1, 0x84, 0, 0x7b, 0xff}) // the third block
	sum := binary.BigEndian.AppendUint32(nil, adler32.Checksum(data))
	return slices.Concat([]byte{0x78, 1, 0, 0xfe, 0xff, 1, 0}, data, []byte{1, 0, 0, 0xff, 0xff}, sum)
}

// otlpRequest has these headers, pairs of name and value, besides the usual ones; one whose name starts with "-" replaces those.
func otlpRequest(body []byte, headers ...string) authz.Request {
	h := authz.Headers{otlpExperimentHeader: {"7"}, "content-type": {"application/x-protobuf"}}
	for i := 0; i < len(headers); i += 2 {
		name, replaced := strings.CutPrefix(headers[i], "-")
		if replaced {
			delete(h, name)
		}
		h[name] = append(h[name], headers[i+1])
	}
	return authz.Request{Method: "POST", Target: "/v1/traces", Headers: maps.Clone(h), Body: body}
}

func reasonOf(err error) authz.Reason {
	var r *authz.Refusal
	if errors.As(err, &r) {
		return r.Reason
	}
	return ""
}

// requestOf is a request with these spans.
func requestOf(spans ...[]byte) []byte {
	var scope []byte
	for _, s := range spans {
		scope = appendField(scope, otlpSpans, s)
	}
	return appendField(nil, otlpResourceSpans, appendField(nil, otlpScopeSpans, scope))
}

// otlpSpanBytes is a span with these attributes, pairs of key and string.
func otlpSpanBytes(trace string, attributes ...string) []byte {
	id, _ := hex.DecodeString(trace)
	span, _ := hex.DecodeString(ownSpan)
	b := appendField(appendField(nil, otlpTraceID, id), otlpSpanID, span)
	for i := 0; i < len(attributes); i += 2 {
		value := appendField(nil, otlpStringValue, []byte(attributes[i+1]))
		b = appendField(b, otlpSpanAttributes, appendField(appendField(nil, otlpKey, []byte(attributes[i])), otlpValue, value))
	}
	return b
}

func otlpTraces(n int) []byte {
	spans := make([][]byte, n)
	for i := range spans {
		spans[i] = otlpSpanBytes(strings.Repeat("0", 24) + hex.EncodeToString([]byte{1, byte(i >> 16), byte(i >> 8), byte(i)}))
	}
	return requestOf(spans...)
}

func appendField(b []byte, n protowire.Number, value []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, n, protowire.BytesType), value)
}

func packed(b []byte, open func(io.Writer) io.WriteCloser) []byte {
	var out bytes.Buffer
	w := open(&out)
	_, _ = w.Write(b) // a bytes.Buffer takes everything
	_ = w.Close()
	return out.Bytes()
}

func gzipped(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }
func zlibbed(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }
