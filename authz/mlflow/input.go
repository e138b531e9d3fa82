package mlflow

import (
	"strings"

	"extauthz/authz"
)

// input is one request's parameters, each from the one place where MLflow reads it for this row and method.
type input struct {
	path      map[string]string // variables of the row's path
	params    map[string]any    // the query of a GET, else the JSON body
	workspace string            // where the request looks; "" for the default workspace
}

// values returns the identifiers that the field names, in order.
func (in input) values(f fieldSpec) ([]string, error) {
	in = in.within(f.within)
	if f.list {
		return in.listed(f)
	}
	found := ""
	for _, name := range f.names {
		value, present, err := in.scalar(name)
		if err != nil {
			return nil, err
		}
		switch {
		case !present:
		case value == "":
			return nil, authz.Refuse(authz.InvalidParameter, "Invalid value for parameter '"+name+"': it must not be empty.")
		case found != "" && found != value:
			return nil, authz.Refuse(authz.InvalidParameter, "The parameters "+strings.Join(f.names, " and ")+" disagree; send one of them.")
		default:
			found = value
		}
	}
	if found != "" {
		return []string{found}, nil
	}
	return nil, missing(f)
}

// within is the input that the objects of that path hold.
func (in input) within(path []string) input {
	for _, name := range path {
		object, _ := in.params[name].(map[string]any)
		in = input{params: object, workspace: in.workspace}
	}
	return in
}

func (in input) scalar(name string) (value string, present bool, err error) {
	if v, ok := in.path[name]; ok {
		return v, true, nil
	}
	switch v := in.params[name].(type) {
	case nil:
		return "", false, nil
	case string:
		return v, true, nil
	default:
		return "", true, mistyped(name, "a string", false)
	}
}

// listed may be empty: what an empty scope means is the need's concern.
func (in input) listed(f fieldSpec) ([]string, error) {
	list, _ := in.params[f.names[0]].([]any)
	var ids []string
	for _, element := range list {
		id, err := f.pick(element)
		if err != nil {
			return nil, err
		}
		if id != "" {
			ids = append(ids, id)
		} else if !f.optional {
			return nil, missing(f)
		}
	}
	return ids, nil
}

// pick takes the identifier out of one element of a list; "" when the element has none.
func (f fieldSpec) pick(element any) (string, error) {
	if f.inner == nil && f.tag == "" {
		return asString(f.names[0], element)
	}
	object, _ := element.(map[string]any)
	if f.tag != "" {
		if object["key"] != f.tag {
			return "", nil
		}
		return asString(f.names[0], object["value"])
	}
	last := len(f.inner) - 1
	value := input{params: object}.within(f.inner[:last]).params[f.inner[last]]
	if value == nil || value == "" {
		return "", nil
	}
	return asString(f.inner[last], value)
}

func asString(name string, value any) (string, error) {
	s, ok := value.(string)
	if !ok || s == "" {
		return "", mistyped(name, "a string that is not empty", false)
	}
	return s, nil
}

func missing(f fieldSpec) error {
	if f.optional {
		return nil
	}
	return authz.Refuse(authz.InvalidParameter, "Missing value for required parameter '"+f.names[0]+
		"'. See the API docs for more information about request parameters.")
}
