package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"extauthz/authz/mlflow"
	"extauthz/internal/ownership"
)

// settleMade settles what a response of 200 says about each thing that it tells of: a request may start several jobs. A create that only added
// a version to what was there already makes nobody its owner: to the tracker it has failed.
func (r *responder) settleMade(ctx context.Context, s *mlflow.Subject, o ownership.Outcome, body []byte) error {
	if s.First != "" {
		version, err := found(body, s.First)
		if err != nil {
			return err
		}
		if string(version[0]) != "1" {
			o.Status = http.StatusConflict
		}
	}
	if s.Perhaps && o.IntentID == "" { // it was there already, so that nothing was recorded
		return nil
	}
	if s.Created == "" {
		return r.tracker.Settle(ctx, o)
	}
	values, err := found(body, s.Created)
	if err != nil {
		return err
	}
	var errs []error
	for _, value := range values {
		if err := json.Unmarshal(value, &o.Created); err != nil || o.Created == "" {
			errs = append(errs, fmt.Errorf("the response to a create has an empty %s", s.Created))
			continue
		}
		errs = append(errs, r.tracker.Settle(ctx, o))
	}
	return errors.Join(errs...)
}

// found are the values at a place of a response: "job.job_id", "jobs[].job_id". There is at least one, but in a list.
func found(body []byte, place string) ([]jsontext.Value, error) {
	step, rest, more := strings.Cut(place, ".")
	name, list := strings.CutSuffix(step, "[]")
	var object map[string]jsontext.Value
	if err := json.Unmarshal(body, &object); err != nil {
		return nil, fmt.Errorf("the response to a create: %w", err)
	}
	values := []jsontext.Value{object[name]}
	if object[name] == nil {
		return nil, fmt.Errorf("the response to a create has no %s", name)
	}
	if list {
		if err := json.Unmarshal(object[name], &values); err != nil {
			return nil, fmt.Errorf("the response to a create: %w", err)
		}
	}
	if !more {
		return values, nil
	}
	var all []jsontext.Value
	for _, value := range values {
		inner, err := found(value, rest)
		if err != nil {
			return nil, err
		}
		all = append(all, inner...)
	}
	return all, nil
}
