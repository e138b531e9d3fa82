package jwt

import (
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Issuer is who signs tokens, and what is believed of them. Issuer and Audiences are required.
type Issuer struct {
	// Issuer is compared with the token's iss, byte for byte. Without JWKSURL and JWKSFile it is also where the keys are looked for: below it is
	// /.well-known/openid-configuration.
	Issuer string `yaml:"issuer" required:"true" help:"the tokens' iss, exactly; keys are looked for below it unless jwks_url or jwks_file says where"`
	// Audiences are what a token may be for (aud). One of them must be in it: a token that was made for another service is not for this one.
	Audiences []string `yaml:"audiences" required:"true" help:"what tokens may be for (aud); one of them must be in the token"`
	// Algorithms that tokens are signed with: RS256 … EdDSA; RS256 unless set.
	Algorithms []string `yaml:"algorithms,omitempty" help:"that tokens are signed with; RS256 unless set"`
	// Types are what the header's typ may be ("at+jwt"), without regard to case; any, or none, unless set.
	Types []string `yaml:"types,omitempty" help:"what the header's typ may be, such as at+jwt; any unless set"`

	// JWKSURL or JWKSFile is where the keys are, instead of discovery. A URL is https, or http to a loopback address.
	JWKSURL  string `yaml:"jwks_url,omitempty" help:"where the keys are, instead of discovery"`
	JWKSFile string `yaml:"jwks_file,omitempty" help:"file with the keys, instead of discovery"`
	// CAFile has the certificates (PEM) that may vouch for the issuer's server, instead of the system's. It is read again for each fetch.
	CAFile string `yaml:"ca_file,omitempty" help:"authorities (PEM) of the issuer's server, instead of the system's"`
	// TokenFile holds a bearer token for fetching keys, such as a pod's own. It goes to the host of Issuer or JWKSURL and no other.
	TokenFile string `yaml:"token_file,omitempty" help:"file with a bearer token for fetching keys"`
	// RefreshEvery is how old keys become before they are fetched again, and KeepFor how old when they cannot be: 10m and 24h unless set.
	RefreshEvery time.Duration `yaml:"refresh_every,omitempty" help:"how old keys become before they are fetched again; 10m unless set"`
	KeepFor      time.Duration `yaml:"keep_for,omitempty" help:"how old keys become while they cannot be fetched; 24h unless set"`

	// Username makes the username from claims: "{sub}" unless set. "{preferred_username}", "sso-{email}", "{/kubernetes.io/namespace}".
	Username string `yaml:"username,omitempty" help:"how claims make the username; {sub} unless set"`
	// UnverifiedEmail accepts the claim email although email_verified is not true. With a provider where users set their own address, that lets
	// everybody be anybody.
	UnverifiedEmail bool `yaml:"unverified_email,omitempty" help:"accept email although email_verified is not true"`
	// Groups is the claim with the user's groups, and Roles the role of each group that has one. See Users.Roles for names.
	Groups string            `yaml:"groups,omitempty" help:"claim with the user's groups"`
	Roles  map[string]string `yaml:"roles,omitempty" help:"the role of each group that has one: name, or workspace/name"`
	// Provision makes an account, without a password, for a username that has none.
	Provision bool `yaml:"provision,omitempty" help:"make an account for a username that has none"`
}

const (
	defaultRefresh = 10 * time.Minute
	defaultKeep    = 24 * time.Hour
)

// algorithms are the asymmetric ones. With a symmetric one, whoever can verify can sign.
var algorithms = []jose.SignatureAlgorithm{
	jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512, jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
}

func (i Issuer) withDefaults() Issuer {
	if len(i.Algorithms) == 0 {
		i.Algorithms = []string{string(jose.RS256)}
	}
	if i.Username == "" {
		i.Username = "{sub}"
	}
	if i.RefreshEvery == 0 {
		i.RefreshEvery = defaultRefresh
	}
	if i.KeepFor == 0 {
		i.KeepFor = defaultKeep
	}
	return i
}
