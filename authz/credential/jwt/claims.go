package jwt

import (
	"fmt"
	"slices"
	"time"

	"extauthz/authz/credential"
)

// claims are what a token says, as JSON objects are decoded.
type claims map[string]any

// skew is how far the issuer's clock may be ahead of ours. exp has no such leeway: a token's end is its end.
const skew = 60 * time.Second

// latest is the end of the year 9999. Beyond it, seconds are nonsense or an attempt at an overflow.
const latest = 253_402_300_799

// issuer is the claim iss, "" when there is none.
func (c claims) issuer() string {
	text, _ := c["iss"].(string)
	return text
}

// checkAudience wants one of the audiences in aud, which is a text or a list of them.
func (c claims) checkAudience(audiences []string) error {
	for _, aud := range (claim{"aud"}).texts(c) {
		if slices.Contains(audiences, aud) {
			return nil
		}
	}
	return wrong("aud is missing or names none of the issuer's audiences")
}

// checkTimes returns when the token expires.
func (c claims) checkTimes(now time.Time) (time.Time, error) {
	expires, err := c.time("exp")
	if err != nil {
		return time.Time{}, err
	}
	if expires.IsZero() {
		return time.Time{}, malformed("there is no exp")
	}
	if !now.Before(expires) {
		return time.Time{}, fmt.Errorf("%w: by exp", credential.ErrExpired)
	}
	for _, name := range []string{"nbf", "iat"} {
		t, err := c.time(name)
		if err != nil {
			return time.Time{}, err
		}
		if t.After(now.Add(skew)) {
			return time.Time{}, wrong("%s is in the future", name)
		}
	}
	return expires, nil
}

// time reads a NumericDate: seconds, whole or not. It is zero when there is none.
func (c claims) time(name string) (time.Time, error) {
	value, present := c[name]
	if !present {
		return time.Time{}, nil
	}
	seconds, ok := value.(float64)
	if !ok || seconds < 1 || seconds > latest {
		return time.Time{}, malformed("%s is no time", name)
	}
	return time.Unix(int64(seconds), 0), nil
}
