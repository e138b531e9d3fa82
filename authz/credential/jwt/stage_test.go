package jwt

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/authz/credential/credentialtest"
)

const audience = "mlflow"

// The keys of the issuer under test. Making one takes long, so all tests share them.
var (
	rsaKey   = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })
	otherRSA = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })
	p256     = sync.OnceValue(func() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) })
	p384     = sync.OnceValue(func() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader)) })
	edKey    = sync.OnceValue(func() ed25519.PrivateKey { return ed25519.NewKeyFromSeed([]byte("a seed of exactly thirty-two by.")) })
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// provider is an OpenID provider's two documents, on a server of its own.
type provider struct {
	*httptest.Server
	jwks    atomic.Value // string
	issuer  atomic.Value // string: what the configuration says
	down    atomic.Bool
	handler atomic.Value // http.HandlerFunc, in the place of the key set
	fetches atomic.Int64 // of the key set
	bearer  atomic.Value // string: the last Authorization
}

func newProvider(t testing.TB) *provider {
	p := &provider{}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	p.issuer.Store(p.URL)
	p.jwks.Store(keySet(allKeys()...))
	return p
}

// allKeys has one key of each sort, each with an id.
func allKeys() []string {
	return []string{
		jwkRSA("rsa", &rsaKey().PublicKey), jwkEC("p256", "P-256", &p256().PublicKey),
		jwkEC("p384", "P-384", &p384().PublicKey), jwkEd("ed", edKey().Public().(ed25519.PublicKey)),
	}
}

func keySet(keys ...string) string { return `{"keys": [` + strings.Join(keys, ",") + `]}` }

func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.bearer.Store(r.Header.Get("Authorization"))
	switch {
	case r.URL.Path != "/.well-known/openid-configuration":
		p.fetches.Add(1)
	case !p.down.Load():
		_, _ = w.Write([]byte(`{"issuer": "` + p.issuer.Load().(string) + `", "jwks_uri": "` + p.URL + `/keys"}`))
		return
	}
	if p.down.Load() {
		http.Error(w, "down", http.StatusBadGateway)
	} else if h, ok := p.handler.Load().(http.HandlerFunc); ok {
		h(w, r)
	} else {
		_, _ = w.Write([]byte(p.jwks.Load().(string)))
	}
}

// people are the world's accounts, with roles by name, and provisioning.
type people struct {
	*credentialtest.World
	mu          sync.Mutex
	roles       map[string]uint64
	def         authz.Permission
	provisioned []string
	err         error
}

func (p *people) Provision(_ context.Context, username string) (credential.Account, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.provisioned = append(p.provisioned, username)
	return credential.Account{Principal: authz.Principal{UserID: 900, Username: username}}, p.err
}

func (p *people) Roles(_ context.Context, names []string) (ids []uint64, def authz.Permission, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, name := range names {
		if id, ok := p.roles[name]; ok {
			ids = append(ids, id)
		}
	}
	return ids, p.def, p.err
}

// stage is an authenticator with one issuer that believes in preferred_username, and its provider.
type stage struct {
	*Authenticator
	people *people
	idp    *provider
}

func setStage(t testing.TB, change ...func(*Issuer)) *stage {
	t.Helper()
	return setStageIn(t, credentialtest.NewWorld(), change...)
}

func setStageIn(t testing.TB, w *credentialtest.World, change ...func(*Issuer)) *stage {
	t.Helper()
	s := &stage{people: &people{World: w, roles: map[string]uint64{}}, idp: newProvider(t)}
	s.open(t, change...)
	return s
}

func (s *stage) open(t testing.TB, change ...func(*Issuer)) {
	t.Helper()
	a, err := New(Config{Issuers: []Issuer{s.trusted(change...)}, Users: s.people, Now: s.people.Now})
	if err != nil {
		t.Fatal(err)
	}
	s.Authenticator = a
}

func (s *stage) trusted(change ...func(*Issuer)) Issuer {
	i := Issuer{
		Issuer: s.idp.URL, Audiences: []string{audience}, Username: "{preferred_username}",
		Algorithms: []string{"RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"},
	}
	for _, c := range change {
		c(&i)
	}
	return i
}

// claims are those of a right token of that user, changed.
func (s *stage) claims(username string, change ...func(map[string]any)) map[string]any {
	now := s.people.Now().Unix()
	c := map[string]any{
		"iss": s.idp.URL, "aud": audience, "sub": "0815", "preferred_username": username, "iat": now, "exp": now + 3600,
	}
	for _, f := range change {
		f(c)
	}
	return c
}

func (s *stage) token(username string, change ...func(map[string]any)) string {
	return forge(`{"alg":"RS256","kid":"rsa","typ":"JWT"}`, s.claims(username, change...), signRS256(rsaKey()))
}

func bearing(token string) authz.Request {
	return authz.Request{Method: "GET", Target: "/", Headers: authz.Headers{"authorization": {"Bearer " + token}}}
}

func (s *stage) accepts(t testing.TB, token string) authz.Principal {
	t.Helper()
	p, err := s.Authenticate(t.Context(), bearing(token))
	if err != nil || !p.Known() || p.Method != authz.ByJWT {
		t.Fatalf("a right token is taken for %+v: %v", p, err)
	}
	return p
}

func (s *stage) refuses(t testing.TB, token string) {
	t.Helper()
	if p, err := s.Authenticate(t.Context(), bearing(token)); p.Known() || reason(err) != authz.Unauthenticated {
		t.Errorf("taken for %+v: %v", p, err)
	}
}

func (s *stage) fetched(t testing.TB, want int64) {
	t.Helper()
	if got := s.idp.fetches.Load(); got != want {
		t.Errorf("the keys were fetched %d times, want %d", got, want)
	}
}
