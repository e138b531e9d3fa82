package credential

import (
	"bufio"
	"errors"
	"os"
	"strings"
	"testing"
)

func newTestHasher(t testing.TB) *Hasher {
	t.Helper()
	h, err := NewHasher(HasherConfig{Cost: cheap})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestHashRoundTrip(t *testing.T) {
	h, err := NewHasher(HasherConfig{})
	if err != nil {
		t.Fatal(err)
	}
	one, err1 := h.Hash(t.Context(), secret)
	two, err2 := h.Hash(t.Context(), secret)
	if err1 != nil || err2 != nil || one == two || !strings.HasPrefix(one, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("hashes %q and %q: want two different ones with the default cost", one, two)
	}
	for password, want := range map[string]bool{secret: true, secret + " ": false, "": false} {
		if ok, err := h.Verify(t.Context(), one, password); ok != want || err != nil {
			t.Errorf("Verify(%q) = %v, %v; want %v", password, ok, err, want)
		}
	}
	if h.NeedsRehash(one) {
		t.Error("a fresh hash needs rehashing")
	}
}

// The file is made by the real werkzeug; see its first line.
func TestWerkzeugVectors(t *testing.T) {
	f, err := os.Open("testdata/werkzeug.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	h, n := newTestHasher(t), 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		v := strings.Split(lines.Text(), "\t")
		if strings.HasPrefix(lines.Text(), "#") || len(v) != 3 {
			continue
		}
		n++
		t.Run(v[0]+" "+v[2][:20], func(t *testing.T) {
			t.Parallel() // a million iterations take their time under -race
			if ok, err := h.Verify(t.Context(), v[2], v[1]); err != nil || ok != (v[0] == "match") {
				t.Errorf("%q: %v, %v", v[1], ok, err)
			}
			if !h.NeedsRehash(v[2]) {
				t.Error("needs no rehash")
			}
		})
	}
	if n < 13 {
		t.Errorf("only %d vectors were read", n)
	}
}

// The example of argon2-cffi's documentation: another implementation, other parameters.
func TestForeignArgon2id(t *testing.T) {
	const encoded = "$argon2id$v=19$m=65536,t=3,p=4$MIIRqgvgQbgj220jfp0MPA$YfwJSVjtjSU0zzV/P3S9nnQ/USre2wvJMjfCIjrTQbg"
	h := newTestHasher(t)
	if ok, err := h.Verify(t.Context(), encoded, "correct horse battery staple"); !ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
	if !h.NeedsRehash(encoded) {
		t.Error("other parameters need no rehash")
	}
}

func TestMalformedHashes(t *testing.T) {
	const salt, digest = "c2FsdHNhbHRzYWx0c2FsdA", "YfwJSVjtjSU0zzV/P3S9nnQ/USre2wvJMjfCIjrTQbg"
	hex32, hex64 := strings.Repeat("ab", 32), strings.Repeat("ab", 64)
	good := []string{
		"$argon2id$v=19$m=64,t=1,p=1$" + salt + "$" + digest,
		"scrypt:16:1:1$salt$" + hex64,
		"pbkdf2:sha256:1$salt$" + hex32,
	}
	bad := []string{
		"", "$", "$$$", "plain text", secret, "$2b$12$abcdefghijklmnopqrstuv",
		"$argon2i$v=19$m=64,t=1,p=1$" + salt + "$" + digest,
		"$argon2id$v=16$m=64,t=1,p=1$" + salt + "$" + digest,
		"$argon2id$m=64,t=1,p=1$" + salt + "$" + digest,
		"$argon2id$v=19$m=262145,t=1,p=1$" + salt + "$" + digest, // more than 256 MiB
		"$argon2id$v=19$m=4294967295,t=1,p=1$" + salt + "$" + digest,
		"$argon2id$v=19$m=262144,t=5,p=1$" + salt + "$" + digest,
		"$argon2id$v=19$m=64,t=0,p=1$" + salt + "$" + digest, // would panic
		"$argon2id$v=19$m=64,t=4294967295,p=1$" + salt + "$" + digest,
		"$argon2id$v=19$m=64,t=1,p=0$" + salt + "$" + digest, // would panic
		"$argon2id$v=19$m=64,t=1,p=256$" + salt + "$" + digest,
		"$argon2id$v=19$m=7,t=1,p=1$" + salt + "$" + digest,
		"$argon2id$v=19$t=1,m=64,p=1$" + salt + "$" + digest,
		"$argon2id$v=19$m=64,t=1,p=1,x=1$" + salt + "$" + digest,
		"$argon2id$v=19$m=-64,t=1,p=1$" + salt + "$" + digest,
		"$argon2id$v=19$m=64,t=1,p=1$$" + digest,
		"$argon2id$v=19$m=64,t=1,p=1$" + salt + "$", // an empty digest would fit any password
		"$argon2id$v=19$m=64,t=1,p=1$" + salt + "$YQ",
		"$argon2id$v=19$m=64,t=1,p=1$" + salt + "$" + digest + "$",
		"scrypt:16:1:1$salt$", "scrypt:16:1:1$salt$" + hex32, "scrypt:16:1:1$$" + hex64, "scrypt:16:1:1$salt$zz",
		"scrypt:0:1:1$salt$" + hex64, "scrypt:1:1:1$salt$" + hex64, "scrypt:17:1:1$salt$" + hex64, "scrypt:16:0:1$salt$" + hex64,
		"scrypt:16:1:0$salt$" + hex64, "scrypt:16:1$salt$" + hex64, "scrypt:16:1:1:1$salt$" + hex64, "scrypt:x:1:1$salt$" + hex64,
		"scrypt:1048576:8:1$salt$" + hex64, "scrypt:2147483647:65535:65535$salt$" + hex64, "scrypt:32768:8:17$salt$" + hex64,
		"pbkdf2:sha256:0$salt$" + hex32, "pbkdf2:sha256:10000001$salt$" + hex32, "pbkdf2:sha256:-1$salt$" + hex32,
		"pbkdf2:sha256:99999999999999999999$salt$" + hex32, "pbkdf2:md5:1$salt$" + hex32, "pbkdf2:md5:1$salt$",
		"pbkdf2:sha256:1$salt$" + hex64, "pbkdf2:sha256:1$salt$", "pbkdf2:sha256:1:1$salt$" + hex32, "pbkdf2::1$salt$" + hex32,
		"sha256$salt$" + hex32, "md5$salt$" + hex32, "plain$salt$" + hex32,
	}
	h := newTestHasher(t)
	for _, encoded := range good {
		if ok, err := h.Verify(t.Context(), encoded, secret); ok || err != nil {
			t.Errorf("Verify(%q) = %v, %v; want a plain mismatch", encoded, ok, err)
		}
	}
	for _, encoded := range bad {
		ok, err := h.Verify(t.Context(), encoded, secret)
		if ok || !errors.Is(err, ErrMalformedHash) {
			t.Errorf("Verify(%q) = %v, %v; want ErrMalformedHash", encoded, ok, err)
		}
		if !h.NeedsRehash(encoded) {
			t.Errorf("%q needs no rehash", encoded)
		}
	}
}

func TestHasherRefusesACostThatItWouldNotVerify(t *testing.T) {
	for _, c := range []Argon2id{{MemoryKiB: 1 << 20, Time: 1, Threads: 1}, {MemoryKiB: 64}, {Time: 1, Threads: 1}} {
		if _, err := NewHasher(HasherConfig{Cost: c}); err == nil {
			t.Errorf("%+v was accepted", c)
		}
	}
}

func TestHasherRefusesALongPassword(t *testing.T) {
	if _, err := newTestHasher(t).Hash(t.Context(), strings.Repeat("x", maxPassword+1)); err == nil || strings.Contains(err.Error(), "xxx") {
		t.Errorf("got %v", err)
	}
}

// FuzzParseStored: no stored text makes us panic or work without bound.
func FuzzParseStored(f *testing.F) {
	f.Add("$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$YfwJSVjtjSU0zzV/P3S9nnQ/USre2wvJMjfCIjrTQbg")
	f.Add("scrypt:32768:8:1$salt$" + strings.Repeat("ab", 64))
	f.Add("pbkdf2:sha256$salt$" + strings.Repeat("ab", 32))
	f.Fuzz(func(t *testing.T, encoded string) {
		s, err := parseStored(encoded)
		if err == nil && (len(s.digest) < 16 || len(s.salt) == 0 || s.kdf.check() != nil) {
			t.Fatalf("%q was accepted as %+v", encoded, s)
		}
	})
}
