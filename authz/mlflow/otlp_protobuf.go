package mlflow

import (
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
)

// The fields of OpenTelemetry's messages on the way to what MLflow decides by. All of them are length-delimited.
const (
	otlpResourceSpans      = 1 // of ExportTraceServiceRequest
	otlpResource           = 1 // of ResourceSpans
	otlpScopeSpans         = 2
	otlpResourceAttributes = 1 // of Resource
	otlpSpans              = 2 // of ScopeSpans
	otlpTraceID            = 1 // of Span
	otlpSpanID             = 2
	otlpParentID           = 4
	otlpSpanAttributes     = 9
	otlpKey                = 1 // of KeyValue
	otlpValue              = 2
	otlpStringValue        = 1 // of AnyValue
)

// known says of the fields that are read whether they may be repeated.
type known map[protowire.Number]bool

// readProtobuf walks the message without building it: the generated decoder would turn two bytes for an empty span into a hundred. A single
// field that comes twice is refused, although protobuf has rules for it; no encoder writes it.
func (b *otlpBatch) readProtobuf(body []byte) error {
	spans := false
	err := otlpFields(body, known{otlpResourceSpans: true}, func(_ protowire.Number, value []byte) error {
		spans = true
		return b.resourceSpans(value)
	})
	if err == nil && !spans {
		return invalidOTLP("there are none")
	}
	return err
}

func (b *otlpBatch) resourceSpans(message []byte) error {
	return otlpFields(message, known{otlpResource: false, otlpScopeSpans: true}, func(n protowire.Number, value []byte) error {
		if n == otlpScopeSpans {
			return otlpFields(value, known{otlpSpans: true}, func(_ protowire.Number, span []byte) error { return b.span(span) })
		}
		return otlpFields(value, known{otlpResourceAttributes: true}, func(_ protowire.Number, attribute []byte) error {
			key, _, err := otlpKeyValue(attribute)
			b.resourceAttribute(key)
			return err
		})
	})
}

func (b *otlpBatch) span(message []byte) error {
	s, fields := otlpSpan{}, known{otlpTraceID: false, otlpSpanID: false, otlpParentID: false, otlpSpanAttributes: true}
	err := otlpFields(message, fields, func(n protowire.Number, value []byte) error {
		switch n {
		case otlpTraceID:
			s.trace = value
		case otlpSpanID:
			s.span = value
		case otlpParentID:
			s.parent = value
		case otlpSpanAttributes:
			return b.spanAttribute(&s, value)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return b.add(s)
}

func (b *otlpBatch) spanAttribute(s *otlpSpan, message []byte) error {
	key, value, err := otlpKeyValue(message)
	if err != nil {
		return err
	}
	if key != traceRequestID {
		return b.attribute(s, key, nil)
	}
	id, err := otlpString(value)
	if err != nil {
		return err
	}
	return b.attribute(s, key, id)
}

func otlpKeyValue(message []byte) (key string, value []byte, err error) {
	err = otlpFields(message, known{otlpKey: false, otlpValue: false}, func(n protowire.Number, v []byte) error {
		if n == otlpValue {
			value = v
			return nil
		}
		if key = string(v); !utf8.ValidString(key) {
			return ambiguousBody("an attribute's key is not UTF-8")
		}
		return nil
	})
	return key, value, err
}

// otlpString is the value if it is a string and nothing else.
func otlpString(message []byte) (*string, error) {
	number, kind, n := protowire.ConsumeTag(message)
	if n < 0 || number != otlpStringValue || kind != protowire.BytesType {
		return nil, nil
	}
	value, m := protowire.ConsumeString(message[n:])
	if m < 0 || n+m != len(message) {
		return nil, ambiguousBody("an attribute's value has more than one reading")
	}
	return &value, nil
}

// otlpFields visits the known fields of a message.
func otlpFields(message []byte, fields known, visit func(protowire.Number, []byte) error) error {
	var seen [otlpSpanAttributes + 1]bool
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		repeated, reads := fields[number]
		switch {
		case n < 0 || !number.IsValid():
			return notProtobuf()
		case reads && (kind != protowire.BytesType || seen[number] && !repeated):
			return ambiguousBody("a field of its protobuf message is of another type or comes twice")
		case kind == protowire.StartGroupType || kind == protowire.EndGroupType:
			return notProtobuf()
		}
		message = message[n:]
		n = protowire.ConsumeFieldValue(number, kind, message)
		if n < 0 {
			return notProtobuf()
		}
		if reads {
			seen[number] = true
			value, _ := protowire.ConsumeBytes(message)
			if err := visit(number, value); err != nil {
				return err
			}
		}
		message = message[n:]
	}
	return nil
}

func notProtobuf() error { return ambiguousBody("it is not a well-formed protobuf message") }
