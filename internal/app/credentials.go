package app

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"extauthz/api"
	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/authz/credential/certificate"
	"extauthz/authz/credential/jwt"
	"extauthz/authz/credential/sigv4"
	"extauthz/authz/mlflow"
	"extauthz/envoy"
	"extauthz/internal/signin"
	"extauthz/store"
)

// credentials are the kinds that requests are authenticated by, and what else needs their parts.
type credentials struct {
	oneOf      *credential.OneOf
	passwords  passwords
	assertions *credential.Assertions
	usage      *credential.Usage
	signatures *signatures
	issuers    *jwt.Authenticator
	conceal    []string // further headers that MLflow must not see

	users        accounts
	certificates *certificate.Reader
}

// usageInterval is how often the last uses of tokens and access keys are written down.
const usageInterval = time.Minute

func newCredentials(c Config, s store.Store, table *mlflow.Table, signIns *signin.Recorder, log *slog.Logger) (*credentials, error) {
	users := accounts{s}
	hasher, err := credential.NewHasher(credential.HasherConfig{})
	if err != nil {
		return nil, err
	}
	usage := credential.NewUsage(s.Touch, time.Now, log)
	bearer := &credential.Bearer{Tokens: users, Now: time.Now, Used: usage.Used}
	basic, err := credential.NewBasic(credential.Config{Accounts: users, Hasher: hasher, Logger: log, Upgrade: users.upgrade, Tokens: bearer})
	if err != nil {
		return nil, err
	}
	assertions, err := credential.NewAssertions([]byte(c.SecretKey), users, time.Now)
	if err != nil {
		return nil, err
	}
	signatures, err := newSignatures(c, users, usage.Used, table)
	if err != nil {
		return nil, err
	}
	reader, err := certificate.NewReader(rememberedCertificates)
	if err != nil {
		return nil, err
	}
	schemes := []credential.Scheme{basic, bearer}
	if signatures != nil {
		schemes = append(schemes, signatures)
	}
	issuers, err := jwt.New(jwt.Config{Issuers: c.Issuers, Users: directory{users, time.Now}, Logger: log})
	if err != nil {
		return nil, fmt.Errorf("issuers: %w", err)
	}
	return &credentials{
		passwords: passwords{hasher, basic, signIns}, assertions: assertions, usage: usage, signatures: signatures, issuers: issuers, users: users, certificates: reader,
		oneOf: &credential.OneOf{Authorization: schemes, Gateway: gatewayPrefixes(c.StaticPrefix)},
	}, nil
}

// with returns those that are configured. What was learnt is shared: passwords that were verified, attempts that failed, signatures seen, and
// the keys of issuers that held before.
func (c *credentials) with(live Live, before *jwt.Authenticator) (*credentials, error) {
	other, oneOf := *c, *c.oneOf
	var err error
	if other.issuers, err = before.With(live.Issuers); err != nil {
		return nil, fmt.Errorf("issuers: %w", err)
	}
	oneOf.Authorization = append(slices.Clip(oneOf.Authorization), other.issuers)
	oneOf.Carriers = live.Carriers
	other.oneOf = &oneOf
	return &other, other.certified(live)
}

// checker serves Envoy's checks with these credentials, and keeps them from MLflow.
func (c *credentials) checker(next envoy.Authorizer, observer envoy.Observer) *envoy.Checker {
	checker := &envoy.Checker{Authorizer: next, Observer: observer, Assert: c.assertions.Assert, Conceal: slices.Clone(c.conceal)}
	for _, carrier := range c.oneOf.Carriers {
		checker.Conceal = append(checker.Conceal, strings.ToLower(carrier.Header))
	}
	if c.signatures != nil {
		checker.Authorizer = forgiving{next, c.signatures}
		checker.Conceal = append(checker.Conceal, sigv4.SessionTokenHeader)
	}
	return checker
}

// accessKeys issues them; nil when there are none.
func (c *credentials) accessKeys() api.AccessKeys {
	if c.signatures == nil {
		return nil
	}
	return c.signatures
}

// forEndpoints authenticates what reaches our own endpoints: they believe the check, and take every credential that the check takes.
func (c *credentials) forEndpoints() authz.Authenticator {
	o := *c.oneOf
	o.Others = append([]credential.Scheme{c.assertions}, o.Others...)
	return &o
}

func gatewayPrefixes(staticPrefix string) []string {
	if staticPrefix == "" {
		return []string{"/gateway/"}
	}
	return []string{"/gateway/", staticPrefix + "/gateway/"}
}
