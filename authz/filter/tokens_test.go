package filter

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"extauthz/authz"
	"extauthz/authz/mlflow"
)

// continued is a request for the next page.
type continued struct {
	by        authz.Principal
	operation string
	workspace string
	token     string
	params    map[string]any
}

func (c continued) admit(t *testing.T, with *Tokens) error {
	t.Helper()
	c.params["page_token"] = c.token
	params, err := json.Marshal(c.params)
	if err != nil {
		t.Fatal(err)
	}
	return with.Admit(c.by, authz.Operation{Name: c.operation, Workspace: c.workspace, Params: params})
}

// TestTokensHoldInOneSearch: alice was given a token on the first page of one search. Each line changes one thing of her next request.
func TestTokensHoldInOneSearch(t *testing.T) {
	raw := mlflow.OffsetToken(1000)
	offset, _ := mlflow.TokenOffset(raw)
	for _, c := range []struct {
		name   string
		change func(*continued)
		key    string
		ok     bool
	}{
		{"nothing", func(*continued) {}, "k", true},
		{"the size of the page", func(c *continued) { c.params["max_results"] = "7" }, "k", true},
		{"no size", func(c *continued) { delete(c.params, "max_results") }, "k", true},
		{"the first page", func(c *continued) { c.token = "" }, "k", true},
		{"another user", func(c *continued) { c.by.UserID = 8 }, "k", false},
		{"nobody", func(c *continued) { c.by = authz.Principal{} }, "k", false},
		{"another filter", func(c *continued) { c.params["filter"] = "name LIKE 'b%'" }, "k", false},
		{"no filter", func(c *continued) { delete(c.params, "filter") }, "k", false},
		{"another order", func(c *continued) { c.params["order_by"] = []string{"name DESC"} }, "k", false},
		{"another view", func(c *continued) { c.params["view_type"] = "ALL" }, "k", false},
		{"another parameter", func(c *continued) { c.params["x"] = "" }, "k", false},
		{"another route", func(c *continued) { c.operation = "SearchRegisteredModels" }, "k", false},
		{"another workspace", func(c *continued) { c.workspace = "team" }, "k", false},
		{"another key", func(*continued) {}, "other", false},
		{"a token of MLflow", func(c *continued) { c.token = raw }, "k", false},
		{"a token of MLflow, by an admin", func(c *continued) { c.token, c.by.Admin = raw, true }, "k", true},
		{"by an admin", func(c *continued) { c.by.Admin = true }, "k", false},
		{"no prefix", func(c *continued) { c.token = strings.TrimPrefix(c.token, sealedPrefix) }, "k", false},
		{"the prefix alone", func(c *continued) { c.token = sealedPrefix }, "k", false},
		{"a token of MLflow behind the prefix", func(c *continued) { c.token = sealedPrefix + raw }, "k", false},
		{"the last byte gone", func(c *continued) { c.token = c.token[:len(c.token)-1] }, "k", false},
		{"half of it gone", func(c *continued) { c.token = c.token[:len(c.token)/2] }, "k", false},
		{"padding behind it", func(c *continued) { c.token += "=" }, "k", false},
		{"a line end behind it", func(c *continued) { c.token += "\n" }, "k", false},
		{"something behind it", func(c *continued) { c.token += "AAAA" }, "k", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			next := continued{authz.Principal{UserID: 7}, "SearchExperiments", "", "", map[string]any{
				"filter": "name LIKE 'a%'", "order_by": []string{"name"}, "view_type": "ACTIVE_ONLY", "max_results": "5",
			}}
			first := must(json.Marshal(next.params))
			next.token = must(NewTokens([]byte("k"))).seal(mlflow.OffsetToken(offset), must(cursorOf(7, next.operation, "", first)))
			c.change(&next)
			err := next.admit(t, must(NewTokens([]byte(c.key))))
			var refusal *authz.Refusal
			if (err == nil) != c.ok || err != nil && (!errors.As(err, &refusal) || refusal.Reason != authz.InvalidParameter || refusal.Cause == nil) {
				t.Errorf("%v", err)
			}
			if err != nil && strings.Contains(refusal.Text, next.token) && next.token != "" {
				t.Errorf("the text has the token: %s", refusal.Text)
			}
		})
	}
}

// TestTokensWithAFlippedBit: no bit of a token can be changed. The last character of the text has bits that stand for nothing; they are
// to be zero.
func TestTokensWithAFlippedBit(t *testing.T) {
	c := must(cursorOf(7, "SearchExperiments", "", []byte(`{}`)))
	sealed := tokens.seal(mlflow.OffsetToken(5), c)
	for i := len(sealedPrefix); i < len(sealed); i++ {
		for bit := range 6 {
			const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
			flipped := alphabet[strings.IndexByte(alphabet, sealed[i])^1<<bit]
			c.token = sealed[:i] + string(flipped) + sealed[i+1:]
			if token, err := tokens.open(c); err == nil {
				t.Fatalf("character %d, bit %d: opens as %s", i, bit, token)
			}
		}
	}
	if c.token = sealed; must(tokens.open(c)) != mlflow.OffsetToken(5) { // the twin
		t.Error("the token itself does not open")
	}
}

// TestTokensSayNothing: neither their length nor their bytes tell where they lead.
func TestTokensSayNothing(t *testing.T) {
	c := must(cursorOf(7, "SearchExperiments", "", []byte(`{}`)))
	length, seen := 0, map[string]bool{}
	for _, offset := range []int{1, 1, 99, 1 << 62} {
		sealed := tokens.seal(mlflow.OffsetToken(offset), c)
		if length == 0 {
			length = len(sealed)
		}
		if len(sealed) != length || seen[sealed] || strings.Trim(sealed, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") != "" {
			t.Errorf("%d is sealed as %s", offset, sealed)
		}
		if seen[sealed] = true; !strings.HasPrefix(sealed, sealedPrefix) {
			t.Errorf("%s does not begin as ours", sealed)
		}
	}
	for n := range 3 * sealedBlock {
		token := strings.Repeat("x", n)
		if c.token = tokens.seal(token, c); (c.token == "") != (n == 0) || n > 0 && must(tokens.open(c)) != token {
			t.Errorf("a token of %d bytes does not come back", n)
		}
	}
}

// TestTokensOfNoSecret: two processes without a secret do not know each other's tokens; two with the same one do.
func TestTokensOfNoSecret(t *testing.T) {
	c := must(cursorOf(7, "SearchExperiments", "", []byte(`{}`)))
	for _, secret := range []string{"", "shared"} {
		a, b := must(NewTokens([]byte(secret))), must(NewTokens([]byte(secret)))
		c.token = a.seal("x", c)
		if _, err := b.open(c); (err == nil) != (secret != "") {
			t.Errorf("secret %q: %v", secret, err)
		}
		if _, err := a.open(c); err != nil {
			t.Errorf("its own: %v", err)
		}
	}
}

// TestTokensThatAreNoText are refused before anything else is said about them.
func TestTokensThatAreNoText(t *testing.T) {
	for params, ok := range map[string]bool{`{"page_token":5}`: false, `{"page_token":["x"]}`: false, `{"page_token":null}`: true, `{}`: true, ``: false} {
		if err := tokens.Admit(authz.Principal{UserID: 7}, authz.Operation{Name: "SearchExperiments", Params: []byte(params)}); (err == nil) != ok {
			t.Errorf("%s: %v", params, err)
		}
	}
}
