package jwt

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"

	"extauthz/authz"
)

// Tokens are made by hand here: a library that makes none that it would not read cannot show what an attacker sends.

// signer signs what stands before the second dot.
type signer func(text []byte) []byte

// forge makes a token. Header and claims are JSON texts, or values to be made into one.
func forge(header, body any, sign signer) string {
	signed := segment(header) + "." + segment(body)
	return signed + "." + base64.RawURLEncoding.EncodeToString(sign([]byte(signed)))
}

func segment(v any) string {
	text, ok := v.(string)
	if !ok {
		text = string(must(json.Marshal(v)))
	}
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

func digest(h crypto.Hash, text []byte) []byte {
	w := h.New()
	w.Write(text)
	return w.Sum(nil)
}

func signRS(key *rsa.PrivateKey, h crypto.Hash) signer {
	return func(text []byte) []byte { return must(rsa.SignPKCS1v15(nil, key, h, digest(h, text))) }
}

func signRS256(key *rsa.PrivateKey) signer { return signRS(key, crypto.SHA256) }

func signPS256(key *rsa.PrivateKey) signer {
	return func(text []byte) []byte {
		return must(rsa.SignPSS(rand.Reader, key, crypto.SHA256, digest(crypto.SHA256, text), &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}))
	}
}

func signES(key *ecdsa.PrivateKey, h crypto.Hash) signer {
	return func(text []byte) []byte {
		r, s, err := ecdsa.Sign(rand.Reader, key, digest(h, text))
		if err != nil {
			panic(err)
		}
		size := (key.Params().BitSize + 7) / 8
		return append(r.FillBytes(make([]byte, size)), s.FillBytes(make([]byte, size))...)
	}
}

func signEd(key ed25519.PrivateKey) signer {
	return func(text []byte) []byte { return ed25519.Sign(key, text) }
}

func signHMAC(secret []byte) signer {
	return func(text []byte) []byte {
		m := hmac.New(sha256.New, secret)
		m.Write(text)
		return m.Sum(nil)
	}
}

func unsigned([]byte) []byte { return nil }

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func jwkRSA(id string, key *rsa.PublicKey, more ...string) string {
	return jwk(fmt.Sprintf(`"kty":"RSA","kid":%q,"n":%q,"e":%q`, id, b64(key.N.Bytes()), b64(big.NewInt(int64(key.E)).Bytes())), more)
}

func jwkEC(id, curve string, key *ecdsa.PublicKey, more ...string) string {
	point := must(key.Bytes())[1:] // after the byte that says "uncompressed"
	x, y := point[:len(point)/2], point[len(point)/2:]
	return jwk(fmt.Sprintf(`"kty":"EC","kid":%q,"crv":%q,"x":%q,"y":%q`, id, curve, b64(x), b64(y)), more)
}

func jwkEd(id string, key ed25519.PublicKey, more ...string) string {
	return jwk(fmt.Sprintf(`"kty":"OKP","kid":%q,"crv":"Ed25519","x":%q`, id, b64(key)), more)
}

func jwk(fields string, more []string) string {
	for _, m := range more {
		fields += "," + m
	}
	return "{" + fields + "}"
}

func reason(err error) authz.Reason {
	refusal, ok := errors.AsType[*authz.Refusal](err)
	switch {
	case err == nil:
		return ""
	case ok:
		return refusal.Reason
	default:
		return authz.Internal
	}
}
