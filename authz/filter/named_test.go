package filter

import (
	"context"
	"errors"
	"testing"
	"time"

	"extauthz/authz"
	"extauthz/authz/mlflow"
)

// endpoints resolve names to ids, and only e-mine may be used.
type endpoints map[string]string

func (e endpoints) Resolve(_ context.Context, ref authz.Ref) (authz.Resolution, error) {
	id := e[ref.ID]
	switch {
	case ref.Kind != authz.RefGatewayEndpointName || id == "down":
		return authz.Resolution{}, errors.New("connection refused")
	case id == "":
		return authz.Resolution{}, authz.Refuse(authz.UnknownResource, "x")
	default:
		return authz.Governed(authz.InDefault(authz.GatewayEndpoint, id)), nil
	}
}

func (endpoints) Meets(_ context.Context, _ authz.Principal, need authz.Need, r authz.Resource) (authz.Check, error) {
	return authz.Check{Met: need.Action == authz.CanUse && r.ID == "e-mine"}, nil
}

// TestRowsOfNames: the gateway lists its endpoints by name, and grants are on their ids. Who may not use one does not see it; one that is gone
// meanwhile is nobody's; a look-up that fails shows nothing at all.
func TestRowsOfNames(t *testing.T) {
	list := &mlflow.Listing{Rows: "data", ID: "id", Kind: authz.GatewayEndpoint, Ref: authz.RefGatewayEndpointName, Action: authz.CanUse, Whole: true}
	names := endpoints{"mine": "e-mine", "theirs": "e-theirs", "down": "down"}
	f := &Filter{Resolver: names, Decider: names, Tokens: tokens, Refill: time.Minute}
	for body, want := range map[string]string{
		`{"object":"list","data":[{"id":"theirs"},{"id":"mine"},{"id":"gone"}]}`: `{"data":[{"id":"mine"}],"object":"list"}`,
		`{"data":[{"id":"theirs"}]}`:               `{"data":[]}`,
		`{"data":[{"id":"mine"},{"id":"down"}]}`:   "",
		`{"data":[{"id":"mine"},{"name":"mine"}]}`: "",
	} {
		got, err := f.First(t.Context(), authz.Principal{UserID: 7}, Search{Row: &mlflow.Row{Listing: list}, Method: "GET", Params: []byte("{}")}, []byte(body))
		if (err == nil) != (want != "") || want != "" && string(got) != want+"\n" && string(got) != want {
			t.Errorf("%s: %s, %v", body, got, err)
		}
	}
}
