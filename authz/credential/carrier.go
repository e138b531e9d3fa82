package credential

import (
	"errors"
	"maps"
	"strings"

	"extauthz/authz"
)

// Carrier is a header of the operator's choice that carries a token, as MLflow's client sends with a request_auth_provider plugin
// (MLFLOW_TRACKING_AUTH): "X-Api-Key: mlfp_…", or "Authorization: Token mlfp_…".
type Carrier struct {
	Header string `yaml:"header" required:"true" help:"its name, for example X-Api-Key"`
	Scheme string `yaml:"scheme" help:"the word before the token, for example Token; none when it is missing"`
}

// Check refuses a carrier that other headers of a request could be taken for.
func (c Carrier) Check() error {
	name := strings.ToLower(c.Header)
	switch {
	case name == "" || strings.ContainsFunc(name+c.Scheme, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune("():;,\"", r) }):
		return errors.New("a carrier needs the name of a header, and its scheme must be one word")
	case name == "authorization" && c.reserved():
		return errors.New("a carrier in the Authorization header needs a scheme of its own, other than Basic, Bearer and AWS4-HMAC-SHA256")
	case name == "cookie", name == "host", name == PrincipalHeader, name == gatewayHeader:
		return errors.New("the header " + name + " cannot carry a token")
	default:
		return nil
	}
}

func (c Carrier) reserved() bool {
	for _, taken := range []string{"", "Basic", "Bearer", "AWS4-HMAC-SHA256"} {
		if strings.EqualFold(c.Scheme, taken) {
			return true
		}
	}
	return false
}

// carried rewrites the request as if the token that a carrier brings had come as a bearer token: whatever checks bearer tokens checks it. The
// header itself is gone then.
func carried(carriers []Carrier, r authz.Request) (authz.Request, error) {
	for _, c := range carriers {
		name := strings.ToLower(c.Header)
		if !r.Headers.Has(name) {
			continue
		}
		token, mine, err := c.token(r.Headers[name])
		switch {
		case err != nil:
			return r, err
		case !mine:
			continue
		case name != "authorization" && r.Headers.Has("authorization"):
			return r, ErrSeveral
		}
		r.Headers = maps.Clone(r.Headers)
		delete(r.Headers, name)
		r.Headers["authorization"] = []string{"Bearer " + token}
	}
	return r, nil
}

// token reads the header's lines. Another scheme in the Authorization header is another's business; in any other header it is an error.
func (c Carrier) token(lines []string) (token string, mine bool, err error) {
	if len(lines) != 1 {
		return "", false, ErrSeveral
	}
	if c.Scheme == "" {
		return lines[0], true, nil
	}
	scheme, token, _ := strings.Cut(lines[0], " ")
	if strings.EqualFold(scheme, c.Scheme) {
		return strings.TrimLeft(token, " "), true, nil
	}
	if strings.EqualFold(c.Header, "authorization") {
		return "", false, nil
	}
	return "", false, malformed("a header that carries tokens has another scheme")
}
