package authz

import (
	"net/http"
	"strings"
)

// crossSite refuses a change that a page of another site has a browser send: the browser adds the password that it remembers, or the client
// certificate, whoever's page it is, and parts of MLflow read a body of any type, which such a page may send without asking first. What it reads
// it cannot see. A program's request has neither of the headers.
func crossSite(r Request) error {
	if r.Method == http.MethodGet || r.Method == http.MethodHead || ownSite(r) {
		return nil
	}
	return Refuse(CrossSite, "Permission denied: the request comes from a page of another site.")
}

// ownSite believes what no page can change: Sec-Fetch-Site, or where a browser does not send that, Origin.
func ownSite(r Request) bool {
	if r.Headers.Has("sec-fetch-site") {
		site, _ := r.Headers.One("sec-fetch-site")
		return site == "same-origin" || site == "none" // "none": a person, and no page
	}
	origin, once := r.Headers.One("origin")
	_, host, _ := strings.Cut(origin, "://")
	return !r.Headers.Has("origin") || once && host != "" && host == r.Host
}
