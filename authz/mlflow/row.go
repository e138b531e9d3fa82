package mlflow

import "extauthz/authz"

// Row is one operation of MLflow: the request that starts it and what it needs. See Rows.
type Row struct {
	Method    string
	Path      string // as access logs show it; "/api/" answers at "/ajax-api/" too; <name> is one segment, <path:name> the rest
	Operation string // MLflow's request message, or the handler where there is none
	Access    authz.Access
	Needs     []Needer
	Body      Body
	Response  authz.Response
	Listing   *Listing // with authz.Filters: what the response lists
	Subject   *Subject // with authz.Creates, Renames, Deletes: what it is about
	// Fields are the parameters of a handler that has no request message, written as in schema/messages.txt.
	Fields []string
}

// Body says how MLflow reads the request's body.
type Body uint8

const (
	NoBody      Body = iota // a body is refused; parameters come from the query
	JSONBody                // one JSON object that holds the parameters; a query is refused
	OpaqueBody              // bytes that decide nothing: artifact uploads, not sent with the check; parameters come from the query
	AnyBody                 // decides nothing, but small and sent along; parameters come from the query
	GraphQLBody             // a JSONBody with a GraphQL query, see graphql.go; each field of the response is judged by itself
)

// Listing says where a response keeps the rows that must be filtered, and which resource governs a row.
type Listing struct {
	Rows string // the JSON key of the array: "experiments"
	ID   string // the key inside each row: "experiment_id"
	Kind authz.Kind
	Part authz.Kind // the rows' own kind, when they are parts of that resource
}

// Subject says which resource a create, rename or delete is about and where its identifiers are.
type Subject struct {
	Kind authz.Kind
	ID   string // the request's field with the identifier; "" for one that MLflow assigns
	Name string // the request's field with the new name of a create or rename
	// Created is the response's key with the assigned identifier ("experiment_id"); "" when the request names it.
	Created string
}
