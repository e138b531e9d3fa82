package mlflow

import (
	"encoding/hex"
	"strconv"
)

// readJSON reads OTLP's JSON, in which ids are hex. MLflow turns them into protobuf's base64 under their camelCase names alone, so in any
// other spelling they would mean another trace.
func (b *otlpBatch) readJSON(body []byte) error {
	request, err := readBody(body)
	if err != nil {
		return err
	}
	list, err := otlpList(request, "resourceSpans")
	if err == nil && len(list) == 0 {
		return invalidOTLP("there are none")
	}
	return otlpEach(list, err, b.resourceSpansJSON)
}

func (b *otlpBatch) resourceSpansJSON(object map[string]any) error {
	resource, err := otlpMember(object, "resource")
	if err != nil {
		return err
	}
	if resource != nil {
		if err := otlpAttributes(resource, func(key string, _ *string) error { b.resourceAttribute(key); return nil }); err != nil {
			return err
		}
	}
	list, err := otlpList(object, "scopeSpans")
	return otlpEach(list, err, func(scope map[string]any) error {
		list, err := otlpList(scope, "spans")
		return otlpEach(list, err, b.spanJSON)
	})
}

func (b *otlpBatch) spanJSON(object map[string]any) (err error) {
	s := otlpSpan{}
	for name, id := range map[string]*[]byte{"traceId": &s.trace, "spanId": &s.span, "parentSpanId": &s.parent} {
		if *id, err = otlpHex(object, name); err != nil {
			return err
		}
	}
	if err := otlpAttributes(object, func(key string, value *string) error { return b.attribute(&s, key, value) }); err != nil {
		return err
	}
	return b.add(s)
}

func otlpAttributes(holder any, visit func(key string, value *string) error) error {
	object, ok := holder.(map[string]any)
	if !ok {
		return mistyped("resource", "an object", false)
	}
	list, err := otlpList(object, "attributes")
	return otlpEach(list, err, func(attribute map[string]any) error {
		key, err1 := otlpMember(attribute, "key")
		value, err2 := otlpMember(attribute, "value")
		name, ok := key.(string)
		if err1 != nil || err2 != nil || !ok && key != nil {
			return mistyped("key", "a string", false)
		}
		return visit(name, otlpStringJSON(value))
	})
}

// otlpStringJSON is the value if it is a string and nothing else.
func otlpStringJSON(value any) *string {
	object, _ := value.(map[string]any)
	if s, ok := object["stringValue"].(string); ok && len(object) == 1 {
		return &s
	}
	return nil
}

// otlpHex is an id of the span, nil when it has none. Python would skip spaces in it.
func otlpHex(object map[string]any, name string) ([]byte, error) {
	value, err := otlpMember(object, name)
	if value == nil || err != nil {
		return nil, err
	}
	s, ok := value.(string)
	id, err := hex.DecodeString(s)
	return id, mistyped(name, "an id in hex", ok && err == nil)
}

// otlpMember is a member of the object that must not stand there in another spelling.
func otlpMember(object map[string]any, name string) (any, error) {
	for key := range object {
		if key != name && fold(key) == fold(name) {
			return nil, ambiguousBody("the key " + strconv.Quote(key) + " is another spelling of " + name + "; use " + name)
		}
	}
	return object[name], nil
}

func otlpList(object map[string]any, name string) ([]any, error) {
	value, err := otlpMember(object, name)
	if value == nil || err != nil {
		return nil, err
	}
	list, ok := value.([]any)
	return list, mistyped(name, "a list", ok)
}

func otlpEach(list []any, err error, visit func(map[string]any) error) error {
	if err != nil {
		return err
	}
	for _, element := range list {
		object, ok := element.(map[string]any)
		if !ok {
			return ambiguousBody("a list of spans or attributes holds something else")
		}
		if err := visit(object); err != nil {
			return err
		}
	}
	return nil
}
