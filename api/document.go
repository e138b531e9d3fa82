package api

import (
	"bytes"
	"crypto/rand"
	"net/http"
	"strings"

	"extauthz/api/pages"
	"extauthz/authz"
)

// document is an answer for people: a page, with what it shows.
type document struct {
	page pages.Page
	// refused is why the page is shown again and nothing was done; nil when all went well.
	refused error
}

// movedTo sends the browser to another page.
type movedTo string

// asset is a file that never changes while the service runs.
type asset struct {
	contentType string
	content     []byte
	tag         string
}

// write answers with a page. Programs that ask for none get errors as they get them everywhere else.
func (s *site) write(w http.ResponseWriter, r *http.Request, o outcome) {
	switch {
	case o.err != nil && (asFailure(o.err).status == http.StatusUnauthorized || !wantsHTML(r)):
		s.handler.write(w, r, o)
	case o.err != nil:
		f := asFailure(o.err)
		s.writePage(w, r, o, document{refused: o.err, page: s.page(o.principal, "refusal", pages.Refusal{Status: f.status, Text: f.text})})
	default:
		s.writeBody(w, r, o)
	}
}

func (s *site) writeBody(w http.ResponseWriter, r *http.Request, o outcome) {
	switch body := o.body.(type) {
	case document:
		s.writePage(w, r, o, body)
	case movedTo:
		s.record(r, o, http.StatusSeeOther)
		secure(w.Header(), "")
		http.Redirect(w, r, string(body), http.StatusSeeOther)
	case asset:
		s.record(r, o, http.StatusOK)
		body.write(w, r)
	default:
		s.handler.write(w, r, o)
	}
}

func (s *site) writePage(w http.ResponseWriter, r *http.Request, o outcome, d document) {
	status := http.StatusOK
	if d.refused != nil {
		o.err, status = d.refused, asFailure(d.refused).status
	}
	d.page.Nonce = rand.Text()
	var content bytes.Buffer
	if err := s.pages.Render(&content, d.page); err != nil {
		o.err = err
		s.handler.write(w, r, o)
		return
	}
	s.record(r, o, status)
	secure(w.Header(), d.page.Nonce)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(content.Bytes()) // a client that is gone is no concern of ours
}

// page is a page for that user.
func (s *site) page(p authz.Principal, name string, view any) pages.Page {
	return pages.Page{Name: name, Prefix: s.prefix, Username: p.Username, Admin: p.Unbounded(), AccessKeys: s.ops.accessKeys != nil, View: view}
}

// secure has browsers load and run nothing but what comes from here, send forms to nowhere else, and keep pages out of frames and caches.
// A script runs only if it has the nonce.
func secure(h http.Header, nonce string) {
	policy := "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	if nonce != "" {
		policy += "; script-src 'nonce-" + nonce + "'"
	}
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

// write has the browser keep the file, and ask whether it is still the same.
func (a asset) write(w http.ResponseWriter, r *http.Request) {
	secure(w.Header(), "")
	w.Header().Set("Cache-Control", "private, no-cache")
	w.Header().Set("Content-Type", a.contentType)
	w.Header().Set("ETag", a.tag)
	if r.Header.Get("If-None-Match") == a.tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = w.Write(a.content)
}

// wantsHTML tells a browser that shows a page from a program. Browsers name the type; programs take anything.
func wantsHTML(r *http.Request) bool {
	return strings.Contains(strings.Join(r.Header["Accept"], ","), "text/html")
}
