package mlflow

import (
	"errors"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Owned is what a create's response says of the new thing.
type Owned struct {
	ID, Experiment, Artifacts string
}

// Read takes it out of the response.
func (l *Learned) Read(body []byte) (Owned, error) {
	var o Owned
	for place, into := range map[string]*string{l.ID: &o.ID, l.Experiment: &o.Experiment, l.Artifacts: &o.Artifacts} {
		text, err := Member(body, place)
		if err != nil {
			return o, err
		}
		*into = text
	}
	if !canonicalRunID(o.ID) || !canonicalExperimentID(o.Experiment) {
		return o, errors.New("the response to a create names nothing that MLflow could have made")
	}
	return o, nil
}

// Member is the string at a place like "run/info/run_id" of a JSON object; an error when there is none.
func Member(body []byte, place string) (string, error) {
	value := jsontext.Value(body)
	for name := range strings.SplitSeq(place, "/") {
		var object map[string]jsontext.Value
		if err := json.Unmarshal(value, &object); err != nil {
			return "", err
		}
		value = object[name]
	}
	var text string
	if value.Kind() != '"' {
		return "", errors.New("the response has no " + place)
	}
	err := json.Unmarshal(value, &text)
	return text, err
}
