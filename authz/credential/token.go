package credential

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"hash/crc32"
	"strings"
)

// A token is "mlfp_", 33 random characters of base62 (196 bits) and a checksum of six. The prefix lets secret scanners find one that leaked,
// and the checksum tells a mistyped one from an unknown one without a look into the store.
const (
	tokenPrefix   = "mlfp_"
	tokenRandom   = 33
	tokenChecksum = 6
	tokenLength   = len(tokenPrefix) + tokenRandom + tokenChecksum

	base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// TokenDigest is what is kept of a token: its SHA-256. A slow hash protects passwords, which can be guessed; 196 random bits cannot.
type TokenDigest [sha256.Size]byte

// NewToken makes a token. It is shown once, to whom it is for; only its digest is stored.
func NewToken() (token string, digest TokenDigest) {
	body := tokenPrefix + randomText(tokenRandom)
	token = body + checksum(body)
	return token, sha256.Sum256([]byte(token))
}

// randomText draws each character evenly: bytes beyond the largest multiple of 62 are drawn again.
func randomText(n int) string {
	text, buffer := make([]byte, 0, n), make([]byte, 2*n)
	for len(text) < n {
		rand.Read(buffer) // never fails: it stops the process instead
		for _, b := range buffer {
			if b < 248 && len(text) < n {
				text = append(text, base62[b%62])
			}
		}
	}
	return string(text)
}

func checksum(body string) string {
	sum := crc32.ChecksumIEEE([]byte(body))
	var text [tokenChecksum]byte
	for i := tokenChecksum - 1; i >= 0; i-- {
		text[i] = base62[sum%62]
		sum /= 62
	}
	return string(text[:])
}

// ParseToken returns the digest of a well-formed token. The error is ErrMalformed and quotes nothing of it.
func ParseToken(token string) (TokenDigest, error) {
	if !isToken(token) {
		return TokenDigest{}, fmt.Errorf("%w: not a token of this service, or mistyped", ErrMalformed)
	}
	return sha256.Sum256([]byte(token)), nil
}

func isToken(text string) bool {
	if len(text) != tokenLength || !strings.HasPrefix(text, tokenPrefix) {
		return false
	}
	body := text[:tokenLength-tokenChecksum]
	for i := len(tokenPrefix); i < len(body); i++ {
		if !isBase62(body[i]) {
			return false
		}
	}
	return text[len(body):] == checksum(body)
}

func isBase62(b byte) bool {
	return '0' <= b && b <= '9' || 'A' <= b && b <= 'Z' || 'a' <= b && b <= 'z'
}
