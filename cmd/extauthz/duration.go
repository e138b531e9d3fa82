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
