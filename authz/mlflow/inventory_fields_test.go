package mlflow

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// absentIn are fields that a need reads and some releases don't know, so that their clients never send them: the need asks less there.
// Needs on an optional field ("model_id?") may be absent anyway.
var absentIn = map[string]string{
	// 3.8 does not trace usage yet: what is asked for it is asked there all the same.
	"CreateGatewayEndpoint experiment_id": "3.8.1", "CreateGatewayEndpoint usage_tracking": "3.8.1",
	"UpdateGatewayEndpoint experiment_id": "3.8.1", "UpdateGatewayEndpoint usage_tracking": "3.8.1",
	"CreateModelVersion model_id":       "2.9.2 2.22.5", // logged models came with MLflow 3
	"CreatePresignedUploadUrl model_id": "3.14.0",       // for runs alone at first
}

// TestNeedsReadWhatEachReleaseReads: in every release that serves a row, the fields of its needs are in that release's own request message.
// A release that calls the field otherwise would act on a resource that nothing checked, and its honest clients would be refused.
func TestNeedsReadWhatEachReleaseReads(t *testing.T) {
	rows, absent := rowsByShape(t), map[string][]string{}
	for _, in := range inventories(t) {
		for _, route := range in.routes {
			row := rows[routeKey{route.method, shape(route.paths()[0])}]
			if row == nil || route.server == "501" || !in.tells(route) {
				continue
			}
			for _, n := range row.Needs {
				for _, field := range in.unknown(row, route, n) {
					absent[row.Operation+" "+field] = append(absent[row.Operation+" "+field], in.release)
				}
			}
		}
	}
	for key, releases := range absent {
		if got := strings.Join(slices.Compact(releases), " "); got != absentIn[key] {
			t.Errorf("%s: no such field in %s (expected absent in %q)", key, got, absentIn[key])
		}
	}
	for key := range absentIn {
		if absent[key] == nil {
			t.Errorf("%s: every release knows it: take it off the list", key)
		}
	}
}

// tells reports whether the inventory knows what the route's request holds: Flask's own handlers read it as they go.
func (in inventory) tells(r servedRoute) bool {
	return in.schema.messages[r.name] != nil || in.models[r.name] != nil
}

// unknown are the fields of a need that the release does not read. Of a parameter with several names one must be known, of an optional one
// none.
func (in inventory) unknown(row *Row, route servedRoute, n Needer) []string {
	var missing []string
	for _, field := range n.fields() {
		if !strings.Contains(row.Path, "<"+field+">") && !strings.Contains(row.Path, "<path:"+field+">") && !in.reads(route, field) {
			missing = append(missing, field)
		}
	}
	if f, ok := n.(fieldNeed); ok && (f.field.optional || len(missing) < len(n.fields())) {
		return nil
	}
	return missing
}

// reads follows a field's path through the release's messages: "locations.mlflow_experiment.experiment_id".
func (in inventory) reads(route servedRoute, path string) bool {
	name, rest, nested := strings.Cut(path, ".")
	if members := in.models[route.name]; members != nil {
		return slices.ContainsFunc(members, func(m string) bool { return strings.HasPrefix(strings.TrimPrefix(m, "?"), name+":") })
	}
	f, ok := in.schema.messages[route.name][name]
	for ok && nested {
		name, rest, nested = strings.Cut(rest, ".")
		f, ok = in.schema.messages[f.Type][name]
	}
	return ok
}

// TestMessagesAreTheMergeOfAllReleases: what we read a request by knows every field that any supported release knows, as it knows it.
func TestMessagesAreTheMergeOfAllReleases(t *testing.T) {
	merged, known := mustSchema(t), schema{messages: map[string]message{}, enums: map[string]map[string]bool{}}
	for _, in := range inventories(t) {
		for name, m := range in.schema.messages {
			if known.messages[name] == nil {
				known.messages[name] = message{}
			}
			maps.Copy(known.messages[name], m)
			for field, f := range m {
				if merged.messages[name][field] != f {
					t.Errorf("MLflow %s: %s.%s is %v there and %v in schema/messages.txt", in.release, name, field, f, merged.messages[name][field])
				}
			}
		}
		for name, values := range in.schema.enums {
			if known.enums[name] == nil {
				known.enums[name] = map[string]bool{}
			}
			maps.Copy(known.enums[name], values)
		}
	}
	for name, m := range merged.messages {
		if !maps.Equal(m, known.messages[name]) {
			t.Errorf("%s: schema/messages.txt is not what the inventories say; run `make inventory`", name)
		}
	}
	for name, values := range merged.enums {
		if !maps.Equal(values, known.enums[name]) {
			t.Errorf("enum %s: schema/messages.txt is not what the inventories say; run `make inventory`", name)
		}
	}
}

// TestServedIsWhatTheInventoriesSay: `extauthz routes --release` reads the summary of them (schema/served.txt).
func TestServedIsWhatTheInventoriesSay(t *testing.T) {
	var rows []Row
	by := map[string][]string{}
	for _, in := range inventories(t) {
		for _, route := range in.routes {
			if by[route.String()] == nil {
				rows = append(rows, Row{Method: route.method, Path: route.paths()[0], Operation: route.String()})
			}
			by[route.String()] = append(by[route.String()], in.release)
		}
	}
	for i, releases := range Served(rows) {
		if !slices.Equal(releases, by[rows[i].Operation]) {
			t.Errorf("%s is served by %v, and by %v in schema/served.txt; run `make inventory`", rows[i].Operation, by[rows[i].Operation], releases)
		}
	}
}
