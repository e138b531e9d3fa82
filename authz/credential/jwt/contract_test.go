package jwt

import (
	"crypto"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/authz/credential/credentialtest"
)

// attack is a token that must be refused. The stage has an issuer with all keys, whose users are alice and others.
type attack struct {
	name  string
	token func(s *stage) string
	class error
}

func with(name string, value any) func(map[string]any) {
	return func(c map[string]any) { c[name] = value }
}

func without(name string) func(map[string]any) {
	return func(c map[string]any) { delete(c, name) }
}

// changed is alice's token with other claims.
func changed(change ...func(map[string]any)) func(*stage) string {
	return func(s *stage) string { return s.token("alice", change...) }
}

// headed is alice's token with another header, signed as it says by the right key.
func headed(header string, sign func() signer) func(*stage) string {
	return func(s *stage) string { return forge(header, s.claims("alice"), sign()) }
}

func byRSA() signer { return signRS256(rsaKey()) }

func publicPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: must(x509.MarshalPKIXPublicKey(&rsaKey().PublicKey))})
}

func attacks() []attack {
	malformed, wrong, expired := credential.ErrMalformed, credential.ErrWrong, credential.ErrExpired
	var out []attack
	for _, none := range []string{"none", "None", "NONE", "nOnE"} {
		header := `{"alg":"` + none + `","kid":"rsa","typ":"JWT"}`
		out = append(out,
			attack{"alg " + none + " without signature", headed(header, func() signer { return unsigned }), malformed},
			attack{"alg " + none + " with a signature", headed(header, byRSA), wrong})
	}
	hs256 := `{"alg":"HS256","kid":"rsa","typ":"JWT"}`
	return append(out, []attack{
		{"HS256 with the public key's PEM", headed(hs256, func() signer { return signHMAC(publicPEM()) }), wrong},
		{"HS256 with the public key's DER", headed(hs256, func() signer {
			return signHMAC(must(x509.MarshalPKIXPublicKey(&rsaKey().PublicKey)))
		}), wrong},
		{"HS256 with the public key's modulus", headed(hs256, func() signer { return signHMAC(rsaKey().N.Bytes()) }), wrong},
		{"HS256 with an empty secret", headed(hs256, func() signer { return signHMAC(nil) }), wrong},
		{"HS256 called RS256", headed(`{"alg":"RS256","kid":"rsa"}`, func() signer { return signHMAC(publicPEM()) }), wrong},
		{"an algorithm that is not configured", headed(`{"alg":"PS512","kid":"rsa"}`, byRSA), wrong},
		{"an algorithm in lower case", headed(`{"alg":"rs256","kid":"rsa"}`, byRSA), wrong},
		{"no algorithm", headed(`{"kid":"rsa"}`, byRSA), wrong},
		{"a list of algorithms", headed(`{"alg":["none","RS256"],"kid":"rsa"}`, byRSA), malformed},

		{"another key", func(s *stage) string {
			return forge(`{"alg":"RS256","kid":"rsa"}`, s.claims("alice"), signRS256(otherRSA()))
		}, wrong},
		{"ES256 with an RSA key's id", headed(`{"alg":"ES256","kid":"rsa"}`, func() signer { return signES(p256(), crypto.SHA256) }), wrong},
		{"RS256 with an elliptic key's id", headed(`{"alg":"RS256","kid":"p256"}`, byRSA), wrong},
		{"ES256 on the curve of ES384", headed(`{"alg":"ES256","kid":"p384"}`, func() signer { return signES(p384(), crypto.SHA256) }), wrong},
		{"EdDSA with an RSA key's id", headed(`{"alg":"EdDSA","kid":"rsa"}`, func() signer { return signEd(edKey()) }), wrong},
		{"PS256 by an RS256 signature", headed(`{"alg":"PS256","kid":"rsa"}`, byRSA), wrong},
		{"a signature of zeros", headed(`{"alg":"ES256","kid":"p256"}`, func() signer { return func([]byte) []byte { return make([]byte, 64) } }), wrong},
		{"the claims of another token", func(s *stage) string {
			parts := strings.Split(s.token("alice"), ".")
			return parts[0] + "." + segment(s.claims("root")) + "." + parts[2]
		}, wrong},

		{"its own key (jwk)", func(s *stage) string {
			return forge(`{"alg":"RS256","jwk":`+jwkRSA("rsa", &otherRSA().PublicKey)+`}`, s.claims("root"), signRS256(otherRSA()))
		}, malformed},
		{"where to fetch its key (jku)", headed(`{"alg":"RS256","kid":"rsa","jku":"http://169.254.169.254/keys"}`, byRSA), malformed},
		{"where to fetch its certificate (x5u)", headed(`{"alg":"RS256","kid":"rsa","x5u":"http://169.254.169.254/c"}`, byRSA), malformed},
		{"its own certificate (x5c)", headed(`{"alg":"RS256","kid":"rsa","x5c":["AA"]}`, byRSA), malformed},
		{"critical headers", headed(`{"alg":"RS256","kid":"rsa","crit":["exp"],"exp":1}`, byRSA), malformed},
		{"no critical headers", headed(`{"alg":"RS256","kid":"rsa","crit":[]}`, byRSA), malformed},
		{"an unencoded payload (b64)", headed(`{"alg":"RS256","kid":"rsa","b64":false}`, byRSA), malformed},
		{"compressed", headed(`{"alg":"RS256","kid":"rsa","zip":"DEF"}`, byRSA), malformed},
		{"a token in a token", headed(`{"alg":"RS256","kid":"rsa","cty":"JWT"}`, byRSA), malformed},

		{"an unknown key id", headed(`{"alg":"RS256","kid":"unknown"}`, byRSA), wrong},
		{"a key id that is a path", headed(`{"alg":"RS256","kid":"../../../dev/null"}`, byRSA), wrong},
		{"a key id that is a query", headed(`{"alg":"RS256","kid":"x' UNION SELECT 'rsa"}`, byRSA), wrong},
		{"a key id that is another's with a NUL", headed("{\"alg\":\"RS256\",\"kid\":\"rsa\\u0000\"}", byRSA), wrong},
		{"an empty key id", headed(`{"alg":"RS256","kid":""}`, byRSA), malformed},
		{"a key id of null", headed(`{"alg":"RS256","kid":null}`, byRSA), malformed},
		{"a number for key id", headed(`{"alg":"RS256","kid":1}`, byRSA), malformed},
		{"an endless key id", headed(`{"alg":"RS256","kid":"`+strings.Repeat("k", maxKeyID+1)+`"}`, byRSA), malformed},

		{"two algorithms", headed(`{"alg":"none","alg":"RS256","kid":"rsa"}`, byRSA), malformed},
		{"two algorithms, one escaped", headed(`{"alg":"RS256","\u0061lg":"none","kid":"rsa"}`, byRSA), malformed},
		{"two subjects", func(s *stage) string {
			body := string(must(json.Marshal(s.claims("alice"))))
			return forge(`{"alg":"RS256","kid":"rsa"}`, strings.Replace(body, "{", `{"preferred_username":"root",`, 1), byRSA())
		}, malformed},
		{"repeated names inside a claim", func(s *stage) string {
			body := string(must(json.Marshal(s.claims("alice"))))
			return forge(`{"alg":"RS256","kid":"rsa"}`, strings.Replace(body, "{", `{"x":{"a":1,"a":2},`, 1), byRSA())
		}, malformed},
		{"a header that is a list", headed(`[]`, byRSA), malformed},
		{"a header that is null", headed(`null`, byRSA), malformed},
		{"a header and more", headed(`{"alg":"RS256","kid":"rsa"}{}`, byRSA), malformed},
		{"a header with invalid UTF-8", headed("{\"alg\":\"RS256\",\"kid\":\"rsa\",\"x\":\"\xff\"}", byRSA), malformed},
		{"claims that are text", func(*stage) string { return forge(`{"alg":"RS256","kid":"rsa"}`, `"alice"`, byRSA()) }, malformed},

		{"no audience", changed(without("aud")), wrong},
		{"an audience of nobody", changed(with("aud", []string{})), wrong},
		{"an empty audience", changed(with("aud", "")), wrong},
		{"another audience", changed(with("aud", "billing")), wrong},
		{"other audiences", changed(with("aud", []any{"billing", "mlflow2", 7})), wrong},
		{"an audience with a slash", changed(with("aud", audience+"/")), wrong},
		{"no issuer", changed(without("iss")), wrong},
		{"another issuer", changed(with("iss", "https://example.com")), wrong},
		{"a list of issuers", func(s *stage) string { return s.token("alice", with("iss", []string{s.idp.URL})) }, wrong},
		{"the issuer with a slash", func(s *stage) string { return s.token("alice", with("iss", s.idp.URL+"/")) }, wrong},
		{"no end", changed(without("exp")), malformed},
		{"no end (null)", changed(with("exp", nil)), malformed},
		{"an end in words", changed(with("exp", "2099-01-01")), malformed},
		{"an end that is text", changed(with("exp", "4000000000")), malformed},
		{"an end beyond all numbers", changed(with("exp", 1e300)), malformed},
		{"an end before all time", changed(with("exp", -1)), malformed},
		{"an end now", func(s *stage) string { return s.token("alice", with("exp", s.people.Now().Unix())) }, expired},
		{"an end an hour ago", func(s *stage) string { return s.token("alice", with("exp", s.people.Now().Unix()-3600)) }, expired},
		{"not before two minutes from now", func(s *stage) string { return s.token("alice", with("nbf", s.people.Now().Unix()+120)) }, wrong},
		{"a beginning in words", changed(with("nbf", "now")), malformed},
		{"made two minutes from now", func(s *stage) string { return s.token("alice", with("iat", s.people.Now().Unix()+120)) }, wrong},

		{"no username", changed(without("preferred_username")), wrong},
		{"an empty username", changed(with("preferred_username", "")), wrong},
		{"a username that is a number", changed(with("preferred_username", 2)), wrong},
		{"a list of usernames", changed(with("preferred_username", []string{"alice"})), wrong},
		{"a username with a colon", changed(with("preferred_username", "alice:x")), wrong},
		{"a username with a NUL", changed(with("preferred_username", "alice\x00")), wrong},
		{"a username in look-alike letters", changed(with("preferred_username", "аlice")), wrong},
		{"a username in another case", changed(with("preferred_username", "Alice")), wrong},
		{"a user who is not there", changed(with("preferred_username", "nobody")), wrong},

		{"too long", func(s *stage) string { return s.token("alice", with("x", strings.Repeat("x", maxToken))) }, malformed},
		{"a lost signature", func(s *stage) string { return s.token("alice")[:strings.LastIndex(s.token("alice"), ".")+1] }, malformed},
		{"two parts", func(s *stage) string { return s.token("alice")[:strings.LastIndex(s.token("alice"), ".")] }, malformed},
		{"five parts, as encrypted tokens have", func(s *stage) string { return s.token("alice") + ".AA.AA" }, malformed},
		{"padding", func(s *stage) string { return s.token("alice") + "=" }, malformed},
		{"base64 instead of base64url", func(s *stage) string { return s.token("alice") + "+/" }, malformed},
		{"three dots", func(*stage) string { return ".." }, malformed},
	}...)
}

