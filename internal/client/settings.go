package client

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"strconv"
)

// Settings say where the server is and who asks.
type Settings struct {
	URL                string
	Username, Password string
	Token              string
	ServerCert         string // a file with the CA's certificates in PEM; "" for the system's
	ClientCert         string // a file with a certificate and its key in PEM
	InsecureTLS        bool
	Workspace          string // sent as X-MLFLOW-WORKSPACE; "" sends none
}

// Load completes what is given with the environment and then ~/.mlflow/credentials, variable by variable, as MLflow's client does.
func Load(given Settings) (Settings, error) {
	s := given
	s.URL = cmp.Or(s.URL, os.Getenv("MLFLOW_TRACKING_URI"))
	s.ServerCert = cmp.Or(s.ServerCert, os.Getenv("MLFLOW_TRACKING_SERVER_CERT_PATH"))
	s.ClientCert = cmp.Or(s.ClientCert, os.Getenv("MLFLOW_TRACKING_CLIENT_CERT_PATH"))
	s.Workspace = cmp.Or(s.Workspace, os.Getenv("MLFLOW_WORKSPACE"))
	if insecure, err := strconv.ParseBool(os.Getenv("MLFLOW_TRACKING_INSECURE_TLS")); err == nil {
		s.InsecureTLS = s.InsecureTLS || insecure
	}
	if s.InsecureTLS && s.ServerCert != "" {
		return s, errors.New("MLFLOW_TRACKING_INSECURE_TLS and MLFLOW_TRACKING_SERVER_CERT_PATH contradict each other: unset one of them")
	}
	if given.Username != "" || given.Token != "" {
		return s, nil // a credential on the command line is the whole credential
	}
	path, err := SavedPath()
	if err != nil {
		return s, err
	}
	saved, err := Saved{path}.Read()
	if err != nil {
		return s, err
	}
	s.Username = cmp.Or(os.Getenv("MLFLOW_TRACKING_USERNAME"), saved.Username)
	s.Password = cmp.Or(os.Getenv("MLFLOW_TRACKING_PASSWORD"), saved.Password)
	s.Token = os.Getenv("MLFLOW_TRACKING_TOKEN")
	return s, nil
}

// SavedPath is where MLflow's client looks for credentials.
func SavedPath() (string, error) {
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".mlflow", "credentials"), err
}
