package httpcheck

import "net/http"

// lines reads headers that must be there once, and remembers the first that is not.
type lines struct {
	header http.Header
	err    error
}

func (l *lines) one(name string) string {
	values := l.header[http.CanonicalHeaderKey(name)]
	switch {
	case len(values) == 1:
		return values[0]
	case l.err == nil && len(values) == 0:
		l.err = untold(name + ", which is missing")
	case l.err == nil:
		l.err = untold(name + ", and only once")
	}
	return ""
}
