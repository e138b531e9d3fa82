// Package openapi describes Go types in JSON Schema, and HTTP endpoints in OpenAPI 3.1.
//
// What is described is the type that decodes a request or is encoded in its answer, so that neither can be one thing and its description
// another. What a type does not say of itself, a tag of its field does:
//
//	Username string `json:"username" api:"required,name"`
//
//	required      the request is refused without it
//	name          text of 1 to 1024 bytes, as every identifier
//	min=N, max=N  bounds: of a number, of the characters of a text, of the length of a list
//	enum=A|B      one of these
//	format=F      a format of JSON Schema: date-time, password
//	object        a JSON object that is described elsewhere
package openapi
