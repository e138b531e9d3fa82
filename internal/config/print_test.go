package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPrintLoadsToTheSame with every setting set to something that a careless printer would get wrong.
func TestPrintLoadsToTheSame(t *testing.T) {
	key := strings.Repeat("k", 32)
	d := dir(t, map[string]string{"key": key + "\n"})
	l := load(t, []string{
		"--store", "true", "--init", "--static-prefix", "/5", "--admin-username", "# no: remark", "--creators", "experiment=roles:a b,c",
		"--trusted-proxies", "", "--token-header", "X-Api-Key", "--token-header", "Authorization Token", "--seed-default-roles=false",
		"--max-credential-age", "90m", "--default-permission", "NO_PERMISSIONS", "--access-key-secret-file", filepath.Join(d, "key"),
	}, []string{"EXTAUTHZ_SECRET_KEY=secret of a variable"})
	text, err := l.Print()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "secret of a variable") || strings.Contains(string(text), key) {
		t.Errorf("a secret is printed:\n%s", text)
	}
	file := filepath.Join(d, "printed.yaml")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	again := load(t, []string{"--config", file}, []string{"EXTAUTHZ_SECRET_KEY=secret of a variable"})
	for i, s := range again.settings {
		if !s.is(l.settings[i]) {
			t.Errorf("%s is another after loading what was printed:\n%s", s.Name, text)
		}
	}
}

func TestNeedRestart(t *testing.T) {
	began := load(t, nil, nil)
	for flag, want := range map[string]string{
		"--store=other": "store", "--static-prefix=/a": "static_prefix", "--default-permission=EDIT": "", "--log-allowed": "", "--init": "",
		"--trusted-proxies=10.0.0.0/8": "", "--creators=prompt=admins": "", "--token-header=X-Api-Key": "", "--admin-username=admin": "",
		"--store=extauthz.db": "",
	} {
		if got := strings.Join(load(t, []string{flag}, nil).NeedRestart(began), " "); got != want {
			t.Errorf("%s: %q need a restart, want %q", flag, got, want)
		}
	}
}
