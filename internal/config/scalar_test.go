package config

import (
	"testing"
	"time"
)

func TestDuration(t *testing.T) {
	var d time.Duration
	s := duration(&d, "patience", time.Minute, "how long")
	if d != time.Minute || s.Default != "1m0s" {
		t.Errorf("the default is %v, written %s", d, s.Default)
	}
	if err := s.set([]string{"90s"}); err != nil || d != 90*time.Second {
		t.Errorf("90s: %v, %v", d, err)
	}
	for _, bad := range []string{"", "90", "a minute"} {
		if s.set([]string{bad}) == nil {
			t.Errorf("%q is a duration", bad)
		}
	}
}
