package credentialtest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"extauthz/authz"
	"extauthz/authz/credential"
)

// Subject is an authenticator under test.
type Subject struct {
	New func(t testing.TB, w *World) authz.Authenticator
	// Credential makes a request with a right credential of that user. It is called again for each request: some kinds hold once.
	Credential func(t testing.TB, w *World, username string) authz.Request
	// ByName says that the credential names its user, so that a renamed one's old credential is nobody's. Otherwise it stays that user's.
	ByName  bool
	Vectors []Vector
}

// Vector is a request that must be refused, and the class of what is wrong with it.
type Vector struct {
	Name    string
	Request Sender
	Class   error
}

// Sender makes a request, in a world where there may be something to prepare.
type Sender = func(t testing.TB, w *World) authz.Request

// Refuse is a Vector, in one line.
func Refuse(name string, request Sender, class error) Vector { return Vector{name, request, class} }

// Run holds a kind of credential to the contract. Every subtest has a world of its own.
func Run(t *testing.T, s Subject) {
	for _, c := range []struct {
		name string
		test func(*testing.T, *stage)
	}{
		{"RightCredentialIsItsUsers", rightCredential},
		{"Vectors", vectors},
		{"NoCredential", noCredential},
		{"TwoCredentialsAtOnce", twoAtOnce},
		{"DisabledUser", disabledUser},
		{"DeletedUser", deletedUser},
		{"RenamedUser", renamedUser},
		{"DemotedAdmin", demotedAdmin},
		{"StoreThatFailsRefuses", storeFails},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, newStage(t, s)) })
	}
}

type stage struct {
	Subject
	w *World
	a authz.Authenticator
}

func newStage(t testing.TB, s Subject) *stage {
	w := NewWorld()
	return &stage{Subject: s, w: w, a: s.New(t, w)}
}

func (s *stage) as(t testing.TB, username string) (authz.Principal, error) {
	t.Helper()
	return s.a.Authenticate(context.Background(), s.Credential(t, s.w, username))
}

func (s *stage) accepts(t testing.TB, username string) authz.Principal {
	t.Helper()
	p, err := s.as(t, username)
	if err != nil || p.Username != username || p.UserID != s.w.ID(username) || p.Method == "" {
		t.Fatalf("the credential of %s is taken for %+v: %v", username, p, err)
	}
	return p
}

// refuses sends the request and wants the one 401, for a reason of that class; nil is any.
func (s *stage) refuses(t testing.TB, r authz.Request, class error) {
	t.Helper()
	p, err := s.a.Authenticate(context.Background(), r)
	refusal, ok := errors.AsType[*authz.Refusal](err)
	switch {
	case !ok || refusal.Reason != authz.Unauthenticated:
		t.Errorf("taken for %+v: %v", p, err)
	case p.Known():
		t.Errorf("refused and taken for %+v", p)
	case class != nil && !errors.Is(refusal.Cause, class):
		t.Errorf("refused for another reason than %q: %v", class, refusal.Cause)
	case refusal.Text != publicText(t):
		t.Errorf("the client is told %q", refusal.Text)
	default:
		repeatsNothing(t, r, err)
	}
}

func publicText(t testing.TB) string {
	refusal, ok := errors.AsType[*authz.Refusal](credential.Unauthenticated(nil))
	if !ok {
		t.Fatal("credential.Unauthenticated makes no refusal")
	}
	return refusal.Text
}

// repeatsNothing looks in an error for what the request's headers say after their first word.
func repeatsNothing(t testing.TB, r authz.Request, err error) {
	t.Helper()
	for name, lines := range r.Headers {
		for _, line := range lines {
			for word := range strings.FieldsSeq(line) {
				if len(word) >= 12 && !strings.EqualFold(word, "AWS4-HMAC-SHA256") && strings.Contains(err.Error(), word) {
					t.Errorf("the error repeats what %s says: %v", name, err)
				}
			}
		}
	}
}

func rightCredential(t *testing.T, s *stage) {
	for range 3 {
		if s.accepts(t, "alice").Admin || !s.accepts(t, "root").Admin {
			t.Error("alice is an admin, or root is none")
		}
	}
}

func vectors(t *testing.T, s *stage) {
	if len(s.Subject.Vectors) == 0 {
		t.Fatal("no vectors: nothing shows what is refused")
	}
	for _, v := range s.Subject.Vectors {
		t.Run(v.Name, func(t *testing.T) {
			s := newStage(t, s.Subject)
			s.accepts(t, "alice")
			s.refuses(t, v.Request(t, s.w), v.Class)
			s.accepts(t, "alice")
		})
	}
}

func noCredential(t *testing.T, s *stage) {
	s.refuses(t, authz.Request{Method: "GET", Target: "/", Headers: authz.Headers{}}, nil)
	s.refuses(t, authz.Request{Method: "GET", Target: "/", Headers: authz.Headers{"authorization": {""}}}, nil)
}

// twoAtOnce sends each header line of a right credential twice, once as two lines and once joined as proxies do.
func twoAtOnce(t *testing.T, s *stage) {
	right := s.Credential(t, s.w, "alice")
	for name, lines := range right.Headers {
		if name != "authorization" || len(lines) != 1 {
			continue
		}
		for _, both := range [][]string{{lines[0], lines[0]}, {lines[0] + "," + lines[0]}, {lines[0] + ", Basic YTpi"}} {
			r := s.Credential(t, s.w, "alice")
			r.Headers[name] = both
			s.refuses(t, r, nil)
		}
	}
}

func disabledUser(t *testing.T, s *stage) {
	s.accepts(t, "alice")
	s.w.disable("alice", true)
	s.refuses(t, s.Credential(t, s.w, "alice"), credential.ErrWrong)
	s.accepts(t, "root")
	s.w.disable("alice", false)
	s.accepts(t, "alice")
}

func deletedUser(t *testing.T, s *stage) {
	s.accepts(t, "alice")
	r := s.Credential(t, s.w, "alice")
	s.w.remove("alice")
	s.refuses(t, r, credential.ErrWrong)
	s.accepts(t, "root")
}

func renamedUser(t *testing.T, s *stage) {
	id := s.accepts(t, "alice").UserID
	r := s.Credential(t, s.w, "alice")
	s.w.rename("alice", "alicia")
	if s.ByName {
		s.refuses(t, r, credential.ErrWrong)
		return
	}
	p, err := s.a.Authenticate(context.Background(), r)
	if err != nil || p.UserID != id || p.Username != "alicia" {
		t.Errorf("the renamed user is %+v: %v", p, err)
	}
}

func demotedAdmin(t *testing.T, s *stage) {
	s.accepts(t, "root")
	s.w.change("root", func(a *account) { a.Principal.Admin, a.Principal.Roles = false, []uint64{41} })
	if p := s.accepts(t, "root"); p.Admin || len(p.Roles) != 1 || p.Roles[0] != 41 {
		t.Errorf("the demoted admin is %+v", p)
	}
}

func storeFails(t *testing.T, s *stage) {
	s.accepts(t, "alice")
	r := s.Credential(t, s.w, "alice")
	s.w.Fail(errors.New("the disk is on fire"))
	p, err := s.a.Authenticate(context.Background(), r)
	if refusal, ok := errors.AsType[*authz.Refusal](err); !ok || refusal.Reason != authz.StoreFailed || p.Known() {
		t.Errorf("taken for %+v: %v", p, err)
	}
	s.w.Fail(nil)
	s.accepts(t, "root")
}
