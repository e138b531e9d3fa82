package sigv4

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"extauthz/authz"
)

// form is a way to write a request down for signing. Signers disagree about what has to be escaped.
type form int

const (
	// asSent is how requests-auth-aws-sigv4 does it: everything as on the wire, the pairs of the query sorted.
	asSent form = iota
	// escaped is how Amazon's own signers do it: the path escaped once more, the query escaped anew, runs of spaces in headers as one.
	escaped
	// lastOfKey is asSent with the last value alone of each repeated query parameter: a mistake of requests-auth-aws-sigv4.
	lastOfKey
)

// draft is room to write a canonical request and the text to sign in, reused so that a signature costs few allocations.
type draft struct {
	request []byte
	text    []byte
	pairs   []pair
	sum     []byte
}

// fits reports whether the signature is with's, in any form.
func (a *Authenticator) fits(with *signer, s signed, r authz.Request) bool {
	d := a.drafts.Get().(*draft)
	defer a.drafts.Put(d)
	for _, f := range []form{asSent, escaped, lastOfKey} {
		if f == lastOfKey && (!a.config.PartlySignedQueries || writes(r.Method)) {
			continue
		}
		if d.write(f, s, r) && with.signed(d, s.sum) {
			return true
		}
	}
	return false
}

// write writes the text that is signed; false when the request has none in this form.
func (d *draft) write(f form, s signed, r authz.Request) bool {
	path, query, _ := strings.Cut(r.Target, "?")
	b := append(append(d.request[:0], r.Method...), '\n')
	if f == escaped {
		b = appendEscaped(b, path, '/')
	} else {
		b = append(b, path...)
	}
	b, ok := d.appendQuery(append(b, '\n'), f, query)
	if !ok {
		return false
	}
	b = appendHeaders(append(b, '\n'), f, s.names, r)
	b = append(append(append(b, '\n'), s.names...), '\n')
	d.request = append(b, s.payload...)
	d.writeText(s)
	return true
}

// writeText writes what is signed in the end: the time, the scope of the key and the hash of the canonical request.
func (d *draft) writeText(s signed) {
	hash := sha256.Sum256(d.request)
	t := append(append(d.text[:0], scheme...), '\n')
	t = append(append(t, s.date...), '\n')
	t = append(append(t, s.credential[len(s.keyID)+1:]...), '\n')
	d.text = hex.AppendEncode(t, hash[:])
}

// appendHeaders writes a line for each signed header.
func appendHeaders(b []byte, f form, names string, r authz.Request) []byte {
	for name := range strings.SplitSeq(names, ";") {
		value := r.Host
		if name != hostHeader {
			value = r.Headers[name][0]
		}
		b = append(append(b, name...), ':')
		if value = strings.Trim(value, " \t"); f == escaped && strings.Contains(value, "  ") {
			value = strings.Join(strings.Fields(value), " ")
		}
		b = append(append(b, value...), '\n')
	}
	return b
}
