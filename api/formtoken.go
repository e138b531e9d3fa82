package api

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"time"
)

// formTokens keep other sites from sending our forms with a browser's remembered password. A form has a token, the browser a cookie, and a
// request needs both: the token is the signature over the cookie, the user and when it expires. Replicas with one secret know each other's.
type formTokens struct {
	key []byte
	now func() time.Time
}

const (
	// formLife is how long a form can be filled in, as MLflow's.
	formLife = time.Hour
	// formField is the field with the token, called as MLflow's.
	formField = "csrf_token"
	// formCookie and its name over TLS, which has the browser take it from this very host only.
	formCookie, formCookieTLS = "extauthz-form", "__Host-extauthz-form"
	nonceSize                 = 32
)

// newFormTokens derives the key from a secret that all replicas share. Without one it is random, and forms end with the process.
func newFormTokens(secret []byte, now func() time.Time) (*formTokens, error) {
	if len(secret) == 0 {
		secret = make([]byte, sha256.Size)
		_, _ = rand.Read(secret) // never fails
	}
	key, err := hkdf.Key(sha256.New, secret, nil, "extauthz: forms, version 1", sha256.Size)
	return &formTokens{key, now}, err
}

// issue makes the token of a form for that user's browser, which has the nonce in its cookie.
func (f *formTokens) issue(username string, nonce []byte) string {
	expiry := binary.BigEndian.AppendUint64(nil, uint64(f.now().Add(formLife).Unix()))
	return base64.RawURLEncoding.EncodeToString(append(expiry, f.sign(username, nonce, expiry)...))
}

func (f *formTokens) sign(username string, nonce, expiry []byte) []byte {
	mac := hmac.New(sha256.New, f.key)
	mac.Write(expiry)
	mac.Write(nonce) // both of one length always
	mac.Write([]byte(username))
	return mac.Sum(nil)
}

const againPlease = " Open the form again, and send it from there."

// check refuses a form that this user's browser was not given within the last hour. The texts are MLflow's.
func (f *formTokens) check(token, username string, nonces [][]byte) error {
	text, err := base64.RawURLEncoding.Strict().DecodeString(token)
	switch {
	case token == "":
		return badRequest("The CSRF token is missing." + againPlease)
	case len(nonces) == 0:
		return badRequest("The CSRF session token is missing: your browser sent no cookie along." + againPlease)
	case err != nil || len(text) != 8+sha256.Size:
		return badRequest("The CSRF token is invalid." + againPlease)
	}
	signed := false
	for _, nonce := range nonces {
		signed = signed || hmac.Equal(text[8:], f.sign(username, nonce, text[:8]))
	}
	switch {
	case !signed:
		return badRequest("The CSRF tokens do not match." + againPlease)
	case f.now().Unix() >= int64(binary.BigEndian.Uint64(text)):
		return badRequest("The CSRF token has expired." + againPlease)
	default:
		return nil
	}
}

// nonces are what the browser has in its cookie. A neighbouring host may have set another one of that name.
func nonces(r *http.Request, cookie string) [][]byte {
	var all [][]byte
	for _, c := range r.CookiesNamed(cookie) {
		if nonce, err := base64.RawURLEncoding.Strict().DecodeString(c.Value); err == nil && len(nonce) == nonceSize {
			all = append(all, nonce)
		}
	}
	return all
}

// cookieName is the one that the browser's connection allows.
func cookieName(tls bool) string {
	if tls {
		return formCookieTLS
	}
	return formCookie
}

// giveNonce sets a new cookie and returns what is in it. No script reads it, and no other site has it sent.
func giveNonce(w http.ResponseWriter, tls bool) []byte {
	nonce := make([]byte, nonceSize)
	_, _ = rand.Read(nonce) // never fails
	http.SetCookie(w, &http.Cookie{
		Name: cookieName(tls), Value: base64.RawURLEncoding.EncodeToString(nonce),
		Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: tls,
	})
	return nonce
}
