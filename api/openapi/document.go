package openapi

import "strings"

// Document is an OpenAPI document.
type Document struct {
	OpenAPI    string          `json:"openapi"`
	Info       Info            `json:"info"`
	Servers    []Server        `json:"servers"`
	Security   []Security      `json:"security"` // any one of them
	Paths      map[string]Path `json:"paths"`
	Components Components      `json:"components"`
}

// Version is OpenAPI's own.
const Version = "3.1.1"

// Info says what the document is about.
type Info struct {
	Title       string `json:"title"`
	Version     string `json:"version"`
	Description string `json:"description"`
}

// Server is where the paths begin.
type Server struct {
	URL string `json:"url"`
}

// Security names schemes that a request must satisfy together.
type Security map[string][]string

// Path has an operation for each method, or is another one's twin.
type Path struct {
	Twin   string     `json:"$ref,omitzero"`
	Get    *Operation `json:"get,omitzero"`
	Post   *Operation `json:"post,omitzero"`
	Patch  *Operation `json:"patch,omitzero"`
	Delete *Operation `json:"delete,omitzero"`
}

// With adds an operation.
func (p Path) With(method string, op Operation) Path {
	switch method {
	case "GET":
		p.Get = &op
	case "POST":
		p.Post = &op
	case "PATCH":
		p.Patch = &op
	case "DELETE":
		p.Delete = &op
	default:
		panic("openapi: no operation has the method " + method)
	}
	return p
}

// TwinOf is a path that answers as another one does.
func TwinOf(path string) Path {
	return Path{Twin: "#/paths/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(path)}
}

// Operation is one method of one path.
type Operation struct {
	ID          string              `json:"operationId"`
	Summary     string              `json:"summary"`
	Tags        []string            `json:"tags,omitzero"`
	Parameters  []Parameter         `json:"parameters,omitzero"`
	RequestBody *Body               `json:"requestBody,omitzero"`
	Responses   map[string]Response `json:"responses"`
}

// Parameter stands in the query, the path or a header. An empty list is no parameter at all.
type Parameter struct {
	Ref         string  `json:"$ref,omitzero"`
	Name        string  `json:"name,omitzero"`
	In          string  `json:"in,omitzero"`
	Description string  `json:"description,omitzero"`
	Required    bool    `json:"required,omitzero"`
	Schema      *Schema `json:"schema,omitzero"`
}

// Body is what a request carries.
type Body struct {
	Required bool             `json:"required"`
	Content  map[string]Media `json:"content"`
}

// Response is what comes back.
type Response struct {
	Ref         string               `json:"$ref,omitzero"`
	Description string               `json:"description,omitzero"`
	Headers     map[string]Parameter `json:"headers,omitzero"`
	Content     map[string]Media     `json:"content,omitzero"`
}

// Media is the schema of one content type.
type Media struct {
	Schema *Schema `json:"schema,omitzero"`
}

// Components are what the rest refers to.
type Components struct {
	Schemas         Definitions               `json:"schemas"`
	Responses       map[string]Response       `json:"responses"`
	Parameters      map[string]Parameter      `json:"parameters"`
	SecuritySchemes map[string]SecurityScheme `json:"securitySchemes"`
}

// SecurityScheme is a kind of credential.
type SecurityScheme struct {
	Type        string `json:"type"`
	Scheme      string `json:"scheme,omitzero"`
	Description string `json:"description,omitzero"`
}

// Success is the answer of an operation that was carried out.
type Success struct {
	Status   string
	Response Response
}

// JSON is an answer of that schema.
func JSON(s *Schema) Success {
	return Success{"200", Response{Description: "Done.", Content: map[string]Media{"application/json": {Schema: s}}}}
}
