package sigv4

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"extauthz/authz"
	"extauthz/authz/credential"
)

const (
	hostHeader    = "host"
	dateHeader    = "x-amz-date"
	payloadHeader = "x-amz-content-sha256"
	amazonPrefix  = "x-amz-"

	dateLayout = "20060102T150405Z"
)

// signed is a request that says who signed it, when and for what, in a way that we accept if it is true.
type signed struct {
	signature
	date    string // the x-amz-date header
	at      time.Time
	payload string // the x-amz-content-sha256 header: the hash of the body, in lower-case hexadecimal digits
	hash    [sha256.Size]byte
}

// read takes the request apart and refuses what no signature could make acceptable.
func (a *Authenticator) read(r authz.Request) (signed, error) {
	value, ok := r.Headers.One("authorization")
	if !ok {
		return signed{}, absent(r)
	}
	s := signed{}
	var err error
	if s.signature, err = parseAuthorization(value); err != nil {
		return signed{}, err
	}
	if err := s.covers(r); err != nil {
		return signed{}, err
	}
	s.date, s.payload = r.Headers[dateHeader][0], r.Headers[payloadHeader][0]
	if err := a.timely(&s); err != nil {
		return signed{}, err
	}
	if s.region != a.config.Region && a.config.Region != "" || !slices.Contains(a.config.Services, s.service) {
		return signed{}, wrong("signed for another service or region")
	}
	return s, s.declare(r.Method)
}

func absent(r authz.Request) error {
	if r.Headers.Has("authorization") {
		return credential.ErrSeveral
	}
	return credential.ErrAbsent
}

// timely refuses what was signed too long ago, what is signed in advance, and a key of another day.
func (a *Authenticator) timely(s *signed) error {
	at, err := time.Parse(dateLayout, s.date)
	if err != nil || len(s.date) != len(dateLayout) { // Parse takes fractions of a second, too
		return malformed("x-amz-date is not a time like 20261123T120000Z")
	}
	if s.at = at; s.day != s.date[:8] {
		return malformed("the credential is of another day than x-amz-date")
	}
	if age := a.config.Now().Sub(at); age > a.config.Skew || age < -a.config.Skew {
		return fmt.Errorf("%w: signed %s ago by our clock", credential.ErrExpired, age.Round(time.Second))
	}
	return nil
}

// covers refuses a signature that leaves out what it must cover, and headers of which we could take another line than the signer did.
func (s *signature) covers(r authz.Request) error {
	if oneLine(r.Method) != nil || oneLine(r.Target) != nil || oneLine(r.Host) != nil || r.Host == "" || r.Headers.Has(hostHeader) {
		return malformed("no method, target or host of one line")
	}
	required, amazon, before := 0, 0, ""
	for name, rest, more := "", s.names, true; more; before = name {
		if name, rest, more = strings.Cut(rest, ";"); name <= before {
			return malformed("the names of the signed headers are not sorted, or one comes twice")
		}
		if strings.HasPrefix(name, amazonPrefix) {
			amazon++
		}
		switch name {
		case hostHeader:
			required++
			continue
		case dateHeader, payloadHeader:
			required++
		}
		if value, once := r.Headers.One(name); !once || oneLine(value) != nil {
			return malformed("a signed header is not there, or more than once")
		}
	}
	if required != 3 {
		return malformed("host, x-amz-date and x-amz-content-sha256 must be signed")
	}
	return unsigned(r.Headers, amazon)
}

// unsigned refuses x-amz- headers beyond those that are signed.
func unsigned(h authz.Headers, amazon int) error {
	for name := range h {
		if strings.HasPrefix(name, amazonPrefix) {
			amazon--
		}
	}
	if amazon != 0 {
		return malformed("an x-amz- header is not signed")
	}
	return nil
}

// oneLine refuses what could end a line of the canonical request and begin another.
func oneLine(text string) error {
	if strings.IndexByte(text, '\n') >= 0 {
		return malformed("a line break")
	}
	return nil
}
