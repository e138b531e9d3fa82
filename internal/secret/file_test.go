package secret

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func write(t *testing.T, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // whatever the umask is
		t.Fatal(err)
	}
	return path
}

func TestReadTakesOneNewlineOff(t *testing.T) {
	for text, want := range map[string]string{"a b": "a b", "a\n": "a", "a\r\n": "a", "a\n\n": "a\n", " a ": " a ", "one\ntwo\n": "one\ntwo"} {
		if got, err := Read(write(t, text, 0o600)); got != want || err != nil {
			t.Errorf("%q: %q, %v; want %q", text, got, err, want)
		}
	}
}

func TestReadRefusesWhatIsNoSecret(t *testing.T) {
	for text, want := range map[string]string{"": "is empty", "\n": "is empty", "a\x00b": "zero byte", strings.Repeat("x", largest+1): "larger"} {
		if got, err := Read(write(t, text, 0o600)); got != "" || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.10q: %.10q, %v; want %q", text, got, err, want)
		}
	}
	if _, err := Read(filepath.Join(t.TempDir(), "none")); !os.IsNotExist(err) {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestWarning(t *testing.T) {
	for mode, warns := range map[os.FileMode]bool{0o600: false, 0o400: false, 0o640: true, 0o644: true, 0o604: true} {
		if got := Warning(write(t, "x", mode)); (got != "") != warns {
			t.Errorf("%#o: %q", mode, got)
		}
	}
}

func TestSecretsOfAVolumeWithAGroup(t *testing.T) {
	for _, tc := range []struct {
		mode      os.FileMode
		owner, us int
		want      bool
	}{
		{0o440, 0, 65532, false},
		{0o440, 65532, 65532, true},
		{0o444, 0, 65532, true},
		{0o460, 0, 65532, true},
	} {
		if got := exposed(tc.mode, tc.owner, tc.us); got != tc.want {
			t.Errorf("%#o of %d, read by %d, is exposed: %v", tc.mode, tc.owner, tc.us, got)
		}
	}
}
