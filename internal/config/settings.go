package config

import (
	"log/slog"

	"extauthz/authz"
	"extauthz/internal/app"
)

// values are what the settings set.
type values struct {
	app.Config
	AuthConfig string // the path of MLflow's basic_auth.ini
}

// group is a section of the reference.
type group struct {
	title    string
	settings []Setting
}

// groups binds every setting to its field of v, and sets it to its default. Those whose field is in app.Live change without a restart.
func groups(v *values) []group {
	return []group{
		{"Store", []Setting{
			text(&v.StorePath, "store", "extauthz.db", "file with users and grants"),
			boolean(&v.Init, "init", false, "create the store when there has never been one").once(),
		}},
		{"Addresses", []Setting{
			text(&v.GRPCListen, "grpc-listen", "127.0.0.1:9191", "address for Envoy: host:port or unix:///path"),
			text(&v.HTTPCheckListen, "http-check-listen", "", "address for proxies that ask over HTTP (nginx, Traefik, Envoy without gRPC), as 127.0.0.1:9192; none when empty"),
			text(&v.AdminListen, "admin-listen", "127.0.0.1:8080", "address of the auth REST API"),
			text(&v.APIGRPCListen, "api-grpc-listen", "", "address of the auth API over gRPC, as 127.0.0.1:8081; none when empty"),
			boolean(&v.GRPCReflection, "grpc-reflection", false, "the auth API over gRPC tells anybody its methods and messages (server reflection)"),
			text(&v.DiagnosticsListen, "diagnostics-listen", "127.0.0.1:9090", "address of /healthz, /readyz and /metrics"),
			text(&v.PprofListen, "pprof-listen", "", "loopback address of Go's profiles; off when empty"),
			text(&v.GRPCTLSCert, "grpc-tls-cert", "", "certificate chain for the gRPC listener, read again when the file changes; plain when empty"),
			text(&v.GRPCTLSKey, "grpc-tls-key", "", "file with its key"),
			text(&v.GRPCClientCA, "grpc-client-ca", "", "authorities of Envoy's certificate, which is then required"),
			texts(&v.GRPCClientNames, "grpc-client-names", "URIs or DNS names, one of which Envoy's certificate must have; any certificate of those authorities when empty"),
			boolean(&v.TrustGRPCNetwork, "trust-grpc-network", false, "the network lets nobody but Envoy reach the gRPC listener"),
			text(&v.AdminTLSCert, "admin-tls-cert", "", "certificate chain for the auth API, REST and gRPC, read again when the file changes; plain when empty"),
			text(&v.AdminTLSKey, "admin-tls-key", "", "file with its key"),
			text(&v.AdminClientCA, "admin-client-ca", "", "authorities of clients' certificates; a client may show one, or sign in otherwise"),
			prefixes(&v.TrustedProxies, "trusted-proxies", "127.0.0.0/8,::1/128", "networks whose X-Forwarded-For the auth API believes; none when empty"),
		}},
		{"MLflow", []Setting{
			text(&v.MLflowURL, "mlflow-url", "http://127.0.0.1:5000", "MLflow behind the proxy, to ask who owns a run"),
			text(&v.StaticPrefix, "static-prefix", "", "MLflow's --static-prefix"),
			boolean(&v.Workspaces, "workspaces", false, "MLflow runs with --enable-workspaces"),
			negated(&v.BareWorkspaces, "seed-default-roles", true, "new workspaces begin with the two roles that MLflow makes for each").orMLflow("MLFLOW_RBAC_SEED_DEFAULT_ROLES"),
			text(&v.AuthConfig, "auth-config", "", "MLflow's basic_auth.ini").orMLflow("MLFLOW_AUTH_CONFIG_PATH"),
		}},
		{"Permissions", []Setting{
			permission(&v.DefaultPermission, "default-permission", authz.Read, "permission on what nothing is granted on"),
			boolean(&v.GrantDefaultWorkspace, "grant-default-workspace-access", false, "with workspaces: the default permission holds in the default workspace"),
			boolean(&v.ReportOnly, "report-only", false, "for adopting the service in front of a server that people use: what would be denied is let through, and noted"),
			texts(&v.ReportOperations, "report-operations", "operations that are only reported, by the names that extauthz routes lists"),
			creators(&v.Creators, "creators", "who may create what, besides admins: experiment=admins, prompt=roles:a,b, registered_model=everyone (the default)"),
		}},
		{"Credentials", []Setting{
			text(&v.AdminUsername, "admin-username", "", "name of the first admin").orMLflow("MLFLOW_AUTH_ADMIN_USERNAME").once(),
			secretFile(&v.AdminPassword, "admin-password-file", "password of the first admin").orMLflow("MLFLOW_AUTH_ADMIN_PASSWORD").once(),
			boolean(&v.AllowDefaultPassword, "allow-default-password", false, "for development: MLflow's documented default password may be kept"),
			secretFile(&v.SecretKey, "secret-key-file", "a long random text, the same for all replicas: page tokens and forms of one are good at another").orMLflow("MLFLOW_FLASK_SERVER_SECRET_KEY"),
			secretFile(&v.AccessKeySecrets, "access-key-secret-file", "secrets that encrypt those of access keys (SigV4) in the store: one a line, of 32 bytes or more; the first one seals"),
			text(&v.SigV4Region, "sigv4-region", "", "region that signatures must be for; any when empty"),
			boolean(&v.SigV4UnverifiedBodies, "sigv4-unverified-bodies", false, "accept signed uploads of artifacts, whose body is not shown to the check"),
			boolean(&v.SigV4WholeQueries, "sigv4-whole-queries", false, "refuse signatures that leave out values of a repeated parameter, as MLflow's signer does"),
			tokenHeaders(&v.Carriers, "token-header", "further header that carries a token, with its scheme if it has one: X-Api-Key, or \"Authorization Token\""),
			structured(&v.Issuers, "issuers", "who signs tokens of users that are accepted (JWT): OpenID providers, Kubernetes clusters"),
			structured(&v.Certificates, "certificates", "how client certificates name their users; the first rule that speaks of a certificate counts"),
			structured(&v.IdentityHeaders, "identity-headers", "headers with a username, set by a proxy that is trusted to have signed the user in"),
			duration(&v.MaxCredentialAge, "max-credential-age", 0, "how long tokens and access keys live at most, as 720h; 0s is no limit"),
		}},
		{"Limits", []Setting{
			integer(&v.MaxRequestBytes, "max-request-bytes", 8<<20, "largest request body that Envoy sends along"),
			integer(&v.MaxResponseBytes, "max-response-bytes", 32<<20, "largest response body that Envoy hands over"),
			duration(&v.ShutdownDelay, "shutdown-delay", 0, "how long to go on serving after the health service has said NOT_SERVING"),
			integer(&v.CacheEntries, "cache-entries", 200_000, "runs and logged models whose experiment is remembered"),
		}},
		{"Traces", []Setting{
			text(&v.OTLPEndpoint, "otlp-endpoint", "", "OpenTelemetry collector that takes spans as OTLP over gRPC, as http://127.0.0.1:4317; no traces when empty").orStandard("OTEL_EXPORTER_OTLP_ENDPOINT"),
		}},
		{"Logs", []Setting{
			boolean(&v.LogAllowed, "log-allowed", false, "log allowed requests, too"),
			share(&v.LogAllowedSample, "log-allowed-sample", 1, "share of the allowed requests that log-allowed logs, chosen by the request's id: 0.01 is one in a hundred; what is denied is always logged"),
			duration(&v.AuditRetention, "audit-retention", 0, "how long audit records are kept, as 8760h; 0s is for ever"),
			level(&v.LogLevel, "log-level", slog.LevelInfo, "least of what is logged beside decisions"),
		}},
	}
}

// settings are those of all groups.
func settings(v *values) []Setting {
	var all []Setting
	for _, g := range groups(v) {
		all = append(all, g.settings...)
	}
	return all
}
