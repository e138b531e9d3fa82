package mlflow

import (
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"extauthz/authz"
)

// IsPromptTag tells prompts, which MLflow keeps among its registered models: a prompt is one that has it with the value true. The tag
// that is stored decides which kind's grants govern; a request's own tags count where they are what will be stored.
const IsPromptTag = "mlflow.prompt.is_prompt"

// promptSources stand in the place of a prompt version's source, which has no files (mlflow/prompt/constants.py). They name nothing.
var promptSources = map[string]bool{"dummy-source": true, "prompt-template": true}

// marker reads the tag in the tags of a create. Of several MLflow takes the last, and before 3.15 in places any, so there may be one only.
func (in input) marker() (isPrompt, present bool, err error) {
	tags, _ := in.params["tags"].([]any)
	for _, t := range tags {
		tag, _ := t.(map[string]any)
		if tag["key"] != IsPromptTag {
			continue
		}
		if present {
			return false, true, authz.Refuse(authz.InvalidParameter, "Invalid value for parameter 'tags': "+IsPromptTag+" stands there more than once.")
		}
		value, _ := tag["value"].(string)
		isPrompt, present = strings.EqualFold(value, "true"), true
	}
	return isPrompt, present, nil
}

// newName is the veto on giving a name: a DENY on it, as either kind, which whatever gets the name would make forgotten.
type newName struct{ field string }

func (n newName) asks() []Ask      { return ask(authz.NotDenied, authz.RegisteredModel, authz.Prompt) }
func (n newName) fields() []string { return []string{n.field} }
func (n newName) describe() string { return "no DENY on the name " + n.field }

func (n newName) needs(in input) ([]authz.Need, error) {
	var all []authz.Need
	for _, kind := range []authz.RefKind{authz.RefNewRegisteredModel, authz.RefNewPrompt} {
		of := RegisteredModel
		of.kind = kind
		needs, err := fieldNeed{authz.NotDenied, of, parseField(n.field)}.needs(in)
		if err != nil {
			return nil, err
		}
		needs[0].Exact = true
		all = append(all, needs...)
	}
	return all, nil
}

// newRegistered is the veto of creating a registered model or a prompt: a DENY on all of that kind, or on that very name.
type newRegistered struct{}

func (newRegistered) asks() []Ask {
	return ask(authz.NotDenied, authz.RegisteredModel, authz.Prompt)
}
func (newRegistered) fields() []string { return []string{"name", "tags"} }
func (newRegistered) describe() string {
	return "no DENY on the name, nor on all registered models, or all prompts if tags say so"
}

func (newRegistered) needs(in input) ([]authz.Need, error) {
	isPrompt, _, err := in.marker()
	if err != nil {
		return nil, err
	}
	of := RegisteredModel
	if of.kind = authz.RefNewRegisteredModel; isPrompt {
		of.kind = authz.RefNewPrompt
	}
	needs, err := fieldNeed{authz.NotDenied, of, parseField("name")}.needs(in)
	if err != nil {
		return nil, err
	}
	byName, err := newName{"name"}.needs(in)
	return append(needs, byName...), err
}

// subjectKind is the kind of what the request creates, renames or deletes. Renames and deletes are of both at once: see
// authz.Resource.Namesakes.
func (row *Row) subjectKind(in input) (authz.Kind, error) {
	if row.Response != authz.Creates || row.Subject.Kind != authz.RegisteredModel {
		return row.Subject.Kind, nil
	}
	isPrompt, _, err := in.marker()
	if isPrompt {
		return authz.Prompt, err
	}
	return authz.RegisteredModel, err
}

// markedVersion is the second veto of creating a version: MLflow lists it by its own tag, which may say otherwise than its parent's.
type markedVersion struct{}

func (markedVersion) asks() []Ask {
	return ask(authz.NotDenied, authz.RegisteredModelVersion, authz.PromptVersion)
}
func (markedVersion) fields() []string { return []string{"tags"} }
func (markedVersion) describe() string { return "no DENY on the kind of version that tags say" }

func (markedVersion) needs(in input) ([]authz.Need, error) {
	isPrompt, present, err := in.marker()
	if err != nil || !present {
		return nil, err
	}
	if isPrompt {
		return unlessDenied{authz.PromptVersion}.needs(in)
	}
	return unlessDenied{authz.RegisteredModelVersion}.needs(in)
}

// keepsKind leaves it to admins to set or delete the tag: it moves what has it to where other grants govern. What was denied on the model
// would not be on the prompt, and its owner would lose it. MLflow's clients never do it. MySQL may take keys for the same that differ in
// case or in spaces at the end.
type keepsKind struct{}

func (keepsKind) asks() []Ask      { return []Ask{{Permission: AskAdmin}} }
func (keepsKind) fields() []string { return []string{"key"} }
func (keepsKind) describe() string { return "admin if key is " + IsPromptTag }

func (keepsKind) needs(in input) ([]authz.Need, error) {
	key, _, err := in.scalar("key")
	if err != nil || !strings.EqualFold(strings.TrimSpace(key), IsPromptTag) {
		return nil, err
	}
	return adminsOnly("the tag " + IsPromptTag), nil
}

// tellPrompt corrects the kind of a row of registered models, whose own tags say which are prompts. A version's tags say nothing certain
// about what it belongs to.
func (l *Listing) tellPrompt(row *PageRow, text jsontext.Value) error {
	if l.Kind != authz.RegisteredModel {
		return nil
	}
	if l.Part != "" {
		row.Kind = ""
		return nil
	}
	var tags []struct {
		Key   string `json:"key"`
		Value string `json:"value"`
	}
	if text != nil {
		if err := json.Unmarshal(text, &tags); err != nil {
			return err
		}
	}
	for _, tag := range tags {
		if tag.Key == IsPromptTag && strings.EqualFold(tag.Value, "true") {
			row.Kind = authz.Prompt
		}
	}
	return nil
}
