package authz

// Reason says why a Decision is what it is. The list is closed: the zero value refuses, and only Status turns one into an HTTP status.
type Reason string

// Reasons to allow. What stands behind a reason is its line in docs/reference/reasons.md.
const (
	Public        Reason = "public"        // the operation is open to everybody: health, static files
	Authenticated Reason = "authenticated" // any user may do it; lists are filtered on their way back
	IsAdmin       Reason = "admin"         // admins pass
	Granted       Reason = "granted"       // every requirement is met by a grant or the default permission
	Delegated     Reason = "auth_api"      // one of the service's own endpoints, which decides itself
	ReportedOnly  Reason = "report_only"   // it would be denied, for the reason in refused, and is only reported
)

// Reasons to deny.
const (
	Unauthenticated    Reason = "unauthenticated"          // no credential, or a wrong one; the log says which
	Throttled          Reason = "throttled"                // too many attempts by that account or address, or too many passwords to hash at once
	MustChangePassword Reason = "password_change_required" // the account still has MLflow's documented password, and may only change it
	AmbiguousPath      Reason = "ambiguous_path"           // the path is not canonical: MLflow could read it in another way
	AmbiguousQuery     Reason = "ambiguous_query"          // the query can be read in two ways: a parameter twice, in two spellings, or badly encoded
	AmbiguousBody      Reason = "ambiguous_body"           // the body can be read in two ways: a name twice, two spellings of one, or no JSON object
	InvalidParameter   Reason = "invalid_parameter"        // what says which resource is meant is missing, mis-typed or not canonical
	LengthRequired     Reason = "length_required"          // a body without Content-Length, which MLflow reads as empty
	UnsupportedMedia   Reason = "unsupported_media"        // a content type, charset or encoding that MLflow reads in another way
	BodyWithheld       Reason = "body_withheld"            // the decision needs a body that the proxy did not show
	BodyTooLarge       Reason = "body_too_large"           // the body is longer than max_request_bytes
	ProxyHeaders       Reason = "proxy_headers"            // what the proxy must say of the request is missing, repeated or malformed: its configuration is wrong
	UnmappedRoute      Reason = "unmapped_route"           // no row of the route table names this request; admins pass
	AdminOnly          Reason = "admin_only"               // the operation, or something that the request asks for, is for admins
	SwitchedOff        Reason = "switched_off"             // refused to everybody, admins included
	CrossSite          Reason = "cross_site"               // a change that another site's page has a browser send
	PermissionDenied   Reason = "permission_denied"        // what is granted does not suffice; the message says what is missing
	NotCreator         Reason = "not_a_creator"            // who may create things of this kind is set (creators), and this user is not among them
	OutOfScope         Reason = "out_of_scope"             // the user may, and this token or access key may not
	UnknownResource    Reason = "unknown_resource"         // MLflow does not know what the request names, so nothing grants it
	NoSuchExperiment   Reason = "no_such_experiment"       // MLflow has no experiment of that name, and would say the same
	UnfilteredResponse Reason = "unfiltered_response"      // the response has to pass through the service, and the proxy would not send it there
	CreateInProgress   Reason = "create_in_progress"       // somebody else is creating that name at the moment; it is over within minutes
	LookupFailed       Reason = "lookup_failed"            // MLflow did not say whose the resource is
	StoreFailed        Reason = "store_failed"             // the store could not be read or written
	Internal           Reason = "internal_error"           // a fault of the service; the log has it
)

var statuses = map[Reason]int{
	Public: 200, Authenticated: 200, IsAdmin: 200, Granted: 200, Delegated: 200, ReportedOnly: 200,
	Unauthenticated: 401, Throttled: 429, MustChangePassword: 403,
	AmbiguousPath: 400, AmbiguousQuery: 400, AmbiguousBody: 400, InvalidParameter: 400, LengthRequired: 411, UnsupportedMedia: 415,
	BodyTooLarge: 413, ProxyHeaders: 400,
	BodyWithheld: 403, UnmappedRoute: 403, AdminOnly: 403, SwitchedOff: 403, CrossSite: 403, PermissionDenied: 403, NotCreator: 403, OutOfScope: 403, UnknownResource: 403, NoSuchExperiment: 404,
	UnfilteredResponse: 403, CreateInProgress: 503, LookupFailed: 503, StoreFailed: 503, Internal: 503,
}

// Status is the HTTP status of a decision with this reason: 200 allows, everything else refuses. An unknown reason is 503.
func (r Reason) Status() int {
	if s, ok := statuses[r]; ok {
		return s
	}
	return 503
}

// ErrorCode is MLflow's error_code for the status.
func (r Reason) ErrorCode() string {
	switch r {
	case InvalidParameter:
		return "INVALID_PARAMETER_VALUE"
	case NoSuchExperiment:
		return "RESOURCE_DOES_NOT_EXIST"
	}
	switch r.Status() {
	case 400, 411, 413, 415:
		return "BAD_REQUEST"
	case 401:
		return "UNAUTHENTICATED"
	case 403:
		return "PERMISSION_DENIED"
	case 429:
		return "REQUEST_LIMIT_EXCEEDED"
	case 503:
		return "TEMPORARILY_UNAVAILABLE"
	default:
		return "INTERNAL_ERROR"
	}
}
