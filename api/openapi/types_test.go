package openapi

import (
	"reflect"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

type extra struct {
	Unknown jsontext.Value `json:",embed"`
}

type request struct {
	extra
	Name  string   `json:"name" api:"required,name"`
	Level string   `json:"level" api:"enum=READ|EDIT"`
	After string   `json:"after" api:"format=date-time"`
	Count *int64   `json:"count" api:"min=1,max=9"`
	Names []string `json:"names" api:"required,max=3"`
}

type partObject struct {
	At  time.Time `json:"at"`
	Why string    `json:"why,omitzero"`
}

type reply struct {
	One  partObject        `json:"one"`
	None *partObject       `json:"none"`
	All  []partObject      `json:"all"`
	By   map[string]uint64 `json:"by"`
}

func TestSchemas(t *testing.T) {
	definitions := Definitions{}
	for name, c := range map[string]struct {
		schema any
		want   string
	}{
		"input": {Input[request](), `{"type":"object","properties":{
			"after":{"anyOf":[{"type":"string","format":"date-time"},{"type":"string","maxLength":0},{"type":"null"}]},
			"count":{"type":["integer","null"],"minimum":1,"maximum":9},
			"level":{"type":["string","null"],"enum":["READ","EDIT","",null]},
			"name":{"type":"string","minLength":1,"maxLength":1024},
			"names":{"type":"array","maxItems":3,"items":{"type":"string"}}},
			"required":["name","names"],"additionalProperties":false}`},
		"in a query":          {Input[request]().Properties["level"].InText(), `{"type":"string","enum":["READ","EDIT",""]}`},
		"a number in a query": {(&Schema{Type: Types{"integer", "string"}, Pattern: "x", Minimum: new(0)}).InText(), `{"type":"integer","minimum":0}`},
		"answer": {definitions.Answer(reflect.TypeFor[reply]()), `{"type":"object","properties":{
			"all":{"type":"array","items":{"$ref":"#/components/schemas/Part"}},
			"by":{"type":"object","additionalProperties":{"type":"integer","minimum":0}},
			"none":{"anyOf":[{"$ref":"#/components/schemas/Part"},{"type":"null"}]},
			"one":{"$ref":"#/components/schemas/Part"}},"required":["one","none","all","by"]}`},
		"definitions": {definitions, `{"Part":{"type":"object","properties":{"at":{"type":"string","format":"date-time"},"why":{"type":"string"}},"required":["at"]}}`},
	} {
		got, err := json.Marshal(c.schema, json.Deterministic(true))
		if err != nil {
			t.Fatal(err)
		}
		want := jsontext.Value(c.want)
		if err := want.Compact(); err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
}
