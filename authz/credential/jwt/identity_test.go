package jwt

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"extauthz/authz"
	"extauthz/authz/credential"
)

func TestSeenTokenEndsWhenItSays(t *testing.T) {
	s := setStage(t)
	token := s.token("alice", with("exp", s.people.Now().Unix()+60))
	s.accepts(t, token)
	s.people.Advance(59 * time.Second)
	s.accepts(t, token)
	s.people.Advance(time.Second)
	s.refuses(t, token)
}

func TestHundredsOfGroups(t *testing.T) {
	s := setStage(t, func(i *Issuer) {
		i.Groups, i.Roles = "groups", map[string]string{"team-7": "editors", "team-8": "editors", "team-199": "readers", "elsewhere": "admins"}
	})
	s.people.roles = map[string]uint64{"editors": 7, "readers": 40, "admins": 99}
	s.people.def = authz.Edit
	var groups []any
	for n := range 200 {
		groups = append(groups, fmt.Sprint("team-", n))
	}
	p := s.accepts(t, s.token("alice", with("groups", append(groups, 7, nil, "TEAM-9", ""))))
	if want := []uint64{7, 40}; !slices.Equal(p.Roles, want) || p.Default != authz.Edit {
		t.Errorf("roles %v, default %s; want %v (40 is also her own) and EDIT", p.Roles, p.Default, want)
	}
	if p := s.accepts(t, s.token("alice")); !slices.Equal(p.Roles, []uint64{40}) || p.Default != authz.NoGrant {
		t.Errorf("without groups: %v, %s", p.Roles, p.Default)
	}
}

// TestRolesAreReadOnEveryRequest: one that was deleted, or has come to be, counts from the next check on.
func TestRolesAreReadOnEveryRequest(t *testing.T) {
	s := setStage(t, func(i *Issuer) { i.Groups, i.Roles = "/realm_access/roles", map[string]string{"ml": "editors"} })
	token := s.token("mallory", with("realm_access", map[string]any{"roles": "ml"}))
	for _, ids := range [][]uint64{nil, {7}, {8}, nil} {
		s.people.roles = map[string]uint64{}
		for _, id := range ids {
			s.people.roles["editors"] = id
		}
		if p := s.accepts(t, token); !slices.Equal(p.Roles, ids) {
			t.Errorf("roles %v, want %v", p.Roles, ids)
		}
	}
	s.people.err = errors.New("disk on fire")
	if _, err := s.Authenticate(t.Context(), bearing(token)); reason(err) != authz.StoreFailed {
		t.Errorf("roles that cannot be read: %v", err)
	}
}

func TestProvisioningIsOffUnlessAskedFor(t *testing.T) {
	s := setStage(t)
	s.refuses(t, s.token("newcomer"))
	if len(s.people.provisioned) > 0 {
		t.Error("an account was made")
	}
	s.open(t, func(i *Issuer) { i.Provision = true })
	if p := s.accepts(t, s.token("newcomer")); p.UserID != 900 || p.Admin {
		t.Errorf("the newcomer is %+v", p)
	}
	s.accepts(t, s.token("alice"))
	s.refuses(t, s.token("not a username"))
	s.refuses(t, s.token("newer", with("aud", "billing")))
	if !slices.Equal(s.people.provisioned, []string{"newcomer"}) {
		t.Errorf("accounts were made for %q", s.people.provisioned)
	}
	for err, want := range map[error]authz.Reason{credential.ErrNoAccount: authz.Unauthenticated, errors.New("disk full"): authz.StoreFailed} {
		s.people.err = err
		if _, got := s.Authenticate(t.Context(), bearing(s.token("newcomer"))); reason(got) != want {
			t.Errorf("%v: %v", err, got)
		}
	}
}

// TestAddressesThatNobodyVerified: whoever may type an address into a provider's form would be its owner here.
func TestAddressesThatNobodyVerified(t *testing.T) {
	s := setStage(t, func(i *Issuer) { i.Username, i.Provision = "{email}", true })
	for _, verified := range []any{nil, false, "true", 1} {
		s.refuses(t, s.token("alice", with("email", "alice@example.com"), with("email_verified", verified)))
	}
	s.refuses(t, s.token("alice", with("email", "alice@example.com")))
	s.accepts(t, s.token("alice", with("email", "alice@example.com"), with("email_verified", true)))
	s.open(t, func(i *Issuer) { i.Username, i.Provision, i.UnverifiedEmail = "{email}", true, true })
	s.accepts(t, s.token("alice", with("email", "alice@example.com")))
}

func TestIssuersAreAPart(t *testing.T) {
	s, other := setStage(t), newProvider(t)
	other.jwks.Store(keySet(jwkRSA("rsa", &otherRSA().PublicKey)))
	second := s.trusted(func(i *Issuer) { i.Issuer, i.Audiences, i.Username = other.URL, []string{"second"}, "{sub}" })
	a, err := New(Config{Issuers: []Issuer{s.trusted(), second}, Users: s.people, Now: s.people.Now})
	if err != nil {
		t.Fatal(err)
	}
	s.Authenticator = a
	const header = `{"alg":"RS256","kid":"rsa"}`
	of := func(iss string, aud string) any {
		return s.claims("alice", with("iss", iss), with("aud", aud), with("sub", "mallory"))
	}
	if p := s.accepts(t, forge(header, of(s.idp.URL, audience), byRSA())); p.Username != "alice" {
		t.Errorf("%+v", p)
	}
	if p := s.accepts(t, forge(header, of(other.URL, "second"), signRS256(otherRSA()))); p.Username != "mallory" {
		t.Errorf("%+v", p)
	}
	s.refuses(t, forge(header, of(other.URL, "second"), byRSA()))
	s.refuses(t, forge(header, of(s.idp.URL, audience), signRS256(otherRSA())))
	s.refuses(t, forge(header, of(other.URL, audience), signRS256(otherRSA())))
}

func TestAccountThatNamesNobodyRefuses(t *testing.T) {
	s := setStage(t, func(i *Issuer) { i.Provision = true })
	s.config.Users = nobodies{s.people}
	if p, err := s.Authenticate(t.Context(), bearing(s.token("alice"))); p.Known() || reason(err) != authz.StoreFailed {
		t.Errorf("taken for %+v: %v", p, err)
	}
}

// TestOtherIssuersLater: what does not change goes on, even while its provider is away; what has changed or is gone begins anew or ends.
func TestOtherIssuersLater(t *testing.T) {
	s := setStage(t)
	token := s.token("alice")
	s.accepts(t, token)
	s.idp.down.Store(true)
	with := func(issuers ...Issuer) {
		t.Helper()
		a, err := s.With(issuers)
		if err != nil {
			t.Fatal(err)
		}
		s.Authenticator = a
	}
	second := s.trusted(func(i *Issuer) { i.Issuer += "/second" })
	with(s.trusted(), second)
	s.accepts(t, token)
	s.accepts(t, byKey(s, "rsa"))
	s.fetched(t, 1)
	with(second)
	s.refuses(t, token)
	s.idp.down.Store(false)
	with(s.trusted(func(i *Issuer) { i.Audiences = []string{"billing"} }))
	s.refuses(t, token)
	with(s.trusted())
	s.accepts(t, token)
	if _, err := s.With([]Issuer{s.trusted(), s.trusted()}); err == nil {
		t.Error("an issuer is there twice")
	}
	with()
	s.refuses(t, token)
}
