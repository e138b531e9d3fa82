package httpcheck

import (
	"io"
	"net/http"
	"strconv"

	"extauthz/authz"
)

// bodies is what a proxy does with request bodies, by its configuration. The zero value is none of these, and refuses.
type bodies string

const (
	bodySent     bodies = "sent"     // the whole body is here, and what gets the request gets it with this length
	bodyWithheld bodies = "withheld" // there may be one, and we are not shown it
	bodyNone     bodies = "none"     // of a GET or HEAD: the proxy takes it out, if there is one
)

// carried is how the body of one request reaches us.
type carried struct {
	how bodies
	// copied: what we got is a copy with a framing of its own, and length the request's own Content-Length, if it was measured.
	copied, measured bool
	length           string
}

// read puts the body into the request, as far as it may be.
func (c carried) read(r *http.Request, into *authz.Request, limit int) error {
	switch {
	case c.how == bodySent:
		return c.sent(r, into, limit)
	case c.how != bodyWithheld && c.how != bodyNone:
		return untold("in X-Original-Body whether bodies are sent, withheld or none")
	case c.how == bodyNone && !reads(into.Method):
		return untold("that a body is withheld, where its configuration says that there is none: only a GET or HEAD has none")
	case r.ContentLength != 0:
		return untold("that bodies are sent, where it sends one")
	default:
		return nil
	}
}

// sent refuses a body of unknown length: what came as chunks goes on as chunks, which Flask reads as nothing.
func (c carried) sent(r *http.Request, into *authz.Request, limit int) error {
	switch {
	case r.ContentLength < 0 || len(r.TransferEncoding) > 0:
		return authz.Refuse(authz.LengthRequired, "Send the body with a Content-Length: MLflow reads a chunked body as empty. (A proxy that sends every body on in chunks cannot be used with bodies.)")
	case r.ContentLength > int64(limit):
		return authz.Refuse(authz.BodyTooLarge, "The body is larger than the "+strconv.Itoa(limit)+" bytes that extauthz reads (max_request_bytes).")
	case r.ContentLength == 0:
		return nil
	}
	into.Body = make([]byte, r.ContentLength)
	if _, err := io.ReadFull(r.Body, into.Body); err != nil {
		return &authz.Refusal{Reason: authz.AmbiguousBody, Text: "The request body ended before its Content-Length.", Cause: err}
	}
	length, known := c.contentLength(r)
	if !known {
		return nil // package mlflow refuses it where it matters
	}
	if length != strconv.Itoa(len(into.Body)) {
		return authz.Refuse(authz.AmbiguousBody, "The request body that came is not as long as the request says.")
	}
	into.Headers["content-length"] = []string{length}
	return nil
}

// contentLength is the one with which the body reaches MLflow.
func (c carried) contentLength(r *http.Request) (string, bool) {
	if c.copied {
		return c.length, c.measured
	}
	return strconv.FormatInt(r.ContentLength, 10), true
}
