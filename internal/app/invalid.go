package app

import (
	"errors"
	"fmt"
	"strings"

	"extauthz/authz/credential"
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

func (p *problems) above(setting string, n int) {
	if n <= 0 {
		p.add(setting, "must be above zero")
	}
}

// minKey is how long an encryption key must be, in bytes.
const minKey = 32

// keys never shows one.
func (p *problems) keys(setting, lines string) {
	if lines == "" {
		return
	}
	for key := range strings.SplitSeq(lines, "\n") {
		if len(key) < minKey {
			p.add(setting, "must hold keys of at least %d bytes, one a line", minKey)
			return
		}
	}
}

func (p *problems) carriers(all []credential.Carrier) {
	for i, c := range all {
		if err := c.Check(); err != nil {
			p.add("carriers", "number %d: %v", i+1, err)
		}
	}
}
