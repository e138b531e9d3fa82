package authz

// Reason says why a Decision is what it is. The list is closed: the zero value refuses, and only Status turns one into an HTTP status.
type Reason string

// Reasons to allow.
const (
	Public        Reason = "public"        // the operation is open to everybody (health, static files)
	Authenticated Reason = "authenticated" // any principal may do it; lists are filtered on their way back
	IsAdmin       Reason = "admin"         // admins pass
	Granted       Reason = "granted"       // every requirement is met by a grant or the default permission
	Delegated     Reason = "auth_api"      // one of our own endpoints, which decides itself
	ReportedOnly  Reason = "report_only"   // it would be denied; Decision.Refused says why
)

// Reasons to deny.
const (
	Unauthenticated    Reason = "unauthenticated"          // no credential, or a wrong one
	Throttled          Reason = "throttled"                // too many attempts
	MustChangePassword Reason = "password_change_required" // the account may only change its password
	AmbiguousPath      Reason = "ambiguous_path"           // not canonical: MLflow and we could read it differently
	AmbiguousQuery     Reason = "ambiguous_query"
	AmbiguousBody      Reason = "ambiguous_body"
	InvalidParameter   Reason = "invalid_parameter" // missing, mis-typed or not canonical
	LengthRequired     Reason = "length_required"   // a body without Content-Length, which Flask reads as empty
	UnsupportedMedia   Reason = "unsupported_media" // a content type, charset or encoding that MLflow reads differently
	BodyWithheld       Reason = "body_withheld"     // the decision needs a body that the proxy did not send
	BodyTooLarge       Reason = "body_too_large"    // more than the service reads
	ProxyHeaders       Reason = "proxy_headers"     // what the proxy must say of the request is missing, repeated or malformed
	UnmappedRoute      Reason = "unmapped_route"    // no row of the table names this request
	AdminOnly          Reason = "admin_only"
	SwitchedOff        Reason = "switched_off" // refused to everybody, admins included
	CrossSite          Reason = "cross_site"   // a change that another site's page has a browser send
	PermissionDenied   Reason = "permission_denied"
	NotCreator         Reason = "not_a_creator"       // who may create things of this kind is set, and this user is not among them
	OutOfScope         Reason = "out_of_scope"        // the user may, and this credential may not
	UnknownResource    Reason = "unknown_resource"    // MLflow does not know what the request names, so nothing grants it
	NoSuchExperiment   Reason = "no_such_experiment"  // looked up by name: MLflow's own answer is 404
	UnfilteredResponse Reason = "unfiltered_response" // the proxy would not filter this response
	CreateInProgress   Reason = "create_in_progress"  // the same name is being created by somebody else, outcome unknown
	LookupFailed       Reason = "lookup_failed"       // MLflow did not answer who owns the resource
	StoreFailed        Reason = "store_failed"
	Internal           Reason = "internal_error"
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