// TestContract has every attack, each beside the right token of the same user.
func TestContract(t *testing.T) {
	stages := map[*credentialtest.World]*stage{}
	var vectors []credentialtest.Vector
	for _, a := range attacks() {
		send := func(_ testing.TB, w *credentialtest.World) authz.Request { return bearing(a.token(stages[w])) }
		vectors = append(vectors, credentialtest.Refuse(a.name, send, a.class))
	}
	credentialtest.Run(t, credentialtest.Subject{
		New: func(t testing.TB, w *credentialtest.World) authz.Authenticator {
			stages[w] = setStageIn(t, w)
			return stages[w]
		},
		Credential: func(_ testing.TB, w *credentialtest.World, username string) authz.Request {
			return bearing(stages[w].token(username))
		},
		ByName:  true,
		Vectors: vectors,
	})
}

// TestRightTokens: every sort of key, and what honest issuers vary.
func TestRightTokens(t *testing.T) {
	s := setStage(t)
	for _, tc := range []struct {
		name, header string
		sign         signer
	}{
		{"RS256", `{"alg":"RS256","kid":"rsa","typ":"JWT"}`, byRSA()},
		{"RS512", `{"alg":"RS512","kid":"rsa"}`, signRS(rsaKey(), crypto.SHA512)},
		{"PS256", `{"alg":"PS256","kid":"rsa"}`, signPS256(rsaKey())},
		{"ES256", `{"alg":"ES256","kid":"p256"}`, signES(p256(), crypto.SHA256)},
		{"ES384", `{"alg":"ES384","kid":"p384"}`, signES(p384(), crypto.SHA384)},
		{"EdDSA", `{"alg":"EdDSA","kid":"ed"}`, signEd(edKey())},
		{"without key id, of the only key that fits", `{"alg":"EdDSA"}`, signEd(edKey())},
		{"with the thumbprint of a certificate", `{"alg":"RS256","kid":"rsa","x5t":"abc"}`, byRSA()},
		{"with a type", `{"alg":"RS256","kid":"rsa","typ":"at+jwt"}`, byRSA()},
	} {
		t.Run(tc.name, func(t *testing.T) { s.accepts(t, forge(tc.header, s.claims("alice"), tc.sign)) })
	}
	for name, change := range map[string]func(map[string]any){
		"several audiences":        with("aud", []string{"billing", audience}),
		"a fraction of a second":   with("exp", float64(s.people.Now().Unix())+0.5e3),
		"a clock ahead of ours":    with("nbf", s.people.Now().Unix()+59),
		"made a little later":      with("iat", s.people.Now().Unix()+59),
		"no iat":                   without("iat"),
		"claims that nobody knows": with("https://example.com/x", []any{map[string]any{"a": nil}}),
	} {
		t.Run(name, func(t *testing.T) { s.accepts(t, s.token("alice", change)) })
	}
}

