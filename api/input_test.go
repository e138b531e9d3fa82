package api

import (
	"net/http"
	"strings"
	"testing"
)

// TestBadInputChangesNothing: each row has a twin in TestGoodInput that differs in nothing but what is wrong here.
func TestBadInputChangesNothing(t *testing.T) {
	f := newFixture(t)
	f.createUser("dora")
	team := f.role("team", "default")        // 6
	f.holds(team, "experiment", "1", "READ") // 3
	f.assign("bob", team)
	long := strings.Repeat("x", 1025)
	for name, c := range map[string]struct {
		method, target, body string
		change               func(*http.Request)
		status               int
	}{
		"malformed":          {"POST", createUser, `{"username":"eve"`, nil, 400},
		"empty body":         {"POST", createUser, ``, header("Content-Type", "application/json"), 400},
		"null":               {"POST", createUser, `null`, nil, 400},
		"array":              {"POST", createUser, `[{"username":"eve","password":"a-good-password"}]`, nil, 400},
		"string":             {"POST", createUser, `"{}"`, nil, 400},
		"trailing":           {"POST", createUser, `{"username":"eve","password":"a-good-password"},`, nil, 400},
		"two objects":        {"POST", createUser, `{"username":"eve","password":"a-good-password"}{}`, nil, 400},
		"duplicate key":      {"POST", createUser, `{"username":"eve","username":"bob","password":"a-good-password"}`, nil, 400},
		"escaped duplicate":  {"POST", createUser, `{"username":"eve","us\u0065rname":"bob","password":"a-good-password"}`, nil, 400},
		"nested duplicate":   {"POST", createUser, `{"username":"eve","password":"a-good-password","x":{"a":1,"a":2}}`, nil, 400},
		"other case":         {"POST", createUser, `{"Username":"eve","password":"a-good-password"}`, nil, 400},
		"both cases":         {"POST", createUser, `{"username":"eve","USERNAME":"bob","password":"a-good-password"}`, nil, 400},
		"camelCase":          {"PATCH", setAdmin, `{"username":"bob","isAdmin":true}`, nil, 400},
		"unknown field":      {"POST", createUser, `{"username":"eve","password":"a-good-password","is_admin":true}`, nil, 400},
		"invalid UTF-8":      {"POST", createUser, "{\"username\":\"eve\",\"password\":\"a-good-password\xff\"}", nil, 400},
		"lone surrogate":     {"POST", createUser, `{"username":"eve","password":"a-good-password\ud800"}`, nil, 400},
		"UTF-8 BOM":          {"POST", createUser, "\ufeff{\"username\":\"eve\",\"password\":\"a-good-password\"}", nil, 400},
		"UTF-16":             {"POST", createUser, "{\x00}\x00", nil, 400},
		"NaN":                {"POST", createUser, `{"username":"eve","password":NaN}`, nil, 400},
		"number":             {"POST", createUser, `{"username":1,"password":"a-good-password"}`, nil, 400},
		"null field":         {"POST", createUser, `{"username":null,"password":"a-good-password"}`, nil, 400},
		"charset":            {"POST", createUser, `{"username":"eve","password":"a-good-password"}`, header("Content-Type", "application/json; charset=latin-1"), 400},
		"json suffix":        {"POST", createUser, `{"username":"eve","password":"a-good-password"}`, header("Content-Type", "application/x+json"), 400},
		"two types":          {"POST", createUser, `{"username":"eve","password":"a-good-password"}`, header("Content-Type", "application/json", "application/json"), 400},
		"no type":            {"POST", createUser, `{"username":"eve","password":"a-good-password"}`, func(r *http.Request) { r.Header.Del("Content-Type") }, 400},
		"compressed":         {"POST", createUser, `{"username":"eve","password":"a-good-password"}`, header("Content-Encoding", "gzip"), 415},
		"too large":          {"POST", createUser, `{"username":"eve","password":"a-good-password"}` + strings.Repeat(" ", 1<<20), nil, 413},
		"query on POST":      {"POST", createUser + "?username=bob", `{"username":"eve","password":"a-good-password"}`, nil, 400},
		"query on PATCH":     {"PATCH", setAdmin + "?is_admin=true", `{"username":"bob","is_admin":false}`, nil, 400},
		"query and body":     {"DELETE", deleteUser + "?username=bob", `{"username":"dora"}`, nil, 400},
		"body on GET":        {"GET", getBob, `{"username":"dora"}`, nil, 400},
		"string for bool":    {"PATCH", setAdmin, `{"username":"bob","is_admin":"true"}`, nil, 400},
		"int for bool":       {"PATCH", setAdmin, `{"username":"bob","is_admin":1}`, nil, 400},
		"null for bool":      {"PATCH", setAdmin, `{"username":"bob","is_admin":null}`, nil, 400},
		"semicolon":          {"DELETE", deleteUser + "?x=1;username=dora", "", nil, 400},
		"repeated parameter": {"DELETE", deleteUser + "?username=dora&username=bob", "", nil, 400},
		"unknown parameter":  {"DELETE", deleteUser + "?username=dora&force=1", "", nil, 400},
		"query not UTF-8":    {"DELETE", deleteUser + "?username=dora%ff", "", nil, 400},
		"bad escape":         {"DELETE", deleteUser + "?username=dora%zz", "", nil, 400},
		"nothing":            {"DELETE", deleteUser, "", nil, 400},
		"leading zero":       {"POST", onExp + "create", `{"experiment_id":"01","username":"bob","permission":"EDIT"}`, nil, 400},
		"plus":               {"POST", onExp + "create", `{"experiment_id":"+1","username":"bob","permission":"EDIT"}`, nil, 400},
		"space":              {"POST", onExp + "create", `{"experiment_id":" 1","username":"bob","permission":"EDIT"}`, nil, 400},
		"newline":            {"POST", onExp + "create", `{"experiment_id":"1\n","username":"bob","permission":"EDIT"}`, nil, 400},
		"other digits":       {"POST", onExp + "create", `{"experiment_id":"１","username":"bob","permission":"EDIT"}`, nil, 400},
		"fraction":           {"POST", onExp + "create", `{"experiment_id":1.0,"username":"bob","permission":"EDIT"}`, nil, 400},
		"exponent":           {"POST", onExp + "create", `{"experiment_id":1e0,"username":"bob","permission":"EDIT"}`, nil, 400},
		"minus zero":         {"POST", onExp + "create", `{"experiment_id":-0,"username":"bob","permission":"EDIT"}`, nil, 400},
		"bool id":            {"POST", onExp + "create", `{"experiment_id":true,"username":"bob","permission":"EDIT"}`, nil, 400},
		"object id":          {"POST", onExp + "create", `{"experiment_id":{"a":1},"username":"bob","permission":"EDIT"}`, nil, 400},
		"20 digits":          {"POST", onExp + "create", `{"experiment_id":"12345678901234567890","username":"bob","permission":"EDIT"}`, nil, 400},
		"all experiments":    {"POST", onExp + "create", `{"experiment_id":"*","username":"bob","permission":"EDIT"}`, nil, 400},
		"all models":         {"POST", onModel + "create", `{"name":"*","username":"bob","permission":"EDIT"}`, nil, 400},
		"NUL":                {"POST", onModel + "create", `{"name":"m\u0000","username":"bob","permission":"EDIT"}`, nil, 400},
		"long name":          {"POST", onModel + "create", `{"name":"` + long + `","username":"bob","permission":"EDIT"}`, nil, 400},
		"number for a name":  {"POST", onModel + "create", `{"name":7,"username":"bob","permission":"EDIT"}`, nil, 400},
		"lower case":         {"POST", onModel + "create", `{"name":"m","username":"bob","permission":"edit"}`, nil, 400},
		"DENY, old API":      {"POST", onModel + "create", `{"name":"m","username":"bob","permission":"DENY"}`, nil, 400},
		"no permission":      {"POST", onModel + "create", `{"name":"m","username":"bob"}`, nil, 400},
		"unknown user":       {"POST", onModel + "create", `{"name":"m","username":"nobody","permission":"EDIT"}`, nil, 404},
		"bad type":           {"POST", grantAPI, `{"username":"bob","resource_type":"x","resource_id":"1","permission":"EDIT"}`, nil, 400},
		"workspace":          {"POST", grantAPI, `{"username":"bob","resource_type":"workspace","resource_id":"*","permission":"USE"}`, nil, 400},
		"NO_PERMISSIONS":     {"POST", grantAPI, `{"username":"bob","resource_type":"experiment","resource_id":"1","permission":"NO_PERMISSIONS"}`, nil, 400},
		"id of a tier":       {"POST", grantAPI, `{"username":"bob","resource_type":"run","resource_id":"abc","permission":"DENY"}`, nil, 400},
		"number for a model": {"POST", grantAPI, `{"username":"bob","resource_type":"registered_model","resource_id":1,"permission":"EDIT"}`, nil, 400},
		"scorer":             {"POST", grantAPI, `{"username":"bob","resource_type":"scorer","resource_id":"nosep","permission":"EDIT"}`, nil, 400},
		"scorer experiment":  {"POST", grantAPI, `{"username":"bob","resource_type":"scorer","resource_id":"01/s","permission":"EDIT"}`, nil, 400},
		"revoke absent":      {"POST", revokeAPI, `{"username":"bob","resource_type":"experiment","resource_id":"1"}`, nil, 404},
		"revoke with level":  {"POST", revokeAPI, `{"username":"alice","resource_type":"experiment","resource_id":"1","permission":"EDIT"}`, nil, 400},
		"role no name":       {"POST", rolesAPI + "create", `{"workspace":"default"}`, nil, 400},
		"role blank name":    {"POST", rolesAPI + "create", `{"name":" ","workspace":"default"}`, nil, 400},
		"role reserved name": {"POST", rolesAPI + "create", `{"name":"__user_1__","workspace":"default"}`, nil, 400},
		"role long name":     {"POST", rolesAPI + "create", `{"name":"` + long + `","workspace":"default"}`, nil, 400},
		"role NUL in name":   {"POST", rolesAPI + "create", `{"name":"a\u0000","workspace":"default"}`, nil, 400},
		"role no workspace":  {"POST", rolesAPI + "create", `{"name":"n"}`, nil, 400},
		"role workspace":     {"POST", rolesAPI + "create", `{"name":"n","workspace":"De Fault"}`, nil, 400},
		"role description":   {"POST", rolesAPI + "create", `{"name":"n","workspace":"default","description":1}`, nil, 400},
		"role twice":         {"POST", rolesAPI + "create", `{"name":"team","workspace":"default"}`, nil, 400},
		"role unknown field": {"POST", rolesAPI + "create", `{"name":"n","workspace":"default","default_permission":"MANAGE"}`, nil, 400},
		"role id text":       {"DELETE", rolesAPI + "delete", `{"role_id":"six"}`, nil, 400},
		"role id fraction":   {"DELETE", rolesAPI + "delete", `{"role_id":6.0}`, nil, 400},
		"role id zeros":      {"DELETE", rolesAPI + "delete", `{"role_id":"06"}`, nil, 400},
		"role id space":      {"DELETE", rolesAPI + "delete", `{"role_id":" 6"}`, nil, 400},
		"role id negative":   {"DELETE", rolesAPI + "delete", `{"role_id":-6}`, nil, 400},
		"role id bool":       {"DELETE", rolesAPI + "delete", `{"role_id":true}`, nil, 400},
		"role id huge":       {"DELETE", rolesAPI + "delete", `{"role_id":18446744073709551622}`, nil, 400},
		"role id missing":    {"DELETE", rolesAPI + "delete", `{}`, nil, 400},
		"role id repeated":   {"DELETE", rolesAPI + "delete?role_id=6&role_id=7", ``, nil, 400},
		"role absent":        {"DELETE", rolesAPI + "delete", `{"role_id":999}`, nil, 404},
		"role is a user":     {"DELETE", rolesAPI + "delete", `{"role_id":2}`, nil, 404},
		"role update none":   {"PATCH", rolesAPI + "update", `{"role_id":6}`, nil, 400},
		"role update nulls":  {"PATCH", rolesAPI + "update", `{"role_id":6,"name":null,"description":null}`, nil, 400},
		"role update blank":  {"PATCH", rolesAPI + "update", `{"role_id":6,"name":""}`, nil, 400},
		"role list blank":    {"GET", rolesAPI + "list?workspace=", ``, nil, 400},
		"role grants level":  {"POST", rolesAPI + "permissions/add", `{"role_id":6,"resource_type":"experiment","resource_pattern":"*","permission":"NO_PERMISSIONS"}`, nil, 400},
		"role grants lower":  {"POST", rolesAPI + "permissions/add", `{"role_id":6,"resource_type":"experiment","resource_pattern":"*","permission":"read"}`, nil, 400},
		"role grants type":   {"POST", rolesAPI + "permissions/add", `{"role_id":6,"resource_type":"nonsense","resource_pattern":"*","permission":"READ"}`, nil, 400},
		"role grants id":     {"POST", rolesAPI + "permissions/add", `{"role_id":6,"resource_type":"experiment","resource_pattern":"01","permission":"READ"}`, nil, 400},
		"role grants part":   {"POST", rolesAPI + "permissions/add", `{"role_id":6,"resource_type":"run","resource_pattern":"r1","permission":"READ"}`, nil, 400},
		"role grants space":  {"POST", rolesAPI + "permissions/add", `{"role_id":6,"resource_type":"workspace","resource_pattern":"x","permission":"USE"}`, nil, 400},
		"role space READ":    {"POST", rolesAPI + "permissions/add", `{"role_id":6,"resource_type":"workspace","resource_pattern":"*","permission":"READ"}`, nil, 400},
		"role space DENY":    {"POST", rolesAPI + "permissions/add", `{"role_id":6,"resource_type":"workspace","resource_pattern":"*","permission":"DENY"}`, nil, 400},
		"role grants twice":  {"POST", rolesAPI + "permissions/add", `{"role_id":6,"resource_type":"experiment","resource_pattern":"1","permission":"EDIT"}`, nil, 400},
		"role grants nobody": {"POST", rolesAPI + "permissions/add", `{"role_id":999,"resource_type":"experiment","resource_pattern":"1","permission":"EDIT"}`, nil, 404},
		"permission level":   {"PATCH", rolesAPI + "permissions/update", `{"role_permission_id":3,"permission":"NO_PERMISSIONS"}`, nil, 400},
		"permission none":    {"PATCH", rolesAPI + "permissions/update", `{"role_permission_id":3}`, nil, 400},
		"permission text":    {"PATCH", rolesAPI + "permissions/update", `{"role_permission_id":"x","permission":"READ"}`, nil, 400},
		"permission absent":  {"PATCH", rolesAPI + "permissions/update", `{"role_permission_id":999,"permission":"READ"}`, nil, 404},
		"permission zero":    {"DELETE", rolesAPI + "permissions/remove", `{"role_permission_id":0}`, nil, 404},
		"assign twice":       {"POST", rolesAPI + "assign", `{"role_id":6,"username":"bob"}`, nil, 400},
		"assign nobody":      {"POST", rolesAPI + "assign", `{"role_id":6,"username":"nobody"}`, nil, 404},
		"assign no username": {"POST", rolesAPI + "assign", `{"role_id":6}`, nil, 400},
		"unassign absent":    {"DELETE", rolesAPI + "unassign", `{"role_id":6,"username":"carol"}`, nil, 404},
		"default lower":      {"PATCH", "/api/1.0/extauthz/roles/update-default", `{"role_id":6,"default_permission":"edit"}`, nil, 400},
		"default DENY":       {"PATCH", "/api/1.0/extauthz/roles/update-default", `{"role_id":6,"default_permission":"DENY"}`, nil, 400},
		"grant twice":        {"POST", onExp + "create", `{"experiment_id":"1","username":"alice","permission":"EDIT"}`, nil, 400},
		"update absent":      {"PATCH", onExp + "update", `{"experiment_id":"1","username":"bob","permission":"EDIT"}`, nil, 404},
	} {
		before, digest := f.revision(), f.digest()
		a := f.call("admin", c.method, c.target, c.body, func(r *http.Request) {
			if c.change != nil {
				c.change(r)
			}
		})
		if a.status != c.status || a.code() == "" || len(a.body) > 600 {
			t.Errorf("%s = %d %.300s, want %d", name, a.status, a.body, c.status)
		}
		if f.revision() != before || f.digest() != digest {
			t.Errorf("%s changed the store", name)
		}
	}
}

