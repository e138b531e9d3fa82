package mlflow

import (
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
	_ "google.golang.org/protobuf/types/known/durationpb" // the dynamic file imports them
	_ "google.golang.org/protobuf/types/known/fieldmaskpb"
	_ "google.golang.org/protobuf/types/known/structpb"
	_ "google.golang.org/protobuf/types/known/timestamppb"
)

// FuzzTyped: what passes the type check is read by Go's own protobuf, of the same messages, from beginning to end. It is stricter than
// Python's in one thing: an enum's number in quotes.
func FuzzTyped(f *testing.F) {
	lines := slices.Collect(strings.Lines(readFile(f, "testdata/typed-3.17.2.tsv")))
	for i, line := range lines {
		if kind, name, body, _ := typedCase(f, line); kind == "TWIN" || i%16 == 0 {
			f.Add(name, body)
		}
	}
	s := mustSchema(f)
	types := s.protobuf(f)
	f.Fuzz(func(t *testing.T, name, body string) {
		d := types.Messages().ByName(flat(name))
		if s.messages[name] == nil || d == nil || acceptTyped(s, name, body) != nil {
			return
		}
		err := protojson.UnmarshalOptions{DiscardUnknown: true, AllowPartial: true}.Unmarshal([]byte(body), dynamicpb.NewMessage(d))
		if err != nil && !strings.Contains(err.Error(), "invalid value for enum field") {
			t.Errorf("%s %s is accepted, but protobuf says: %v", name, body, err)
		}
	})
}

// flat is a message's name without a package: all of them are in one file here.
func flat(name string) protoreflect.Name {
	return protoreflect.Name(strings.ReplaceAll(name, ".", "_"))
}

// protobuf makes descriptors of the schema, with fields numbered in alphabetical order: JSON does not tell.
func (s schema) protobuf(t testing.TB) protoreflect.FileDescriptor {
	t.Helper()
	file := &descriptorpb.FileDescriptorProto{Name: proto.String("schema.proto"), Dependency: []string{
		"google/protobuf/duration.proto", "google/protobuf/field_mask.proto", "google/protobuf/struct.proto", "google/protobuf/timestamp.proto",
	}}
	for name, values := range s.enums {
		file.MessageType = append(file.MessageType, enumHolder(name, values))
	}
	for name, m := range s.messages {
		file.MessageType = append(file.MessageType, s.descriptor(name, m))
	}
	d, err := protodesc.NewFile(file, protoregistry.GlobalFiles)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// enumHolder is a message around the enum, whose values must be unique in what is around it.
func enumHolder(name string, values map[string]bool) *descriptorpb.DescriptorProto {
	e := &descriptorpb.EnumDescriptorProto{Name: proto.String("E")}
	for v := range values {
		if v[0] < '0' || v[0] > '9' {
			e.Value = append(e.Value, &descriptorpb.EnumValueDescriptorProto{Name: proto.String(v), Number: proto.Int32(int32(len(e.Value)))})
		}
	}
	return &descriptorpb.DescriptorProto{Name: proto.String(string(flat(name)) + "_enum"), EnumType: []*descriptorpb.EnumDescriptorProto{e}}
}

func (s schema) descriptor(name string, m message) *descriptorpb.DescriptorProto {
	d, oneofs := &descriptorpb.DescriptorProto{Name: proto.String(string(flat(name)))}, []string{}
	names := []string{}
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	for i, n := range names {
		f := s.fieldDescriptor(n, m[n], int32(i+1))
		if m[n].Map {
			d.NestedType = append(d.NestedType, mapEntry(n, f))
			f = &descriptorpb.FieldDescriptorProto{Name: f.Name, Number: f.Number, TypeName: proto.String(entryName(n))}
		}
		if m[n].Map || m[n].Repeated {
			f.Label = descriptorpb.FieldDescriptorProto_LABEL_REPEATED.Enum()
		}
		if one := m[n].Oneof; one != "" {
			if !slices.Contains(oneofs, one) {
				oneofs = append(oneofs, one)
				d.OneofDecl = append(d.OneofDecl, &descriptorpb.OneofDescriptorProto{Name: proto.String("one_" + one)})
			}
			f.OneofIndex = proto.Int32(int32(slices.Index(oneofs, one)))
		}
		d.Field = append(d.Field, f)
	}
	return d
}

func (s schema) fieldDescriptor(name string, f field, number int32) *descriptorpb.FieldDescriptorProto {
	d := &descriptorpb.FieldDescriptorProto{Name: proto.String(name), Number: proto.Int32(number), Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum()}
	switch {
	case s.enums[f.Type] != nil:
		d.TypeName = proto.String("." + string(flat(f.Type)) + "_enum.E")
	case s.messages[f.Type] != nil:
		d.TypeName = proto.String("." + string(flat(f.Type)))
	case strings.Contains(f.Type, "."):
		d.TypeName = proto.String("." + f.Type)
	default:
		d.Type = descriptorpb.FieldDescriptorProto_Type(descriptorpb.FieldDescriptorProto_Type_value["TYPE_"+strings.ToUpper(f.Type)]).Enum()
	}
	return d
}

func mapEntry(name string, value *descriptorpb.FieldDescriptorProto) *descriptorpb.DescriptorProto {
	key := &descriptorpb.FieldDescriptorProto{Name: proto.String("key"), Number: proto.Int32(1), Type: descriptorpb.FieldDescriptorProto_TYPE_STRING.Enum()}
	v := proto.Clone(value).(*descriptorpb.FieldDescriptorProto)
	key.Label, v.Name, v.Number = v.Label, proto.String("value"), proto.Int32(2)
	return &descriptorpb.DescriptorProto{
		Name: proto.String(entryName(name)), Field: []*descriptorpb.FieldDescriptorProto{key, v}, Options: &descriptorpb.MessageOptions{MapEntry: proto.Bool(true)},
	}
}

// entryName is the name that protobuf demands: "metadata_x" is MetadataXEntry.
func entryName(field string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(field, "_") {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String() + "Entry"
}
