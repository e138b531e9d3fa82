package api

import (
	"net/http/httptest"
	"testing"
)

// TestFactsAreThoseOfTheWire: a signature covers the host and the target as they were sent.
func TestFactsAreThoseOfTheWire(t *testing.T) {
	r := httptest.NewRequest("GET", "http://mlflow.example.com:8443/api/2.0/mlflow/users/get?username=a%20b", nil)
	facts := (&handler{}).facts(r)
	if facts.Host != "mlflow.example.com:8443" || facts.Headers.Has("host") || facts.Target != r.RequestURI {
		t.Errorf("%+v", facts)
	}
}
