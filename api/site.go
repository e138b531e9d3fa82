package api

import (
	"context"
	"net/http"
	"strings"

	"extauthz/api/pages"
)

// site is the pages: HTML in front of the same operations that the JSON endpoints are in front of.
type site struct {
	*handler
	ops    *operations
	prefix string // MLflow's --static-prefix, of every link
	tokens *formTokens
	pages  *pages.Set
}

func newSite(h *handler, ops *operations, c Config) (*site, error) {
	tokens, err := newFormTokens(c.SecretKey, c.Now)
	if err != nil {
		return nil, err
	}
	set, err := pages.New()
	return &site{handler: h, ops: ops, prefix: c.StaticPrefix, tokens: tokens, pages: set}, err
}

// screen is a row of the table of pages: what it shows, or what its form does.
type screen struct {
	method string
	path   string
	show   func(ctx context.Context, v visit) (any, error)
	// may is asked before the token of a form, so that who may not send it at all learns that; nil for everybody.
	may func(ctx context.Context, c caller) error
}

// visit is a request for a page, or one of its forms.
type visit struct {
	caller
	form form
	// token goes into the forms of the page.
	token string
	// HTML says that a page is asked for, as browsers do.
	HTML bool
}

func (s *site) screens() []screen {
	return []screen{
		{method: "GET", path: "/signup", show: s.signup},
		{method: "POST", path: "/api/2.0/mlflow/users/create-ui", show: s.signUp, may: s.ops.mayCreateUsers},

		{method: "GET", path: "/extauthz", show: s.toStart},
		{method: "GET", path: "/extauthz/", show: s.start},
		{method: "GET", path: "/extauthz/style.css", show: s.style},
		{method: "GET", path: "/extauthz/tokens", show: s.tokenPage().list},
		{method: "POST", path: "/extauthz/tokens/create", show: s.tokenPage().create},
		{method: "POST", path: "/extauthz/tokens/revoke", show: s.tokenPage().revoke},
		{method: "GET", path: "/extauthz/access-keys", show: s.accessKeyPage().list},
		{method: "POST", path: "/extauthz/access-keys/create", show: s.accessKeyPage().create},
		{method: "POST", path: "/extauthz/access-keys/revoke", show: s.accessKeyPage().revoke},
		{method: "GET", path: "/extauthz/access", show: s.access},
		{method: "GET", path: "/extauthz/audit", show: s.audit},
	}
}

// patterns are the paths as http.ServeMux writes them, with and without the prefix.
func (s screen) patterns(prefix string) []string {
	path := s.path
	if strings.HasSuffix(path, "/") {
		path += "{$}"
	}
	if prefix == "" {
		return []string{path}
	}
	return []string{path, prefix + path}
}

// serve answers a page's requests.
func (s *site) serve(p screen) http.Handler {
	return s.answerIn(s.write, func(w http.ResponseWriter, r *http.Request, c caller) (any, error) {
		if r.Method != p.method {
			return wrongMethod(p.method)(w, r, c)
		}
		if p.may != nil {
			if err := p.may(r.Context(), c); err != nil {
				return nil, err
			}
		}
		f, err := readForm(w, r)
		if err == nil {
			c, err = s.still(r, c, r.Method == http.MethodGet)
		}
		if err != nil {
			return nil, err
		}
		token, err := s.admit(w, r, c, f)
		if err != nil {
			return nil, err
		}
		return p.show(r.Context(), visit{caller: c, form: f, token: token, HTML: wantsHTML(r)})
	})
}

// admit refuses a form that this site did not give to this browser, and returns the token of the next one.
func (s *site) admit(w http.ResponseWriter, r *http.Request, c caller, f form) (token string, err error) {
	tls := overTLS(r, s.proxies)
	has := nonces(r, cookieName(tls))
	if r.Method != http.MethodGet {
		err = s.tokens.check(f.one(formField), c.Username, has)
	}
	if err == nil && len(has) == 0 {
		has = append(has, giveNonce(w, tls))
	}
	if err != nil {
		return "", err
	}
	return s.tokens.issue(c.Username, has[0]), nil
}
