package api

import (
	"errors"
	"io"
	"net/http"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// API is the HTTP handler, and what a face that speaks no REST asks by Call.
type API struct {
	http.Handler
	face  *handler
	typed map[string]endpoint
}

// Answer is what came of a Call: JSON, or a Stream of bytes.
type Answer struct {
	JSON   jsontext.Value
	Stream func(io.Writer) error
}

// Failure is why a Call was not carried out, as REST tells it.
type Failure struct {
	Status    int // of HTTP
	ErrorCode string
	Message   string
}

func (f *Failure) Error() string { return f.Message }

// typed are the operations that other faces have: an operation for every kind of resource where REST has endpoints for each.
func (o *operations) typed() map[string]endpoint {
	all := map[string]endpoint{
		"GetUserGrant":    {method: "GET", operation: "GetUserGrant", action: serve(grant[resourceKey](o.getGrant), oneUserGrant)},
		"UpdateUserGrant": {method: "PATCH", operation: "UpdateUserGrant", action: serve(grant[resourceGrant](o.updateGrant), empty)},
	}
	for _, e := range o.endpoints() {
		if e.typed == "" {
			all[e.operation] = e
		}
	}
	return all
}

// TypedOperations names for every operation of the REST API the one that Call knows for it.
func TypedOperations() map[string]string {
	all := map[string]string{}
	for _, e := range (&operations{}).endpoints() {
		if all[e.operation] = e.operation; e.typed != "" {
			all[e.operation] = e.typed
		}
	}
	return all
}

// Call carries out an operation. r is what the call would be as an HTTP request: it says who asks, from where, and under which id, and that it
// has a body. input is read once that is known, and who asks is looked at again then. The error is a *Failure, or input's.
func (a *API) Call(r *http.Request, operation string, input func() (jsontext.Value, error)) (Answer, error) {
	o := a.outcome(r, operation, input)
	if broken, ok := errors.AsType[unread](o.err); ok {
		a.face.record(r, o, http.StatusBadRequest)
		return Answer{}, broken.error
	}
	if o.err != nil {
		f := asFailure(o.err)
		a.face.record(r, o, f.status)
		return Answer{}, &Failure{Status: f.status, ErrorCode: f.code, Message: f.text}
	}
	a.face.record(r, o, http.StatusOK)
	if send, ok := o.body.(stream); ok {
		return Answer{Stream: send}, nil
	}
	text, err := json.Marshal(o.body, json.Deterministic(true))
	return Answer{JSON: text}, err
}

// unread is that an input could not be read.
type unread struct{ error }

func (a *API) outcome(r *http.Request, operation string, input func() (jsontext.Value, error)) (o outcome) {
	o.facts = a.face.facts(r)
	defer func() {
		if v := recover(); v != nil {
			o.err = a.face.panicked(r.Context(), v)
		}
	}()
	if http.NewCrossOriginProtection().Check(r) != nil {
		o.err = anotherSite()
		return o
	}
	e, known := a.typed[operation]
	ctx, c, err := a.face.admit(r, o.facts, e.method == http.MethodGet)
	if o.principal = c.Principal; err == nil && !known {
		_, err = noSuchPath(nil, r, c)
	}
	if err == nil {
		err = e.mayBeRead(c)
	}
	if err != nil {
		o.err = err
		return o
	}
	in, err := input()
	switch {
	case err != nil:
		o.err = unread{err}
		return o
	case int64(len(in)) > e.largest():
		o.err = tooLarge(e.largest())
		return o
	}
	if c, o.err = a.face.still(r, c, e.method == http.MethodGet); o.err == nil {
		o.body, o.err = e.do(ctx, c, in)
	}
	return o
}
