package bootstrap

import (
	"slices"

	"extauthz/authz/mlflow"
)

// Special are requests that need more of the proxy than the catch-all route gives. It is what this package renders routes from, for those who
// write the same for another control plane.
type Special struct {
	Treatment string   // Upload, Filtered or AuthAPI; see the package's comment
	Path      string   // as rows write it, without a second spelling
	Methods   []string // sorted; HEAD is with GET
}

// The treatments of special requests.
const (
	Upload   = "upload"
	Filtered = "filtered"
	AuthAPI  = "auth-api"
)

// Specials returns all that the route table has, the most specific first.
func Specials() []Special {
	names := map[treatment]string{upload: Upload, filtered: Filtered, authAPI: AuthAPI}
	var out []Special
	for _, s := range specials(mlflow.Rows()) {
		out = append(out, Special{Treatment: names[s.treatment], Path: s.path, Methods: slices.Clone(s.methods)})
	}
	return out
}

// StrippedHeaders are request headers that the proxy takes out before anything reads them.
func StrippedHeaders() []string { return slices.Clone(strippedHeaders) }
