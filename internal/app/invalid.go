package app

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"extauthz/authz/credential"
	"extauthz/authz/credential/jwt"
)

// Invalid says what is wrong with one setting. It names the setting apart from the text, since only whoever read it knows where it was written.
type Invalid struct {
	Setting string // the name of its flag: "mlflow-url"
	Text    string // what follows that name in a message
}

// Error names the flag.
func (i *Invalid) Error() string { return "--" + i.Setting + " " + i.Text }

// problems collects everything that is wrong.
type problems []error

func (p *problems) add(setting, format string, args ...any) {
	*p = append(*p, &Invalid{Setting: setting, Text: fmt.Sprintf(format, args...)})
}

func (p *problems) joined() error { return errors.Join(*p...) }

func (p *problems) listens(setting, address string) {
	switch {
	case address == "":
		p.add(setting, "must not be empty")
	case !listenable(address):
		p.add(setting, "%q: give it as host:port or unix:///path", address)
	}
}

func (p *problems) mlflow(setting, address string) {
	u, err := url.Parse(address)
	switch {
	case strings.Contains(address, "@"): // and it is not shown
		p.add(setting, "must not hold a name or password")
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		p.add(setting, "%q: give it as http://host:port", address)
	}
}

func (p *problems) above(setting string, n int) {
	if n <= 0 {
		p.add(setting, "must be above zero")
	}
}

// keys never shows one.
func (p *problems) keys(setting, lines string) {
	if lines == "" {
		return
	}
	if _, err := newSealer(lines); err != nil {
		p.add(setting, "has on its lines: %v", err)
	}
}

func (p *problems) age(setting string, d time.Duration) {
	if d < 0 {
		p.add(setting, "must not be negative")
	}
}

func (p *problems) carriers(all []credential.Carrier) {
	for i, c := range all {
		if err := c.Check(); err != nil {
			p.add("token-header", "number %d: %v", i+1, err)
		}
	}
}

func (p *problems) issuers(all []jwt.Issuer) {
	for i, issuer := range all {
		if err := issuer.Check(); err != nil {
			p.add("issuers", "number %d: %v", i+1, err)
		}
	}
}

func unusableIssuers(err error) error {
	return &Invalid{Setting: "issuers", Text: "cannot be used: " + err.Error()}
}
