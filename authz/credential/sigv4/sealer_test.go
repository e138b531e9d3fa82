package sigv4

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func mustSealer(t testing.TB, secrets ...string) *Sealer {
	t.Helper()
	var bytes [][]byte
	for _, s := range secrets {
		bytes = append(bytes, []byte(s))
	}
	s, err := NewSealer(bytes...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSealedOpensForItsIDAlone(t *testing.T) {
	s := mustSealer(t, sealing)
	for _, k := range []AccessKey{NewKey(), NewTemporaryKey()} {
		sealed := s.Seal(k)
		if got, err := s.open(k.ID, sealed); err != nil || got != k {
			t.Errorf("%#v opens as %#v: %v", k, got, err)
		}
		if bytes.Contains(sealed, []byte(k.Secret)) || bytes.Equal(sealed, s.Seal(k)) {
			t.Error("sealed shows the secret, or that it was sealed before")
		}
		if _, err := s.open(NewKey().ID, sealed); err == nil {
			t.Error("opens for another id")
		}
		for i := range sealed {
			damaged := bytes.Clone(sealed)
			damaged[i] ^= 1
			if _, err := s.open(k.ID, damaged); err == nil {
				t.Errorf("opens with byte %d damaged", i)
			}
			if _, err := s.open(k.ID, sealed[:i]); err == nil {
				t.Errorf("opens with %d bytes", i)
			}
		}
	}
}

// TestSealingKeyIsExchanged: old and new open side by side until everything is sealed with the new one.
func TestSealingKeyIsExchanged(t *testing.T) {
	k := NewTemporaryKey()
	was, both, after := mustSealer(t, sealing), mustSealer(t, "another secret of thirty-two bytes", sealing), mustSealer(t, "another secret of thirty-two bytes")
	sealed := was.Seal(k)
	if _, err := after.open(k.ID, sealed); err == nil {
		t.Error("opens without the key that sealed it")
	}
	fresh, changed, err := both.Reseal(k.ID, sealed)
	if err != nil || !changed {
		t.Fatal(changed, err)
	}
	if got, err := after.open(k.ID, fresh); err != nil || got != k {
		t.Errorf("after the exchange: %v", err)
	}
	if again, changed, err := both.Reseal(k.ID, fresh); err != nil || changed || !bytes.Equal(again, fresh) {
		t.Errorf("sealed anew without need: %v %v", changed, err)
	}
}

func TestSealersThatSealNothing(t *testing.T) {
	for name, secrets := range map[string][][]byte{
		"none": nil, "short": {[]byte(sealing[:31])}, "empty": {nil}, "twice": {[]byte(sealing), []byte(sealing)},
	} {
		if _, err := NewSealer(secrets...); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestNewKeys(t *testing.T) {
	seen := map[string]bool{}
	for range 100 {
		for _, k := range []AccessKey{NewKey(), NewTemporaryKey()} {
			if !isKeyID(k.ID) || len(k.Secret) != 40 || seen[k.ID] || seen[k.Secret] || seen[k.SessionToken] {
				t.Fatalf("%#v", k)
			}
			seen[k.ID], seen[k.Secret] = true, true
			if seen[k.SessionToken] = k.SessionToken != ""; strings.HasPrefix(k.ID, temporaryPrefix) != (k.SessionToken != "") {
				t.Fatalf("%#v", k)
			}
		}
	}
}

// TestLogsShowNoSecret prints a key in the ways that logs do.
func TestLogsShowNoSecret(t *testing.T) {
	k := NewTemporaryKey()
	var out strings.Builder
	slog.New(slog.NewJSONHandler(&out, nil)).Info("a key", "key", k)
	slog.New(slog.NewTextHandler(&out, nil)).Info("a key", "key", k)
	fmt.Fprintf(&out, "%v %+v %s %v", k, k, k, []any{k})
	if text := out.String(); strings.Contains(text, k.Secret) || strings.Contains(text, k.SessionToken) || !strings.Contains(text, k.ID) {
		t.Error(text)
	}
}
