package mlflow

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"

	"extauthz/authz"
)

// maxOTLP is how large a body may become when it is decompressed; Envoy has bounded it before.
const maxOTLP = 32 << 20

// otlpDecoded undoes the Content-Encoding as MLflow does, but for 3.4: one gzip or zlib stream and nothing behind it.
func otlpDecoded(r authz.Request) ([]byte, error) {
	if !r.Headers.Has("content-encoding") {
		return r.Body, nil
	}
	encoding, _ := r.Headers.One("content-encoding")
	switch strings.ToLower(encoding) {
	case "gzip":
		return inflate(r.Body, gunzip)
	case "deflate":
		if inflatesOtherwise(r.Body) {
			return nil, ambiguousBody("it is read in another way when it is not taken for zlib's deflate")
		}
		return inflate(r.Body, zlib.NewReader)
	default:
		return nil, authz.Refuse(authz.UnsupportedMedia, "Send spans uncompressed or with Content-Encoding: gzip or deflate.")
	}
}

func gunzip(from io.Reader) (io.ReadCloser, error) {
	z, err := gzip.NewReader(from)
	if err != nil {
		return nil, err
	}
	z.Multistream(false)
	return z, nil
}

func inflate(raw []byte, open func(io.Reader) (io.ReadCloser, error)) ([]byte, error) {
	from := bytes.NewReader(raw)
	z, err := open(from)
	if err != nil {
		return nil, ambiguousBody("its Content-Encoding is not what it is encoded with")
	}
	body, err := io.ReadAll(io.LimitReader(z, maxOTLP+1))
	switch {
	case len(body) > maxOTLP:
		return nil, invalidOTLP("the decompressed body is too large")
	case err != nil || from.Len() > 0:
		return nil, ambiguousBody("it is not one complete compressed stream")
	default:
		return body, nil
	}
}

// inflatesOtherwise: MLflow 3.4 ignores Content-Encoding and would take the compressed bytes for spans (gzip's never are a message), and a
// stream that zlib refuses newer ones try as raw deflate.
func inflatesOtherwise(raw []byte) bool {
	_, err := inflate(raw, func(from io.Reader) (io.ReadCloser, error) { return flate.NewReader(from), nil })
	return err == nil || holdsSpans(raw)
}

// holdsSpans reports whether raw is a message with a field 1.
func holdsSpans(raw []byte) bool {
	found := false
	for len(raw) > 0 {
		number, _, n := protowire.ConsumeField(raw)
		if n < 0 {
			return false
		}
		found = found || number == 1
		raw = raw[n:]
	}
	return found
}
