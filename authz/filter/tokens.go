package filter

import (
	"bytes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/crypto/chacha20poly1305"

	"extauthz/authz"
)

// Tokens seals the page tokens of filtered lists. MLflow's own tokens are offsets over all rows, hidden ones as well: who reads one counts
// what lies before it, and who makes one looks behind any row. A sealed token says nothing, and leads on in one search of one user only.
type Tokens struct{ aead cipher.AEAD }

const (
	sealedPrefix = "extauthz.1." // '.' is in no base64: MLflow and its stores never make such a token
	sealedBlock  = 64            // MLflow's tokens are padded to a multiple of it; every offset fits into one
)

var sealedText = base64.RawURLEncoding.Strict()

// NewTokens derives the key from a secret that all replicas share. Without one it is random, and tokens end with the process.
func NewTokens(secret []byte) (*Tokens, error) {
	if len(secret) == 0 {
		secret = make([]byte, 32)
		_, _ = rand.Read(secret) // never fails
	}
	key, err := hkdf.Key(sha256.New, secret, nil, "extauthz: page tokens, version 1", chacha20poly1305.KeySize)
	if err != nil {
		return nil, fmt.Errorf("the key of page tokens: %w", err)
	}
	aead, err := chacha20poly1305.NewX(key)
	return &Tokens{aead}, err
}

// Admit implements authz.PageTokens. Admins, whose lists are not filtered, have MLflow's own tokens; everybody else has sealed ones.
func (t *Tokens) Admit(p authz.Principal, op authz.Operation) error {
	c, err := cursorOf(p.UserID, op.Name, op.Workspace, op.Params)
	if err != nil || c.token == "" {
		return err
	}
	if !p.Unbounded() {
		_, err = t.open(c)
	} else if strings.HasPrefix(c.token, sealedPrefix) {
		err = notOfThisSearch(errors.New("a sealed token of an admin"))
	}
	return err
}

// cursor is a place in one search of one user.
type cursor struct {
	token  string // as the request has it; "" for the first page
	search []byte // what tells this search from every other: whose, of what, where, with which parameters
}

// cursorOf reads the parameters of a search. How many rows a page has may change on the way, every other parameter may not.
func cursorOf(userID uint64, operation, workspace string, params []byte) (cursor, error) {
	var rest map[string]jsontext.Value
	if err := json.Unmarshal(params, &rest); err != nil {
		return cursor{}, fmt.Errorf("search parameters: %w", err)
	}
	var c cursor
	if token, set := rest[tokenParam]; set && json.Unmarshal(token, &c.token) != nil {
		return c, notOfThisSearch(errors.New("it is no string"))
	}
	delete(rest, tokenParam)
	delete(rest, sizeParam)
	var err error
	c.search, err = json.Marshal([]any{userID, operation, workspace, rest}, json.Deterministic(true))
	return c, err
}

// seal hides MLflow's token; "" stays, as there is no further page.
func (t *Tokens) seal(token string, c cursor) string {
	if token == "" {
		return ""
	}
	padded := append([]byte(token), 0x80)
	padded = append(padded, make([]byte, (sealedBlock-len(padded)%sealedBlock)%sealedBlock)...)
	nonce := make([]byte, t.aead.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	return sealedPrefix + sealedText.EncodeToString(t.aead.Seal(nonce, nonce, padded, c.search))
}

// open returns the token of MLflow that was sealed for this very search.
func (t *Tokens) open(c cursor) (string, error) {
	text, ours := strings.CutPrefix(c.token, sealedPrefix)
	if !ours {
		return "", notOfThisSearch(errors.New("it is not sealed"))
	}
	sealed, err := sealedText.DecodeString(text)
	if err != nil || strings.ContainsAny(text, "\r\n") || len(sealed) < t.aead.NonceSize() {
		return "", notOfThisSearch(errors.New("it is damaged"))
	}
	nonce, sealed := sealed[:t.aead.NonceSize()], sealed[t.aead.NonceSize():]
	padded, err := t.aead.Open(nil, nonce, sealed, c.search)
	if err != nil {
		return "", notOfThisSearch(errors.New("it is changed, or was made for another user, for another search or with another key"))
	}
	token, _ := bytes.CutSuffix(bytes.TrimRight(padded, "\x00"), []byte{0x80})
	return string(token), nil
}

// notOfThisSearch is one text for whatever is wrong.
func notOfThisSearch(cause error) error {
	return &authz.Refusal{
		Reason: authz.InvalidParameter, Cause: cause,
		Text: "Invalid value for parameter 'page_token': it is not valid for this search, or no longer. Begin with the first page.",
	}
}
