package mlflow

import (
	"strings"

	"extauthz/authz"
)

// scheduleTag plans what MLflow 3.18 runs by itself: the detection of issues, with a gateway secret or endpoint that the plan names
// (mlflow/genai/discovery/schedule.py). The server asks nobody whether its author may use them.
const scheduleTag = "mlflow.issueDetection."

// experimentTags are the tags that a request writes to an experiment: only an admin may write a plan.
type experimentTags struct {
	place string // a list of keys and values; "" for the one tag of the request
}

func (n experimentTags) fields() []string {
	if n.place == "" {
		return []string{"key"}
	}
	return []string{n.place}
}

func (experimentTags) describe() string { return "admin if a tag is " + scheduleTag + "*" }

func (n experimentTags) needs(in input) ([]authz.Need, error) {
	if n.place == "" {
		key, _, err := in.scalar("key")
		return planned(key), err
	}
	var needs []authz.Need
	err := in.eachTag(n.place, func(key string, _ any) error {
		needs = append(needs, planned(key)...)
		return nil
	})
	return needs, err
}

// planned is about a key as MySQL compares it, too.
func planned(key string) []authz.Need {
	for end := range key {
		if alike(strings.ToLower(key[:end]), strings.ToLower(scheduleTag)) {
			return adminsOnly("the tag " + key)
		}
	}
	return nil
}

func (experimentTags) asks() []Ask { return []Ask{{Permission: AskAdmin}} }
