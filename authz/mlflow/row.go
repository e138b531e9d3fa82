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
	Listing   *Listing   // with authz.Filters: what the response lists
	Subject   *Subject   // with authz.Creates, Renames, Deletes: what it is about
	Withheld  []Withheld // what the response mentions of other things
	Learned   *Learned   // with authz.Learns: what the response tells
	Conceals  []string   // headers of the request that MLflow must not see
	// Fields are the parameters of a handler that has no request message, written as in schema/messages.txt.
	Fields []string
	// Workspaces: MLflow serves it with --enable-workspaces only. Without, it is up to admins to be told so.
	Workspaces bool
}

// Body says how MLflow reads the request's body.
type Body uint8

const (
	NoBody      Body = iota // a body is refused; parameters come from the query
	JSONBody                // one JSON object that holds the parameters; a query is refused
	OpaqueBody              // bytes that decide nothing: artifact uploads, not sent with the check; parameters come from the query
	AnyBody                 // decides nothing, but small and sent along; parameters come from the query
	FastAPIBody             // one JSON object in whatever framing: FastAPI reads it, not Flask; the query decides nothing
	OTLPBody                // spans in OpenTelemetry's protocol, see otlp.go; the header names the experiment, and a query is refused
	GraphQLBody             // a JSONBody with a GraphQL query, see graphql.go; each field of the response is judged by itself
)

// Listing says where a response keeps the rows that must be filtered, and which resource governs a row.
type Listing struct {
	Rows string // the JSON key of the array: "experiments"
	ID   string // the key inside each row: "experiment_id"
	Kind authz.Kind
	Part authz.Kind // the rows' own kind, when they are parts of that resource
	Name string     // the key inside each row with the part's own name, where grants can name it: "scorer_name"
	// Organization is the key inside each row with what stands before a skill's name.
	Organization string
	// Ref is what the key inside each row holds where that is not the resource's id but has to be looked up; 0 for none.
	Ref authz.RefKind
	// Action is what the caller must be allowed to do with a row to see it; 0 is READ.
	Action authz.Action
	// Whole: members without a value are written as well (an empty list, a null token), as FastAPI does and its clients expect.
	Whole bool
}

// Subject says which resource a create, rename or delete is about and where its identifiers are.
type Subject struct {
	Kind authz.Kind
	ID   string // the request's field with the identifier; "" for one that MLflow assigns
	In   string // the request's field with the experiment that ID is a scorer of
	Name string // the request's field with the new name of a create or rename
	// Organization is the request's field with what stands before a skill's name; "" for none.
	Organization string
	// Created is where the response has the assigned identifier ("experiment_id", "secret.secret_id"); "" when the request names it.
	Created string
	// First is the response's member with a version, of a create that adds one to what is there: only version 1 is something new.
	First string
	// Unless is the request's field that makes a delete one of a part only.
	Unless string
	// Perhaps: a create that makes it only if it is not there yet.
	Perhaps bool
}

// Learned says where the response to a create tells whose the new thing is, which saves asking for it. Places are as in Withheld.
type Learned struct {
	Ref        authz.RefKind
	ID         string // "run/info/run_id"
	Experiment string
	Artifacts  string
}
