package httpcheck

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf16"

	"extauthz/envoy"
)

// Headers of an answer that are for the proxy and go no further.
const (
	upstreamHeader = "X-Extauthz-Upstream"            // who gets the request: "mlflow", or "auth-api" for this service's own endpoints
	removeHeader   = "X-Extauthz-Remove"              // what it must not see, with commas between
	statusHeader   = "X-Extauthz-Status"              // nginx: what the client gets, where auth_request knows only 401 and 403
	denialHeader   = "X-Extauthz-Denial"              // nginx: the body that it gets with it
	envoyRemoves   = "X-Envoy-Auth-Headers-To-Remove" // Envoy: the same, and Envoy takes them out
)

// answer answers as the client is to be answered: any status but 2xx denies, and goes on to the client with its headers and body. The header remove
// lists what is to be taken out.
func answer(remove string) func(http.ResponseWriter, envoy.Verdict) {
	return func(w http.ResponseWriter, v envoy.Verdict) {
		allowed := allowing(v)
		if allowed {
			pass(w.Header(), v, remove)
		} else {
			set(w.Header(), v.Headers)
		}
		write(w, allowed, v.Status, v.Body)
	}
}

// answerNginx denies by 401 or 403, since auth_request makes anything else a 500, and drops the body. What the client is to get stands in headers.
func answerNginx(w http.ResponseWriter, v envoy.Verdict) {
	allowed, status := allowing(v), v.Status
	if allowed {
		pass(w.Header(), v, removeHeader)
	} else {
		set(w.Header(), v.Headers)
		w.Header().Set(statusHeader, strconv.Itoa(refusing(v.Status)))
		w.Header().Set(denialHeader, oneLine(v.Body))
		if status != http.StatusUnauthorized {
			status = http.StatusForbidden
		}
	}
	write(w, allowed, status, v.Body)
}

func allowing(v envoy.Verdict) bool { return v.Allowed && v.Status == http.StatusOK }

// refusing is a status that denies.
func refusing(status int) int {
	if status < http.StatusBadRequest {
		return http.StatusServiceUnavailable
	}
	return status
}

func pass(h http.Header, v envoy.Verdict, remove string) {
	set(h, v.Set)
	h.Set(upstreamHeader, "mlflow")
	if v.Own {
		h.Set(upstreamHeader, "auth-api")
	}
	if len(v.Remove) > 0 {
		h.Set(remove, strings.Join(v.Remove, ","))
	}
}

func set(h http.Header, pairs []string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
}

// write sends 200 only for what is allowed.
func write(w http.ResponseWriter, allowed bool, status int, body string) {
	w.Header().Set("Cache-Control", "no-store")
	if allowed {
		w.WriteHeader(http.StatusOK)
		return
	}
	w.WriteHeader(refusing(status))
	_, _ = io.WriteString(w, body) // the proxy is gone: nobody to tell
}

// oneLine makes a header of a body: JSON's own escapes for what is no printable ASCII, which in JSON stands only in strings.
func oneLine(body string) string {
	var b strings.Builder
	for _, c := range body {
		if c >= ' ' && c < 0x7f {
			b.WriteRune(c)
			continue
		}
		for _, unit := range utf16.Encode([]rune{c}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}
