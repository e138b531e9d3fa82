package api

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

const (
	largestBody  = 1 << 20
	largestState = 64 << 20 // half a million permissions
)

// readInput finds an endpoint's parameters where MLflow reads them for that method, as a JSON object. Parameters anywhere else are refused:
// whatever reads them there would see another request than we do.
func (e endpoint) readInput(w http.ResponseWriter, r *http.Request) (jsontext.Value, error) {
	input, err := e.readParameters(w, r)
	if name := e.variable(); err == nil && name != "" {
		input = withMember(input, name, r.PathValue(name))
	}
	return input, err
}

func (e endpoint) readParameters(w http.ResponseWriter, r *http.Request) (jsontext.Value, error) {
	body, err := readBody(w, r, e.largest())
	if err != nil {
		return nil, err
	}
	if r.Method == http.MethodGet && len(body) > 0 {
		return nil, badRequest("A GET request takes its parameters from the query string, and no body.")
	}
	if r.Method == http.MethodGet || r.Method == http.MethodDelete && len(body) == 0 {
		return queryInput(r.URL.RawQuery, e.repeats())
	}
	if r.URL.RawQuery != "" {
		return nil, badRequest("This request takes its parameters from the JSON body, and no query string.")
	}
	return body, checkContentType(r.Header)
}

// withMember puts what stands in the path into the object, in front: where it stands there, too, the object has it twice, which is refused.
// What is no object stays what it is, to be refused as such.
func withMember(object jsontext.Value, name, value string) jsontext.Value {
	rest, isObject := bytes.CutPrefix(bytes.TrimLeft(object, " \t\r\n"), []byte("{"))
	if !isObject {
		return object
	}
	member, err := json.Marshal(map[string]string{name: value})
	if err != nil {
		return nil // not UTF-8
	}
	member = member[:len(member)-1]
	if !bytes.HasPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte("}")) {
		member = append(member, ',')
	}
	return append(member, rest...)
}

func readBody(w http.ResponseWriter, r *http.Request, largest int64) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largest))
	if _, isLarge := errors.AsType[*http.MaxBytesError](err); isLarge {
		return nil, tooLarge(largest)
	}
	if err != nil {
		return nil, &failure{
			status: http.StatusBadRequest, code: "BAD_REQUEST", text: "The request body could not be read to its end.", cause: err,
		}
	}
	return body, nil
}

func tooLarge(largest int64) error {
	return &failure{
		status: http.StatusRequestEntityTooLarge, code: "BAD_REQUEST", text: fmt.Sprintf("The request body is larger than %d MiB.", largest>>20),
	}
}

// checkContentType keeps a form of another site out, too: no browser sends this type across sites without asking first.
func checkContentType(h http.Header) error {
	wrong := badRequest("Invalid content type. Must be application/json")
	if len(h["Content-Type"]) != 1 {
		return wrong
	}
	mediaType, parameters, err := mime.ParseMediaType(h.Get("Content-Type"))
	charset, given := parameters["charset"]
	switch {
	case err != nil || mediaType != "application/json":
		return wrong
	case given && !strings.EqualFold(charset, "utf-8"):
		return badRequest("Invalid content type. Must be application/json, in UTF-8")
	case h.Get("Content-Encoding") != "":
		return &failure{
			status: http.StatusUnsupportedMediaType, code: "BAD_REQUEST", text: "The request body must not be compressed.",
		}
	}
	return nil
}

// queryInput makes the query the object that the same parameters would be in a body, so that both are judged by the same rules. The parameter
// that may be repeated is a list.
func queryInput(raw, repeated string) (jsontext.Value, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, badRequest("The query string is malformed.")
	}
	object := make(map[string]any, len(values))
	for parameter, all := range values {
		if len(all) > 1 && parameter != repeated {
			return nil, invalid("Parameter %s appears %d times in the query string.", quote(parameter), len(all))
		}
		if !utf8.ValidString(parameter) || slices.ContainsFunc(all, func(s string) bool { return !utf8.ValidString(s) }) {
			return nil, badRequest("The query string is not UTF-8.")
		}
		if object[parameter] = all[0]; parameter == repeated {
			object[parameter] = all
		}
	}
	return json.Marshal(object)
}
