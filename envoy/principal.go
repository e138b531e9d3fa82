package envoy

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"google.golang.org/protobuf/types/known/structpb"

	"extauthz/authz"
)

// putPrincipal writes down who the caller is, for whoever judges the response. The username has been written already, for access logs.
func putPrincipal(f map[string]*structpb.Value, p authz.Principal) {
	put(f, keyUserID, strconv.FormatUint(p.UserID, 10))
	put(f, keyAdmin, strconv.FormatBool(p.Admin))
	put(f, keyDefault, p.Default.String())
	roles := make([]string, len(p.Roles))
	for i, role := range p.Roles {
		roles[i] = strconv.FormatUint(role, 10)
	}
	put(f, keyRoles, strings.Join(roles, ","))
	if p.Scope != nil {
		scope, err := json.Marshal(p.Scope)
		if err != nil {
			scope = []byte("unreadable") // which recallPrincipal refuses
		}
		put(f, keyScope, string(scope))
	}
}

// recallPrincipal reads it back; nobody when any of it cannot be read, since what is missing may be a restriction.
func recallPrincipal(get func(key string) string) authz.Principal {
	var err error
	p := authz.Principal{Username: get(keyPrincipal), Admin: get(keyAdmin) == "true"}
	if p.UserID, err = strconv.ParseUint(get(keyUserID), 10, 64); err != nil {
		return authz.Principal{}
	}
	if level := get(keyDefault); level != "" {
		if p.Default, err = authz.ParsePermission(level); err != nil {
			return authz.Principal{}
		}
	}
	if roles := get(keyRoles); roles != "" {
		for role := range strings.SplitSeq(roles, ",") {
			id, err := strconv.ParseUint(role, 10, 64)
			if err != nil {
				return authz.Principal{}
			}
			p.Roles = append(p.Roles, id)
		}
	}
	if scope := get(keyScope); scope != "" {
		if err := json.Unmarshal([]byte(scope), &p.Scope, json.RejectUnknownMembers(true)); err != nil || p.Scope == nil {
			return authz.Principal{}
		}
	}
	return p
}
