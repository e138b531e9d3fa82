package mlflow

import (
	"strings"

	"extauthz/authz"
)

// scheduleTag plans what MLflow 3.18 runs by itself: the detection of issues, with a gateway secret or endpoint that the plan names
// (mlflow/genai/discovery/schedule.py). The server asks nobody whether its author may use them.
const scheduleTag = "mlflow.issueDetection.schedule"

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
	if begins(key, scheduleTag) {
		return adminsOnly("the tag " + key)
	}
	return nil
}

// begins reports whether a database could take the text to begin with the prefix.
func begins(text, prefix string) bool {
	for end := range text + " " {
		if alike(strings.ToLower(text[:end]), strings.ToLower(prefix)) {
			return true
		}
	}
	return false
}

// tracesNamed keeps names for MLflow: a gateway endpoint "x" traces into the experiment "gateway/x", and into whosever it is by then.
type tracesNamed struct{ field string }

func (n tracesNamed) fields() []string { return []string{n.field} }
func (n tracesNamed) describe() string { return "admin if " + n.field + " begins with gateway/" }
func (tracesNamed) asks() []Ask        { return []Ask{{Permission: AskAdmin}} }

func (n tracesNamed) needs(in input) ([]authz.Need, error) {
	name, _, err := in.scalar(n.field)
	if err != nil || !begins(name, "gateway/") {
		return nil, err
	}
	return adminsOnly("a name like " + name), nil
}

func (experimentTags) asks() []Ask { return []Ask{{Permission: AskAdmin}} }
