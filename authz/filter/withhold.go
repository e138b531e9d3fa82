package filter

import (
	"context"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"extauthz/authz"
	"extauthz/authz/mlflow"
)

// Withholder takes out of a response what it mentions of things that the caller may not read.
type Withholder struct {
	Decider Decider
}

// Mentions returns the body without the row's withheld places, as far as kinds or the things themselves are unreadable for the user: kinds
// are those that the check found (authz.Decision.Withheld). Any error means that the body must not be shown.
func (w *Withholder) Mentions(ctx context.Context, p authz.Principal, row *mlflow.Row, workspace string, kinds []authz.Kind, body []byte) ([]byte, error) {
	top := &places{}
	for _, p := range row.Withheld {
		if p.Kind == "" || p.ID != "" || slices.Contains(kinds, p.Kind) || p.Kind == authz.RegisteredModelVersion && slices.Contains(kinds, authz.PromptVersion) {
			top.add(strings.Split(p.Place, "/"), p)
		}
	}
	if top.empty() {
		return body, nil
	}
	c := cut{Withholder: w, ctx: ctx, principal: p, workspace: workspace, kinds: kinds}
	return c.object(body, top)
}

// places are withheld places as a tree of members.
type places struct {
	inner map[string]*places // by member name
	list  bool               // the value is a list, and inner are its elements' members
	here  []mlflow.Withheld  // places that are members of this object
}

func (p *places) empty() bool { return len(p.inner) == 0 && len(p.here) == 0 }

func (p *places) add(steps []string, w mlflow.Withheld) {
	if len(steps) == 1 {
		w.Place = steps[0]
		p.here = append(p.here, w)
		return
	}
	name, list := strings.CutSuffix(steps[0], "[]")
	if p.inner == nil {
		p.inner = map[string]*places{}
	}
	if p.inner[name] == nil {
		p.inner[name] = &places{list: list}
	}
	p.inner[name].add(steps[1:], w)
}

// cut is one response being cut.
type cut struct {
	*Withholder
	ctx       context.Context
	principal authz.Principal
	workspace string
	kinds     []authz.Kind
}

// object cuts the inner places first: what stands beside a place says what it is about.
func (c *cut) object(text jsontext.Value, p *places) (jsontext.Value, error) {
	o, err := readObject(text)
	if err != nil {
		return nil, err
	}
	for i, m := range o {
		if inner := p.inner[m.name]; inner != nil && m.value.Kind() != 'n' {
			if o[i].value, err = c.value(m.value, inner); err != nil {
				return nil, err
			}
		}
	}
	for _, w := range p.here {
		if o, err = c.take(o, w); err != nil {
			return nil, err
		}
	}
	return renderObject(o), nil
}

func (c *cut) value(text jsontext.Value, p *places) (jsontext.Value, error) {
	if !p.list {
		return c.object(text, p)
	}
	elements, err := readArray(text)
	if err != nil {
		return nil, err
	}
	for i, e := range elements {
		if elements[i], err = c.object(e, p); err != nil {
			return nil, err
		}
	}
	return renderArray(elements), nil
}

// take removes one place from an object.
func (c *cut) take(o object, w mlflow.Withheld) (object, error) {
	hidden, err := c.hidden(o, w)
	if err != nil || !hidden {
		return o, err
	}
	if name, key, ok := strings.Cut(strings.TrimSuffix(w.Place, "]"), "["); ok {
		return withoutKey(o, name, key)
	}
	return slices.DeleteFunc(o, func(m member) bool { return m.name == w.Place || slices.Contains(w.Also, m.name) }), nil
}

func (c *cut) hidden(o object, w mlflow.Withheld) (bool, error) {
	switch {
	case w.Kind == "":
		return true, nil
	case w.ID == "":
		kind := w.Kind
		if kind == authz.RegisteredModelVersion && isPrompt(o) {
			kind = authz.PromptVersion
		}
		return slices.Contains(c.kinds, kind), nil
	}
	id := o.text(w.ID)
	if id == "" {
		return false, nil
	}
	resource := authz.Ref{Workspace: c.workspace}.In(w.Kind, id)
	check, err := c.Decider.Meets(c.ctx, c.principal, authz.Need{Action: authz.NotDenied}, resource)
	return !check.Met, err
}

// text is a string member, "" when there is none.
func (o object) text(name string) string {
	var s string
	for _, m := range o {
		if m.name == name && m.value.Kind() == '"' {
			_ = json.Unmarshal(m.value, &s) // it was read from valid JSON
		}
	}
	return s
}

// withoutKey takes the elements of that key out of a list of keys and values.
func withoutKey(o object, name, key string) (object, error) {
	for i, m := range o {
		if m.name != name || m.value.Kind() != '[' {
			continue
		}
		elements, err := readArray(m.value)
		if err != nil {
			return nil, err
		}
		kept := elements[:0]
		for _, e := range elements {
			pair, err := readObject(e)
			if err != nil {
				return nil, err
			}
			if pair.text("key") != key {
				kept = append(kept, e)
			}
		}
		o[i].value = renderArray(kept)
	}
	return o, nil
}

// isPrompt tells a prompt from a registered model by the tag that MLflow goes by.
func isPrompt(o object) bool {
	for _, m := range o {
		if m.name != "tags" || m.value.Kind() != '[' {
			continue
		}
		tags, err := readArray(m.value)
		if err != nil {
			return false
		}
		for _, t := range tags {
			if tag, err := readObject(t); err == nil && tag.text("key") == mlflow.IsPromptTag {
				return strings.EqualFold(tag.text("value"), "true")
			}
		}
	}
	return false
}
