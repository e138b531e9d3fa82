package client

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-json-experiment/json"
)

// Error is what a server answered in place of a result. Message is the server's own.
type Error struct {
	Status  int
	Code    string // MLflow's error_code
	Message string

	refused string // the credential that a 401 is about, "" when none was sent
}

func (e *Error) Error() string {
	text := strings.TrimSpace(e.Message)
	if text == "" {
		text = fmt.Sprintf("the server answered %d %s", e.Status, http.StatusText(e.Status))
	}
	if hint := e.hint(); hint != "" {
		return text + "\nhint: " + hint
	}
	return text
}

func (e *Error) hint() string {
	switch e.Status {
	case http.StatusUnauthorized:
		way := "sign in with `extauthz login`, or set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN"
		if e.refused == "" {
			return way
		}
		return e.refused + " was sent and is not accepted: wrong, expired, revoked, or of an account that is disabled; " + way
	case http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return "the URL leads elsewhere, and no credential is sent there; give the one that it leads to (with https: in place of http:?)"
	case http.StatusRequestEntityTooLarge:
		return "ask the service itself (--server with its --admin-listen address): the proxy in between takes smaller requests only"
	case http.StatusTooManyRequests:
		return "wait for as long as the message says; a wrong password in a script makes it longer"
	case http.StatusServiceUnavailable:
		return "the service's log and its /readyz say what fails"
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		return "the proxy does not reach the service; is it running?"
	default:
		return ""
	}
}

// failed reads MLflow's error object; any other body (a proxy's page) is left out, but a short text.
func failed(status int, body []byte) *Error {
	var said struct {
		Code    string `json:"error_code"`
		Message string `json:"message"`
	}
	e := &Error{Status: status}
	if json.Unmarshal(body, &said) == nil {
		e.Code, e.Message = said.Code, said.Message
	} else if len(body) < 500 && !strings.Contains(string(body), "<") {
		e.Message = string(body)
	}
	return e
}

// unreachable says where nobody answered, without the request.
func unreachable(server string, err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return fmt.Errorf("%s has a certificate that is not trusted here: %w\nhint: MLFLOW_TRACKING_SERVER_CERT_PATH names a file with the authorities to trust", server, err)
	}
	return fmt.Errorf("%s does not answer: %w\nhint: is it the URL that MLflow's clients use? See MLFLOW_TRACKING_URI", server, err)
}
