package mlflow

import (
	"slices"
	"strings"

	"extauthz/authz"
)

// traceTags are the tags and metadata that a request writes to a trace, or the one tag that it sets or deletes when there are no places.
// Most are labels. Some MLflow acts on by itself: only an admin may write those.
type traceTags struct {
	places []string // each a list of keys and values, or a map
	of     string   // the parameter with the id of a trace that is there already: its own artifact location may stand among the tags
	taken  bool     // the tag is taken off
}

func (n traceTags) fields() []string {
	if n.places == nil {
		return []string{"key"}
	}
	return n.places
}

func (n traceTags) needs(in input) ([]authz.Need, error) {
	if n.places == nil {
		key, _, err := in.scalar("key")
		if err != nil {
			return nil, err
		}
		return n.tag(in, key, nil)
	}
	var needs []authz.Need
	for _, place := range n.places {
		err := in.eachTag(place, func(key string, value any) error {
			more, err := n.tag(in, key, value)
			needs = append(needs, more...)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return needs, nil
}

func (n traceTags) tag(in input, key string, value any) ([]authz.Need, error) {
	switch {
	case !acted(key), n.taken && key == archivalFailureTag:
		return nil, nil
	case n.of != "" && key == artifactLocationTag:
		location, err := asString(key, value)
		ref := authz.Ref{Kind: authz.RefArtifactURI, ID: location, Trace: in.path[n.of]}
		return []authz.Need{{Action: authz.CanUpdate, Ref: ref}}, err
	default:
		return adminsOnly("the tag " + key), nil
	}
}

// eachTag goes through a list of keys and values or through a map.
func (in input) eachTag(place string, do func(key string, value any) error) error {
	f := parseField(place)
	switch tags := in.within(f.within).params[f.names[0]].(type) {
	case []any:
		for _, element := range tags {
			pair, _ := element.(map[string]any)
			key, _ := pair["key"].(string)
			if err := do(key, pair["value"]); err != nil {
				return err
			}
		}
	case map[string]any:
		for key, value := range tags {
			if err := do(key, value); err != nil {
				return err
			}
		}
	}
	return nil
}

const (
	artifactLocationTag = "mlflow.artifactLocation"
	archivalFailureTag  = "mlflow.trace.archivalFailure"
)

// actedOn are the keys of a trace that move something else than the trace:
//
//	mlflow.artifactLocation         where /get-trace-artifact reads its spans and attachments; before 3.18 a client could set it
//	mlflow.trace.spansLocation      which of the two stores they are read from
//	mlflow.trace.archiveLocation    where they are read from when they are archived, and deleted with the trace
//	mlflow.trace.archivalFailure    keeps MLflow from archiving the trace; taking it off is how to make it try again
//	mlflow.gateway.endpointId       counts the trace's cost as spent at that gateway endpoint, against everybody's budget
//	mlflow.auth.username, .userId   whom it counts for
//
// The links mlflow.sourceRun, mlflow.modelId and mlflow.trace.session lead to nothing that a reader of the trace could not ask for himself.
var actedOn = []string{
	artifactLocationTag, "mlflow.trace.spansLocation", "mlflow.trace.archiveLocation", archivalFailureTag,
	"mlflow.gateway.endpointId", "mlflow.auth.username", "mlflow.auth.userId",
}

// acted reports whether a database could take the key for one of actedOn: MySQL compares without regard to case, accents and spaces at the
// end.
func acted(key string) bool {
	key = strings.TrimRight(strings.ToLower(key), " ")
	return slices.ContainsFunc(actedOn, func(name string) bool { return alike(key, strings.ToLower(name)) })
}

// alike matches a key with a name, where a character of the key that is no ASCII may stand for any few of the name's or for none.
func alike(key, name string) bool {
	at := make([]bool, len(name)+1) // how much of the name what was read of the key can stand for
	at[0] = true
	for _, c := range key {
		next := make([]bool, len(at))
		for i := range at {
			switch {
			case !at[i]:
			case c >= 0x80:
				for skip := range min(4, len(at)-i) {
					next[i+skip] = true
				}
			case i < len(name) && byte(c) == name[i]:
				next[i+1] = true
			}
		}
		at = next
	}
	return at[len(name)]
}

func (n traceTags) describe() string {
	if n.of != "" {
		return "admin if a tag is MLflow's own, but for its artifact location"
	}
	return "admin if a tag is MLflow's own"
}

func (traceTags) asks() []Ask { return []Ask{{Permission: AskAdmin}} }
