package envoy

import (
	"strconv"

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
	keyMethod    = "method"
	keyParams    = "params"
	keyIntent    = "intent"
	keySubjectID = "subject_id"
	keyName      = "name"
)

// describe is the dynamic metadata of a decision.
func describe(d authz.Decision, r authz.Request) *structpb.Struct {
	f := make(map[string]*structpb.Value, 4)
	put(f, keyEffect, d.Effect.String())
	put(f, keyReason, string(d.Reason))
	put(f, keyOperation, d.Operation.Name)
	put(f, keyPrincipal, d.Principal.Username)
	if d.Effect == authz.Allowed && d.Operation.Response != "" {
		put(f, keyUserID, strconv.FormatUint(d.Principal.UserID, 10))
		put(f, keyAdmin, strconv.FormatBool(d.Principal.Admin))
		put(f, keyMethod, r.Method)
		put(f, keyParams, string(d.Operation.Params))
		put(f, keyIntent, d.IntentID)
		put(f, keySubjectID, d.Operation.Subject.Resource.ID)
		put(f, keyName, d.Operation.Subject.Name)
	}
	return &structpb.Struct{Fields: f}
}

func put(fields map[string]*structpb.Value, key, value string) {
	if value != "" {
		fields[key] = structpb.NewStringValue(value)
	}
}

// Exchange is what ext_authz told ext_proc about the request whose response it now sees.
type Exchange struct {
	Operation, Method, Params, Intent, SubjectID, Name string
	UserID                                             uint64
	Admin                                              bool
}

// Allowed reports whether ext_authz let the request through, for a principal that it named.
func (x Exchange) Allowed() bool { return x.UserID != 0 }

// recall reads the metadata back. It is the zero Exchange when ext_authz did not let the request through.
func recall(s *structpb.Struct) Exchange {
	get := func(key string) string { return s.GetFields()[key].GetStringValue() }
	id, err := strconv.ParseUint(get(keyUserID), 10, 64)
	if err != nil || get(keyEffect) != authz.Allowed.String() {
		return Exchange{}
	}
	return Exchange{
		Operation: get(keyOperation), Method: get(keyMethod), Params: get(keyParams), Intent: get(keyIntent),
		SubjectID: get(keySubjectID), Name: get(keyName), UserID: id, Admin: get(keyAdmin) == "true",
	}
}
