package jwt

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func write(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestKeysFromAFile(t *testing.T) {
	path := write(t, keySet(allKeys()...))
	s := setStage(t, func(i *Issuer) { i.JWKSFile = path })
	s.accepts(t, s.token("alice"))
	s.fetched(t, 0)
	if err := os.WriteFile(path, []byte(keySet(jwkRSA("next", &rsaKey().PublicKey))), 0o600); err != nil {
		t.Fatal(err)
	}
	s.people.Advance(defaultRefresh)
	s.refuses(t, s.token("alice"))
	s.accepts(t, byKey(s, "next"))
}

func TestKeysFromAURL(t *testing.T) {
	s := setStage(t)
	url := s.idp.URL + "/some/keys"
	s.open(t, func(i *Issuer) { i.JWKSURL = url })
	s.accepts(t, s.token("alice"))
	s.fetched(t, 1)
}

// TestConfigurationOfAnotherIssuer: a server that serves several must not answer for one with another's keys.
func TestConfigurationOfAnotherIssuer(t *testing.T) {
	s := setStage(t)
	s.idp.issuer.Store(s.idp.URL + "/other")
	s.refuses(t, s.token("alice"))
	s.fetched(t, 0)
	s.idp.issuer.Store(s.idp.URL)
	s.people.Advance(pause)
	s.accepts(t, s.token("alice"))
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	s := setStage(t)
	evil := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("followed") }))
	defer evil.Close()
	s.idp.handler.Store(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, evil.URL, http.StatusFound)
	}))
	s.refuses(t, s.token("alice"))
	s.fetched(t, 1)
}

func TestServerThatSaysNothing(t *testing.T) {
	s := setStage(t)
	stop := make(chan struct{})
	s.idp.handler.Store(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-stop:
		}
	}))
	s.refuses(t, s.token("alice"))
	close(stop)
	s.fetched(t, 1)
}

// TestTokenForKeysGoesToTheIssuerOnly, as a pod's own token does to the cluster.
func TestTokenForKeysGoesToTheIssuerOnly(t *testing.T) {
	path := write(t, "pods-own-token\n")
	s := setStage(t, func(i *Issuer) { i.TokenFile = path })
	s.accepts(t, s.token("alice"))
	if got := s.idp.bearer.Load(); got != "Bearer pods-own-token" {
		t.Errorf("the issuer got %q", got)
	}
	elsewhere := newProvider(t)
	configuration := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(`{"issuer":"http://` + r.Host + `","jwks_uri":"` + elsewhere.URL + `/keys"}`))
	}))
	defer configuration.Close()
	s.open(t, func(i *Issuer) { i.TokenFile, i.Issuer = path, configuration.URL })
	s.accepts(t, s.token("alice", with("iss", configuration.URL)))
	if got := elsewhere.bearer.Load(); got != "" {
		t.Errorf("another host got %q", got)
	}
}

func TestCertificatesOfTheIssuersServer(t *testing.T) {
	s := setStage(t)
	secure := httptest.NewTLSServer(s.idp)
	defer secure.Close()
	ca := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw}))
	s.open(t, func(i *Issuer) { i.JWKSURL, i.CAFile = secure.URL+"/keys", write(t, ca) })
	s.accepts(t, s.token("alice"))
	s.open(t, func(i *Issuer) { i.JWKSURL = secure.URL + "/keys" })
	s.refuses(t, s.token("alice"))
}

func TestNewRefuses(t *testing.T) {
	s := setStage(t)
	for name, tc := range map[string]struct {
		change func(*Issuer)
		want   string
	}{
		"no issuer":                              {func(i *Issuer) { i.Issuer = "" }, "issuer:"},
		"no audience":                            {func(i *Issuer) { i.Audiences = nil }, "audiences:"},
		"an empty audience":                      {func(i *Issuer) { i.Audiences = []string{audience, ""} }, "audiences:"},
		"none":                                   {func(i *Issuer) { i.Algorithms = []string{"none"} }, "algorithms:"},
		"HS256":                                  {func(i *Issuer) { i.Algorithms = []string{"RS256", "HS256"} }, "algorithms:"},
		"two places for keys":                    {func(i *Issuer) { i.JWKSURL, i.JWKSFile = "https://a/keys", "keys" }, "jwks_url:"},
		"keys without TLS":                       {func(i *Issuer) { i.JWKSURL = "http://example.com/keys" }, "https"},
		"an issuer without TLS":                  {func(i *Issuer) { i.Issuer = "http://example.com" }, "https"},
		"an issuer that is no URL, and no keys":  {func(i *Issuer) { i.Issuer = "cluster" }, "URL"},
		"a password in the URL":                  {func(i *Issuer) { i.JWKSURL = "https://a:b@example.com/keys" }, "URL"},
		"a key file that is not there":           {func(i *Issuer) { i.JWKSFile = "missing" }, "missing"},
		"a key file of nothing":                  {func(i *Issuer) { i.JWKSFile = write(t, keySet()) }, "no public key"},
		"a key file with secrets only":           {func(i *Issuer) { i.JWKSFile = write(t, keySet(`{"kty":"oct","k":"c2VjcmV0"}`)) }, "no public key"},
		"a CA file that is not there":            {func(i *Issuer) { i.CAFile = "missing" }, "missing"},
		"a CA file of nothing":                   {func(i *Issuer) { i.CAFile = write(t, "x") }, "no certificate"},
		"a token file that is not there":         {func(i *Issuer) { i.TokenFile = "missing" }, "missing"},
		"an empty token file":                    {func(i *Issuer) { i.TokenFile = write(t, "\n") }, "no token"},
		"a username of no claim":                 {func(i *Issuer) { i.Username = "alice" }, "username:"},
		"a username of half a claim":             {func(i *Issuer) { i.Username = "{sub" }, "username:"},
		"two claims without a character between": {func(i *Issuer) { i.Username = "{a}{b}" }, "username:"},
		"groups without roles":                   {func(i *Issuer) { i.Groups = "groups" }, "groups:"},
		"roles without groups":                   {func(i *Issuer) { i.Roles = map[string]string{"a": "b"} }, "groups:"},
		"refreshing all the time":                {func(i *Issuer) { i.RefreshEvery = 1 }, "refresh_every:"},
		"keeping shorter than refreshing":        {func(i *Issuer) { i.KeepFor = 2 * pause }, "refresh_every:"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := New(Config{Issuers: []Issuer{s.trusted(tc.change)}, Users: s.people}); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want an error that names %q", err, tc.want)
			}
		})
	}
	for name, c := range map[string]Config{
		"no users":        {Issuers: []Issuer{s.trusted()}},
		"an issuer twice": {Users: s.people, Issuers: []Issuer{s.trusted(), s.trusted()}},
	} {
		if _, err := New(c); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := New(Config{Issuers: []Issuer{s.trusted()}, Users: s.people}); err != nil {
		t.Error(err)
	}
}