// TestAlgorithmsAreTheIssuersChoice: a right signature by an algorithm that is not configured is none, also with a key that has made it.
func TestAlgorithmsAreTheIssuersChoice(t *testing.T) {
	s := setStage(t, func(i *Issuer) { i.Algorithms = nil })
	s.accepts(t, s.token("alice"))
	s.refuses(t, forge(`{"alg":"PS256","kid":"rsa"}`, s.claims("alice"), signPS256(rsaKey())))
	s.refuses(t, forge(`{"alg":"ES256","kid":"p256"}`, s.claims("alice"), signES(p256(), crypto.SHA256)))
}

func TestTypesAreTheIssuersChoice(t *testing.T) {
	s := setStage(t, func(i *Issuer) { i.Types = []string{"at+jwt"} })
	for header, right := range map[string]bool{
		`{"alg":"RS256","kid":"rsa","typ":"at+jwt"}`:             true,
		`{"alg":"RS256","kid":"rsa","typ":"application/AT+JWT"}`: true,
		`{"alg":"RS256","kid":"rsa","typ":"JWT"}`:                false,
		`{"alg":"RS256","kid":"rsa"}`:                            false,
	} {
		if _, err := s.Authenticate(t.Context(), bearing(forge(header, s.claims("alice"), byRSA()))); (err == nil) != right {
			t.Errorf("%s: %v", header, err)
		}
	}
}

func TestPresents(t *testing.T) {
	s := setStage(t)
	for value, want := range map[string]bool{
		"Bearer a.b.c": true, "bearer  a.b.c": true, "Bearer a.b": false, "Bearer a.b.c.d.e": false, "Bearer mlfp_abc": false, "Bearer ": false,
		"Basic YTpi": false, "a.b.c": false, "Bearer a.b.c,Bearer d": false, "": false,
	} {
		if got := s.Presents(authz.Request{Headers: authz.Headers{"authorization": {value}}}); got != want {
			t.Errorf("%q: %v", value, got)
		}
	}
	if s.Presents(authz.Request{}) || s.Presents(authz.Request{Headers: authz.Headers{"authorization": {"Bearer a.b.c", "Bearer a.b.c"}}}) {
		t.Error("none, or two")
	}
}
