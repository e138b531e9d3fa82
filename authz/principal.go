package authz

// Principal is who sends a request, once its credential has been verified. The zero value is nobody.
type Principal struct {
	UserID   uint64 // the store's id; never reused, so a re-created username inherits nothing
	Username string
	Admin    bool // the user is one; see Unbounded for what the credential is good for
	// MustChangePassword restricts the account to changing its own password (MLflow's documented default password is in use).
	MustChangePassword bool

	// Roles are the ids of the roles that the user has, assigned or by the groups of an identity provider. What a role holds counts as if it
	// were granted to the user.
	Roles []uint64
	// Default takes the place of the service's default permission; NoGrant leaves that.
	Default Permission
	// Scope is what the credential was restricted to; nil is everything that the user may do.
	Scope *Scope
	// Method is how the user proved it, and CredentialID which of the user's tokens or access keys that was; 0 for other credentials.
	Method       Method
	CredentialID uint64
	// Header is the request header that carried the credential when Authorization carries something else; "" otherwise.
	Header string
}

// Known reports whether p is somebody.
func (p Principal) Known() bool { return p.UserID != 0 }

// Unbounded reports whether everything is allowed: an admin whose credential is not restricted.
func (p Principal) Unbounded() bool { return p.Admin && p.Scope == nil }

// Method is a kind of credential.
type Method string

// The kinds of credentials, as metrics and audit records name them.
const (
	ByPassword       Method = "password"
	ByToken          Method = "token"
	ByJWT            Method = "jwt"
	BySignature      Method = "sigv4"
	ByCertificate    Method = "certificate"
	ByIdentityHeader Method = "identity_header"
)
