package jwt

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// Check names each field that is wrong, as far as that does not depend on the machine: whether files are there and servers answer is not asked.
func (i Issuer) Check() error {
	i = i.withDefaults()
	_, username := parseTemplate(i.Username)
	return errors.Join(i.checkIssuer(), i.checkAudiences(), i.checkAlgorithms(), i.checkPlaces(), i.checkAges(), field("username", username), i.checkGroups())
}

func field(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", name, err)
}

func (i Issuer) checkIssuer() error {
	if i.Issuer == "" {
		return errors.New("issuer: is empty")
	}
	return nil
}

func (i Issuer) checkAudiences() error {
	if len(i.Audiences) == 0 || slices.Contains(i.Audiences, "") {
		return errors.New("audiences: name what tokens must be for; without that, a token for any other service would do")
	}
	return nil
}

func (i Issuer) checkAlgorithms() error {
	for _, name := range i.Algorithms {
		if !slices.Contains(algorithms, jose.SignatureAlgorithm(name)) {
			return fmt.Errorf("algorithms: %q is none of %v", name, algorithms)
		}
	}
	return nil
}

// checkPlaces wants one place of keys, which nobody on the way can answer for.
func (i Issuer) checkPlaces() error {
	switch {
	case i.JWKSURL != "" && i.JWKSFile != "":
		return errors.New("jwks_url: is set, and jwks_file as well; keys come from one place")
	case i.JWKSFile != "" && i.CAFile+i.TokenFile != "":
		return errors.New("jwks_file: nothing is fetched, so ca_file and token_file are for nothing")
	case i.JWKSFile != "":
		return nil
	case i.JWKSURL != "":
		_, err := secureURL(i.JWKSURL)
		return field("jwks_url", err)
	case strings.ContainsAny(i.Issuer, "?#"):
		return errors.New("issuer: nothing can be found below an address with a query or fragment")
	default:
		_, err := secureURL(i.Issuer)
		return field("issuer", err)
	}
}

func (i Issuer) checkAges() error {
	if i.RefreshEvery < pause || i.KeepFor < i.RefreshEvery {
		return fmt.Errorf("refresh_every: must be %s at least, and keep_for not shorter than that", pause)
	}
	return nil
}

func (i Issuer) checkGroups() error {
	if (i.Groups == "") != (len(i.Roles) == 0) {
		return errors.New("groups: and roles need each other")
	}
	for group, role := range i.Roles {
		if group == "" || role == "" {
			return errors.New("roles: a group or a role has no name")
		}
	}
	return nil
}