func TestGoodInput(t *testing.T) {
	f := newFixture(t)
	f.createUser("dora")
	for _, c := range []struct {
		method, target, body, answer string
		change                       func(*http.Request)
	}{
		{"POST", createUser, `{"username":"eve","password":"a-good-password"}`, `"username":"eve"`, nil},
		{"POST", createUser, `{"username":"eva","password":"a-good-password"}`, `"eva"`, header("Content-Type", `Application/JSON; charset="UTF-8"`)},
		{"PATCH", setAdmin, `{"username":"bob","is_admin":true}`, `{}`, nil},
		{"PATCH", setAdmin, `{"username":"bob","is_admin":false}`, `{}`, nil},
		{"GET", getBob, ``, `"bob"`, nil},
		{"DELETE", deleteUser + "?username=dora", "", `{}`, nil},
		{"DELETE", deleteUser, `{"username":"eva"}`, `{}`, nil},
		{"POST", onExp + "create", `{"experiment_id":"7","username":"bob","permission":"EDIT"}`, `"experiment_id":"7","permission":"EDIT"`, nil},
		{"POST", onExp + "create", `{"experiment_id":8,"username":"bob","permission":"NO_PERMISSIONS"}`, `"experiment_id":8,"permission":"NO_PERM`, nil},
		{"GET", onExp + "get?experiment_id=8&username=bob", ``, `"experiment_id":"8"`, nil},
		{"PATCH", onExp + "update", `{"experiment_id":8,"username":"bob","permission":"USE"}`, `{}`, nil},
		{"DELETE", onExp + "delete?experiment_id=8&username=bob", ``, `{}`, nil},
		{"DELETE", onExp + "delete", `{"experiment_id":7,"username":"bob"}`, `{}`, nil},
		{"POST", onModel + "create", `{"name":"cafe\u0301 *","username":"bob","permission":"EDIT"}`, "\"name\":\"cafe\u0301 *\"", nil},
		{"POST", onModel + "create", `{"name":"caf\u00e9 *","username":"bob","permission":"READ"}`, "\"name\":\"caf\u00e9 *\"", nil},
		{"POST", grantAPI, `{"username":"bob","resource_type":"experiment","resource_id":1,"permission":"DENY"}`, `{}`, nil},
		{"POST", grantAPI, `{"username":"bob","resource_type":"experiment","resource_id":"*","permission":"USE"}`, `{}`, nil},
		{"POST", grantAPI, `{"username":"bob","resource_type":"run","resource_id":"*","permission":"DENY"}`, `{}`, nil},
		{"POST", grantAPI, `{"username":"bob","resource_type":"scorer","resource_id":"1/my%20scorer","permission":"MANAGE"}`, `{}`, nil},
		{"POST", revokeAPI, `{"username":"bob","resource_type":"experiment","resource_id":"1"}`, `{}`, nil},
	} {
		a := f.call("admin", c.method, c.target, c.body, func(r *http.Request) {
			if c.change != nil {
				c.change(r)
			}
		})
		if a.status != 200 || !strings.Contains(a.body, c.answer) {
			t.Errorf("%s %s %s = %d %s, want %s", c.method, c.target, c.body, a.status, a.body, c.answer)
		}
	}
}
