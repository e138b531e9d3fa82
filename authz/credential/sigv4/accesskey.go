package sigv4

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"log/slog"
	"strings"
)

const (
	lastingPrefix   = "MLFA"
	temporaryPrefix = "MLFT"
	keyIDRandom     = 10 // bytes, which are 16 letters
	secretRandom    = 30 // bytes, 240 bits, which are 40 characters as Amazon's have
)

// AccessKey is what a client signs with: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN. It is shown once, to whom it is for. The
// id is no secret. Logs show the id alone.
type AccessKey struct {
	ID           string
	Secret       string
	SessionToken string // of a temporary key; "" for others
}

// NewKey makes an access key that lasts until it is revoked or expires.
func NewKey() AccessKey {
	return AccessKey{ID: lastingPrefix + base32.StdEncoding.EncodeToString(random(keyIDRandom)), Secret: randomSecret()}
}

// NewTemporaryKey makes an access key with a session token, which every request must carry and sign. It must be stored with the time at which it
// expires. A signature with a session token is one that other services of Amazon's kind know to be temporary.
func NewTemporaryKey() AccessKey {
	k := NewKey()
	k.ID, k.SessionToken = temporaryPrefix+k.ID[len(lastingPrefix):], randomSecret()
	return k
}

func (k AccessKey) String() string { return k.ID }

// LogValue keeps the secrets out of structured logs.
func (k AccessKey) LogValue() slog.Value { return slog.StringValue(k.ID) }

func isKeyID(text string) bool {
	letters, lasting := strings.CutPrefix(text, lastingPrefix)
	if !lasting {
		var temporary bool
		if letters, temporary = strings.CutPrefix(text, temporaryPrefix); !temporary {
			return false
		}
	}
	for i := range len(letters) {
		if c := letters[i]; (c < 'A' || c > 'Z') && (c < '2' || c > '7') {
			return false
		}
	}
	return len(letters) == base32.StdEncoding.EncodedLen(keyIDRandom)
}

func randomSecret() string { return base64.RawURLEncoding.EncodeToString(random(secretRandom)) }

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails: it stops the process instead
	return b
}
