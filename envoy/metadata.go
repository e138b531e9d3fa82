package envoy

import (
	"strings"

	"google.golang.org/protobuf/types/known/structpb"

	"extauthz/authz"
)

// Namespace is where Envoy puts the dynamic metadata of ext_authz.
const Namespace = "envoy.filters.http.ext_authz"

// Keys of the dynamic metadata. The first four are for access logs; the others carry what the response filter needs.
const (
	keyEffect    = "effect"
	keyReason    = "reason"
	keyOperation = "operation"
	keyPrincipal = "principal"
	keyUserID    = "user_id"
	keyAdmin     = "admin"
	keyRoles     = "roles"
	keyDefault   = "default_permission"
	keyScope     = "scope"
	keyMethod    = "method"
	keyParams    = "params"
	keyIntent    = "intent"
	keySubjectID = "subject_id"
	keyName      = "name"
	keyWithheld  = "withheld"
	keyWorkspace = "workspace"
	keyKind      = "subject_kind"
	keyRequestID = "request_id"
	// KeyResponse tells Envoy whether ext_proc has anything to do: with Untouched it is left out. See bootstrap.
	KeyResponse = "response"
	Untouched   = "untouched"
)

// describe is the dynamic metadata of a decision.
func describe(d authz.Decision, r authz.Request) *structpb.Struct {
	f := make(map[string]*structpb.Value, 4)
	put(f, keyEffect, d.Effect.String())
	put(f, keyReason, string(d.Reason))
	put(f, keyOperation, d.Operation.Name)
	put(f, keyPrincipal, d.Principal.Username)
	switch {
	case d.Effect != authz.Allowed:
	case d.Untouched && r.Proxy.FiltersResponse:
		put(f, KeyResponse, Untouched)
	case d.Untouched:
	case d.Operation.Response != "":
		putPrincipal(f, d.Principal)
		put(f, keyMethod, r.Method)
		put(f, keyParams, string(d.Operation.Params))
		put(f, keyIntent, d.IntentID)
		put(f, keySubjectID, d.Operation.Subject.Resource.ID)
		put(f, keyName, d.Operation.Subject.Name)
		put(f, keyKind, string(d.Operation.Subject.Resource.Kind))
		put(f, keyWorkspace, d.Operation.Workspace)
		put(f, keyWithheld, joined(d.Withheld))
		put(f, keyRequestID, r.ID)
	}
	return &structpb.Struct{Fields: f}
}

func joined(kinds []authz.Kind) string {
	names := make([]string, len(kinds))
	for i, kind := range kinds {
		names[i] = string(kind)
	}
	return strings.Join(names, ",")
}

func split(names string) []authz.Kind {
	if names == "" {
		return nil
	}
	var kinds []authz.Kind
	for name := range strings.SplitSeq(names, ",") {
		kinds = append(kinds, authz.Kind(name))
	}
	return kinds
}

func put(fields map[string]*structpb.Value, key, value string) {
	if value != "" {
		fields[key] = structpb.NewStringValue(value)
	}
}

// Exchange is what ext_authz told ext_proc about the request whose response it now sees.
type Exchange struct {
	Operation, Method, Params, Intent, SubjectID, Name string
	Principal                                          authz.Principal // as much of it as judging takes
	Withheld                                           []authz.Kind
	SubjectKind                                        authz.Kind // with SubjectID
	Workspace                                          string     // as authz.Operation.Workspace
	RequestID                                          string     // for joining logs
	// Untouched: the check found that nothing has to be done. Envoy skips us then, where it can be told to.
	Untouched bool
}

// Allowed reports whether ext_authz let the request through, for a principal that it named.
func (x Exchange) Allowed() bool { return x.Principal.Known() || x.Untouched }

// recall reads the metadata back. It is the zero Exchange when ext_authz did not let the request through.
func recall(s *structpb.Struct) Exchange {
	get := func(key string) string { return s.GetFields()[key].GetStringValue() }
	switch {
	case get(keyEffect) != authz.Allowed.String():
		return Exchange{}
	case get(KeyResponse) == Untouched:
		return Exchange{Operation: get(keyOperation), Untouched: true}
	}
	p := recallPrincipal(get)
	if !p.Known() {
		return Exchange{}
	}
	return Exchange{
		Operation: get(keyOperation), Method: get(keyMethod), Params: get(keyParams), Intent: get(keyIntent),
		SubjectID: get(keySubjectID), SubjectKind: authz.Kind(get(keyKind)), Name: get(keyName), Principal: p,
		Withheld: split(get(keyWithheld)), Workspace: get(keyWorkspace),
		RequestID: get(keyRequestID),
	}
}
