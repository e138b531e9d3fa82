package client

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"
)

// configparser is what MLflow's client reads the file with (mlflow.utils.credentials).
const configparser = `
import configparser, json, sys
c = configparser.ConfigParser()
c.read(sys.argv[1])
print(json.dumps({s: dict(c[s]) for s in c.sections()}))`

func parsed(t *testing.T, path string) map[string]map[string]string {
	t.Helper()
	out, err := exec.Command("python3", "-c", configparser, path).Output()
	if err != nil {
		t.Fatalf("configparser does not read the file: %v", err)
	}
	var sections map[string]map[string]string
	if err := json.Unmarshal(out, &sections); err != nil {
		t.Fatal(err)
	}
	return sections
}

// TestSavedIsReadByPython: what is written is what MLflow's client reads, and everything else in the file stays.
func TestSavedIsReadByPython(t *testing.T) {
	for name, before := range map[string]string{
		"no file":                 "",
		"other sections":          "# mine\n[databricks]\nhost = x\n\ttoken = y\n\n[other]\na=1\n",
		"the section, with more":  "[mlflow]\nmlflow_tracking_insecure_tls = true\n[z]\nb: 2\n",
		"an old login":            "[mlflow]\nmlflow_tracking_username = old\nMLFLOW_TRACKING_PASSWORD: older\n  and older\nx = 1\n",
		"no newline at the end":   "[z]\nb = 2",
		"the section at the end":  "[z]\nb = 2\n\n[mlflow]",
		"the section without any": "[mlflow]\n\n\n[z]\nb = 2\n",
	} {
		t.Run(name, func(t *testing.T) {
			s := Saved{filepath.Join(t.TempDir(), "new", "credentials")}
			others := map[string]map[string]string{}
			if before != "" {
				s.Path = filepath.Join(t.TempDir(), "credentials")
				if err := os.WriteFile(s.Path, []byte(before), 0o644); err != nil {
					t.Fatal(err)
				}
				others = parsed(t, s.Path)
			}
			login := Login{"alice", `p%a;s#s = [w]ö"rd%%s`}
			if err := s.Write(login); err != nil {
				t.Fatal(err)
			}
			expectOnly(t, s, others, login)
			if got, err := s.Read(); err != nil || got != login {
				t.Errorf("read back %+v %v", got, err)
			}
			if deleted, err := s.Delete(); err != nil || !deleted {
				t.Errorf("%v %v", deleted, err)
			}
			expectOnly(t, s, others, Login{})
			if deleted, err := s.Delete(); err != nil || deleted {
				t.Errorf("deleted twice: %v %v", deleted, err)
			}
		})
	}
}

// expectOnly wants the login in the file, beside what was there before, and the file for nobody else to read.
func expectOnly(t *testing.T, s Saved, others map[string]map[string]string, l Login) {
	t.Helper()
	info, err := os.Stat(s.Path)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("the file is %v %v", info.Mode(), err)
	}
	got := parsed(t, s.Path)
	if section := got["mlflow"]; section[usernameKey] != l.Username || section[passwordKey] != l.Password {
		t.Errorf("Python reads %v, want %+v", section, l)
	}
	for section, settings := range others {
		for key, value := range settings {
			if key != usernameKey && key != passwordKey && got[section][key] != value {
				t.Errorf("[%s] %s was %q and is %q", section, key, value, got[section][key])
			}
		}
	}
}

func TestLoginsThatAnINIFileCannotHold(t *testing.T) {
	s := Saved{filepath.Join(t.TempDir(), "credentials")}
	for _, l := range []Login{{"alice", ""}, {"alice", " x"}, {"alice", "x "}, {"alice", "a\nb"}, {"alice", "a\rb"}, {"alice", "a\u2028b"}, {"", "x"}} {
		if err := s.Write(l); err == nil {
			t.Errorf("%q was saved", l)
		}
	}
	if _, err := os.Stat(s.Path); err == nil {
		t.Error("a refused login left a file")
	}
}

// TestAnyLoginComesBack, or is refused.
func TestAnyLoginComesBack(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		s := Saved{filepath.Join(dir, "credentials")}
		l := Login{rapid.StringN(1, 20, 80).Draw(t, "username"), rapid.StringN(1, 20, 80).Draw(t, "password")}
		if s.Write(l) != nil {
			return
		}
		if got, err := s.Read(); err != nil || got != l {
			t.Fatalf("%+v %v", got, err)
		}
	})
}
