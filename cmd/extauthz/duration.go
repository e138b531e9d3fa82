package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// lifetime is a flag for how long something lives: 90d, 12h, 30m. Its zero value says nothing.
type lifetime time.Duration

func (l *lifetime) Set(text string) error {
	d, err := time.ParseDuration(text)
	if days, ok := strings.CutSuffix(text, "d"); ok {
		var n int64
		n, err = strconv.ParseInt(days, 10, 32)
		d = time.Duration(n) * 24 * time.Hour
	}
	if err != nil || d < time.Second {
		return fmt.Errorf("want a time like 90d, 12h or 30m")
	}
	*l = lifetime(d)
	return nil
}

func (l *lifetime) String() string {
	if *l == 0 {
		return ""
	}
	return time.Duration(*l).String()
}

func (*lifetime) Type() string { return "time" }

// seconds is what the API wants; nil for nothing said.
func (l lifetime) seconds() *int64 {
	if l == 0 {
		return nil
	}
	s := int64(time.Duration(l) / time.Second)
	return &s
}

// past is a flag for a moment: so long ago, or a local date, with a time or without. Its zero value says nothing.
type past struct{ at time.Time }

func (p *past) Set(text string) error {
	var ago lifetime
	if ago.Set(text) == nil {
		p.at = time.Now().Add(-time.Duration(ago))
		return nil
	}
	for _, layout := range []string{time.DateOnly, time.DateTime, time.RFC3339} {
		if at, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			p.at = at
			return nil
		}
	}
	return fmt.Errorf("want a time like 7d, 12h, 2026-01-31 or 2026-01-31T13:00:00Z")
}

func (p *past) String() string { return p.rfc3339() }

func (*past) Type() string { return "time" }

// rfc3339 is the moment as the service reads it; "" when none is given.
func (p *past) rfc3339() string {
	if p.at.IsZero() {
		return ""
	}
	return p.at.UTC().Format(time.RFC3339)
}
