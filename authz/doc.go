// Package authz decides whether one HTTP request may reach an MLflow tracking server.
//
// The idea in one line: a Request is mapped to an Operation ("LogMetric"), the Operation says which resources it touches and which
// Action it needs on each, grants say what the Principal may do with them, and out comes a Decision.
//
//	Request ──Mapper──▶ Operation ──Resolver──▶ []Requirement ──Grants──▶ Decision
//
// The package is pure: no I/O, no clock, no Envoy or storage types, only the standard library. What it needs from outside it declares
// as small interfaces (Authenticator, Mapper, Resolver, Grants, Intents), and an Authorizer strings them together.
//
// Every zero value refuses: of an Effect, an Action, a Permission, a Reason, an Operation. Forgetting to fill something in denies.
//
// The permissions and what they allow follow MLflow's Authentication documentation (mlflow/server/auth/permissions.py).
package authz
