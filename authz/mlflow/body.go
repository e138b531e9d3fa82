package mlflow

import (
	"bytes"
	"io"
	"mime"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"extauthz/authz"
)

const maxDepth = 64

// number is a JSON number as it was written.
type number string

// MarshalJSON writes the number as it was read.
func (n number) MarshalJSON() ([]byte, error) { return []byte(n), nil }

// readBody reads a request body as the one JSON object that it must be, into strings, numbers, booleans, nil, []any and map[string]any.
//
// jsontext is strict where MLflow's json.loads is not (RFC 7493): it refuses repeated names after unescaping, invalid UTF-8, lone
// surrogates, a byte order mark, NaN and Infinity, and names are case-sensitive. Trailing bytes are refused as well: MLflow would drop
// the whole body for them and go on with an empty message.
func readBody(raw []byte) (map[string]any, error) {
	d := jsontext.NewDecoder(bytes.NewBuffer(raw))
	if d.PeekKind() != '{' {
		return nil, ambiguousBody("it must be one JSON object in UTF-8")
	}
	v, err := readValue(d, 0)
	if err != nil {
		return nil, ambiguousBody("it is not one well-formed JSON object in UTF-8 with distinct names")
	}
	if _, err := d.ReadToken(); err != io.EOF {
		return nil, ambiguousBody("something follows the JSON object")
	}
	return v.(map[string]any), nil
}

func readValue(d *jsontext.Decoder, depth int) (any, error) {
	t, err := d.ReadToken()
	if err != nil {
		return nil, err
	}
	switch t.Kind() {
	case '"':
		return t.String(), nil
	case '0':
		return readNumber(t.String())
	case 't', 'f':
		return t.Bool(), nil
	case 'n':
		return nil, nil
	}
	if depth >= maxDepth {
		return nil, io.ErrShortBuffer
	}
	if t.Kind() == '[' {
		return readArray(d, depth)
	}
	return readObject(d, depth)
}

// readNumber refuses what is no 64-bit number. Python reads integers of any length up to 4300 digits, and for a longer one drops the whole
// body; a float that is too large it reads as infinity.
func readNumber(written string) (number, error) {
	var err error
	switch {
	case strings.ContainsAny(written, ".eE"):
		_, err = strconv.ParseFloat(written, 64)
	case strings.HasPrefix(written, "-"):
		_, err = strconv.ParseInt(written, 10, 64)
	default:
		_, err = strconv.ParseUint(written, 10, 64)
	}
	return number(written), err
}

func readArray(d *jsontext.Decoder, depth int) (any, error) {
	list := []any{}
	for d.PeekKind() != ']' {
		v, err := readValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := d.ReadToken()
	return list, err
}

func readObject(d *jsontext.Decoder, depth int) (any, error) {
	object := map[string]any{}
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return nil, err
		}
		key := name.String() // the token is void after the next read
		if object[key], err = readValue(d, depth+1); err != nil {
			return nil, err
		}
	}
	_, err := d.ReadToken()
	return object, err
}

// checkFraming refuses a body that Flask would read differently from us: without Content-Length it sees none, with another length it sees
// another body, compressed it sees garbage, and all that it turns into an empty message.
func checkFraming(h authz.Headers, size int) error {
	if h.Has("transfer-encoding") || !h.Has("content-length") {
		return authz.Refuse(authz.LengthRequired, "Send the body with a Content-Length: MLflow reads a chunked body as empty.")
	}
	if length, ok := h.One("content-length"); !ok || length != strconv.Itoa(size) {
		return ambiguousBody("its length is not its Content-Length")
	}
	if encoding, ok := h.One("content-encoding"); h.Has("content-encoding") && (!ok || !strings.EqualFold(encoding, "identity")) {
		return authz.Refuse(authz.UnsupportedMedia, "Send the body uncompressed: MLflow does not decode Content-Encoding here.")
	}
	value, ok := h.One("content-type")
	if !ok {
		return unsupportedMedia()
	}
	if value == "application/json" {
		return nil
	}
	media, params, err := mime.ParseMediaType(value)
	charset, named := params["charset"]
	if err != nil || media != "application/json" || named && !strings.EqualFold(charset, "utf-8") {
		return unsupportedMedia()
	}
	return nil
}

func unsupportedMedia() error {
	return authz.Refuse(authz.UnsupportedMedia, "Send the body as Content-Type: application/json in UTF-8.")
}

func ambiguousBody(why string) error {
	return authz.Refuse(authz.AmbiguousBody, "The request body is ambiguous: "+why+".")
}
