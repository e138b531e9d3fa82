package rpc

import (
	"bytes"
	"encoding/json"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// fill puts an answer of the REST API into the message. What the message has no field for is left out.
func fill(m proto.Message, text []byte) error {
	var answer any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber() // 64 bits
	if err := d.Decode(&answer); err != nil {
		return err
	}
	fields := m.ProtoReflect().Descriptor().Fields()
	if fields.Len() == 1 && fields.Get(0).Message() != nil && fields.Get(0).Message().FullName() == "google.protobuf.Struct" {
		answer = map[string]any{string(fields.Get(0).Name()): answer} // it has the whole answer
	}
	rename(m.ProtoReflect().Descriptor(), answer)
	text, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	return protojson.UnmarshalOptions{DiscardUnknown: true}.Unmarshal(text, m)
}

// rename gives enums the names that protojson knows. An empty text is none.
func rename(d protoreflect.MessageDescriptor, value any) {
	object, ok := value.(map[string]any)
	if !ok || wellKnown(d) {
		return
	}
	for i := range d.Fields().Len() {
		field := d.Fields().Get(i)
		name := string(field.Name())
		switch v := object[name].(type) {
		case string:
			if field.Kind() == protoreflect.EnumKind {
				object[name] = enumName(field.Enum(), v)
			}
		case []any:
			for _, one := range v {
				if field.Message() != nil {
					rename(field.Message(), one)
				}
			}
		case map[string]any:
			if field.Message() != nil && !field.IsMap() {
				rename(field.Message(), v)
			}
		}
	}
}

func enumName(d protoreflect.EnumDescriptor, word string) any {
	if word == "" {
		return nil
	}
	return prefix(d) + word
}
