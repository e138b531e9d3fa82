package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"extauthz/authz"
	"extauthz/authz/filter"
	"extauthz/authz/mlflow"
	"extauthz/envoy"
)

// shelf is an MLflow with experiments 0 to 9, of which the even ones may be read.
type shelf struct{ down bool }

func (s *shelf) Search(_ context.Context, _, _ string, params map[string]any) ([]byte, error) {
	if s.down {
		return nil, errors.New("connection refused")
	}
	token, _ := params["page_token"].(string)
	offset, ok := mlflow.TokenOffset(token)
	if !ok {
		return nil, errors.New("MLflow answered 400: invalid page token")
	}
	var rows []string
	for i := offset; i < 10; i++ {
		rows = append(rows, fmt.Sprintf(`{"experiment_id":"%d"}`, i))
	}
	return []byte(`{"experiments":[` + strings.Join(rows, ",") + `]}`), nil
}

func (s *shelf) Meets(_ context.Context, _ authz.Principal, _ authz.Need, r authz.Resource) (authz.Check, error) {
	return authz.Check{Met: strings.Contains("02468", r.ID)}, nil
}

// TestSealedTokenIsAnsweredHere: MLflow's error for a sealed token is replaced by the page, or by nothing that tells about it.
func TestSealedTokenIsAnsweredHere(t *testing.T) {
	table, err := mlflow.New(mlflow.Server{})
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := filter.NewTokens(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &shelf{}
	r := &responder{table: table, filter: &filter.Filter{MLflow: func(string) filter.Searcher { return s }, Decider: s, Tokens: tokens, Refill: time.Minute}}
	first, err := r.Respond(t.Context(), envoy.Exchange{Operation: "SearchExperiments", Method: "POST", Params: `{"max_results":2}`, Principal: authz.Principal{UserID: 7}}, envoy.Response{
		Status: 200, Body: []byte(`{"experiments":[{"experiment_id":"0"},{"experiment_id":"1"}],"next_page_token":"` + mlflow.OffsetToken(2) + `"}`),
	})
	if err != nil || first.Status != 0 {
		t.Fatalf("the first page: %+v, %v", first, err)
	}
	var page struct {
		Token string `json:"next_page_token"`
	}
	if err := json.Unmarshal(first.Body, &page); err != nil {
		t.Fatal(err)
	}
	refused := []byte(`{"error_code":"INVALID_PARAMETER_VALUE"}`)
	for _, c := range []struct {
		name   string
		change func(*envoy.Exchange, *envoy.Response)
		want   string // "" is an error
	}{
		{"MLflow refuses the token", func(*envoy.Exchange, *envoy.Response) {}, `200 {"experiments":[{"experiment_id":"4"},{"experiment_id":"6"},{"experiment_id":"8"}]}`},
		{"MLflow fails on it", func(_ *envoy.Exchange, r *envoy.Response) { r.Status = 500 }, `200 {"experiments":[{"experiment_id":"4"},{"experiment_id":"6"},{"experiment_id":"8"}]}`},
		{"MLflow takes it for something", func(_ *envoy.Exchange, r *envoy.Response) { r.Status = 200 }, `200 {"experiments":[{"experiment_id":"4"},{"experiment_id":"6"},{"experiment_id":"8"}]}`},
		{"a HEAD", func(x *envoy.Exchange, _ *envoy.Response) { x.Method = "HEAD" }, "0 "},
		{"another user", func(x *envoy.Exchange, _ *envoy.Response) { x.Principal.UserID = 8 }, ""},
		{"MLflow is down", func(_ *envoy.Exchange, r *envoy.Response) { r.Status, s.down = 503, true }, ""},
		{"a compressed error", func(_ *envoy.Exchange, r *envoy.Response) { r.Encoded = true }, ""},
		{"no parameters", func(x *envoy.Exchange, _ *envoy.Response) { x.Params = "" }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.down = false
			x := envoy.Exchange{Operation: "SearchExperiments", Method: "POST", Params: `{"max_results":3,"page_token":"` + page.Token + `"}`, Principal: authz.Principal{UserID: 7}}
			resp := envoy.Response{Status: 400, Body: refused}
			c.change(&x, &resp)
			a, err := r.Respond(t.Context(), x, resp)
			if got := fmt.Sprint(a.Status, " ", strings.TrimSpace(string(a.Body))); (err == nil) != (c.want != "") || err == nil && got != c.want || err != nil && a.Body != nil {
				t.Errorf("%s, %v; want %s", got, err, c.want)
			}
		})
	}
	x := envoy.Exchange{Operation: "SearchExperiments", Method: "POST", Params: `{"max_results":0}`, Principal: authz.Principal{UserID: 7}}
	if a, err := r.Respond(t.Context(), x, envoy.Response{Status: 400, Body: refused}); err != nil || a.Body != nil || a.Status != 0 {
		t.Errorf("an error on the first page: %+v, %v", a, err)
	}
}
