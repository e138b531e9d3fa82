package api

import (
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// form is what a page is asked with: a query, or a form that was sent.
type form url.Values

// repeatable are the fields of which a form has one in each of its rows.
var repeatable = map[string]bool{"resource_type": true, "resource_id": true, "permission": true}

// readForm takes a GET's fields from the query and a POST's from the body, and from nowhere else.
func readForm(w http.ResponseWriter, r *http.Request) (form, error) {
	body, err := readBody(w, r)
	switch {
	case err != nil:
		return nil, err
	case r.Method == http.MethodGet && len(body) > 0:
		return nil, badRequest("A GET request takes its parameters from the query string, and no body.")
	case r.Method == http.MethodGet:
		return parseForm(r.URL.RawQuery)
	case r.URL.RawQuery != "":
		return nil, badRequest("A form takes its parameters from the body, and no query string.")
	}
	if err := checkFormType(r.Header); err != nil {
		return nil, err
	}
	return parseForm(string(body))
}

// checkFormType has MLflow's words.
func checkFormType(h http.Header) error {
	mediaType, parameters, err := mime.ParseMediaType(h.Get("Content-Type"))
	charset, given := parameters["charset"]
	if err != nil || len(h["Content-Type"]) != 1 || mediaType != "application/x-www-form-urlencoded" || given && !strings.EqualFold(charset, "utf-8") ||
		h.Get("Content-Encoding") != "" {
		return badRequest("Invalid content type. Must be application/x-www-form-urlencoded")
	}
	return nil
}

func parseForm(text string) (form, error) {
	values, err := url.ParseQuery(text)
	if err != nil {
		return nil, badRequest("The form is malformed.")
	}
	for name, all := range values {
		if len(all) > 1 && !repeatable[name] {
			return nil, invalid("Field %s appears %d times in the form.", quote(name), len(all))
		}
		if !utf8.ValidString(name) || slices.ContainsFunc(all, func(s string) bool { return !utf8.ValidString(s) }) {
			return nil, badRequest("The form is not UTF-8.")
		}
	}
	return form(values), nil
}

// one is a field's value; "" when it is not there.
func (f form) one(name string) string { return url.Values(f).Get(name) }

// trimmed is one without the spaces around it, which people type and paste.
func (f form) trimmed(name string) string { return strings.TrimSpace(f.one(name)) }
