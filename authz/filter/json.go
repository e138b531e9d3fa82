package filter

import (
	"bytes"
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// object is a JSON object in its order; values stay as they were written.
type object []member

type member struct {
	name  string
	value jsontext.Value
}

var errShape = errors.New("a JSON value is not of the kind that was expected")

// readObject reads one JSON object with distinct names and nothing behind it.
func readObject(text []byte) (object, error) {
	var o object
	d, err := open(text, '{')
	if err != nil {
		return nil, err
	}
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		if err != nil {
			return nil, err
		}
		key := name.String() // the token is void after the next read
		value, err := d.ReadValue()
		if err != nil {
			return nil, err
		}
		o = append(o, member{key, value.Clone()})
	}
	return o, finish(d)
}

func readArray(text []byte) ([]jsontext.Value, error) {
	var list []jsontext.Value
	d, err := open(text, '[')
	if err != nil {
		return nil, err
	}
	for d.PeekKind() != ']' {
		value, err := d.ReadValue()
		if err != nil {
			return nil, err
		}
		list = append(list, value.Clone())
	}
	return list, finish(d)
}

func open(text []byte, kind jsontext.Kind) (*jsontext.Decoder, error) {
	d := jsontext.NewDecoder(bytes.NewReader(text))
	if d.PeekKind() != kind {
		return nil, errShape
	}
	_, err := d.ReadToken()
	return d, err
}

func finish(d *jsontext.Decoder) error {
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	if _, err := d.ReadToken(); err != io.EOF {
		return errShape
	}
	return nil
}

func renderObject(o object) jsontext.Value {
	b := []byte{'{'}
	for i, m := range o {
		if i > 0 {
			b = append(b, ',')
		}
		b, _ = jsontext.AppendQuote(b, m.name) // it was read from valid JSON
		b = append(append(b, ':'), m.value...)
	}
	return append(b, '}')
}

func renderArray(list []jsontext.Value) jsontext.Value {
	b := []byte{'['}
	b = append(b, bytes.Join(asBytes(list), []byte{','})...)
	return append(b, ']')
}

func asBytes(list []jsontext.Value) [][]byte {
	out := make([][]byte, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}
