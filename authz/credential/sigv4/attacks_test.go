package sigv4

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"extauthz/authz"
	"extauthz/authz/credential"
)

// replaced changes a part of the Authorization header.
func replaced(old, with string) func(*authz.Request) {
	return func(r *authz.Request) {
		r.Headers["authorization"] = []string{strings.Replace(r.Headers["authorization"][0], old, with, 1)}
	}
}

// set sets a header's lines.
func set(name string, lines ...string) func(*authz.Request) {
	return func(r *authz.Request) { r.Headers[name] = lines }
}

// TestAlteredOnItsWay changes what a real client has signed. The twin is the request as it was.
func TestAlteredOnItsWay(t *testing.T) {
	const get, post, session = "mlflow plain lasting: GET with several parameters", "mlflow plain lasting: PATCH", "mlflow boto3 session: POST"
	for _, tc := range []struct {
		name, vector string
		alter        func(*authz.Request)
		class        error
	}{
		{"method", post, func(r *authz.Request) { r.Method = "DELETE" }, credential.ErrWrong},
		{"method to HEAD", get, func(r *authz.Request) { r.Method = "HEAD" }, credential.ErrWrong},
		{"path", post, func(r *authz.Request) { r.Target = strings.Replace(r.Target, "update", "delete", 1) }, credential.ErrWrong},
		{"path escaped", post, func(r *authz.Request) { r.Target = strings.Replace(r.Target, "update", "%75pdate", 1) }, credential.ErrWrong},
		{"path doubled slash", post, func(r *authz.Request) { r.Target = "/" + r.Target }, credential.ErrWrong},
		{"value in the query", get, func(r *authz.Request) { r.Target = strings.Replace(r.Target, "=7", "=8", 1) }, credential.ErrWrong},
		{"parameter added", get, func(r *authz.Request) { r.Target += "&run_id=2" }, credential.ErrWrong},
		{"parameter repeated", get, func(r *authz.Request) { r.Target += "&max_results=8" }, credential.ErrWrong},
		{"parameter repeated in front", get, func(r *authz.Request) { r.Target = strings.Replace(r.Target, "?", "?max_results=8&", 1) }, credential.ErrWrong},
		{"parameter dropped", get, func(r *authz.Request) { r.Target = r.Target[:strings.LastIndexByte(r.Target, '&')] }, credential.ErrWrong},
		{"query added", post, func(r *authz.Request) { r.Target += "?name=other" }, credential.ErrWrong},
		{"empty pair added", get, func(r *authz.Request) { r.Target += "&" }, credential.ErrWrong},
		{"query moved into the path", get, func(r *authz.Request) { r.Target = strings.Replace(r.Target, "?", "%3F", 1) }, credential.ErrWrong},
		{"host", get, func(r *authz.Request) { r.Host = "evil.example.com" }, credential.ErrWrong},
		{"host with a port", get, func(r *authz.Request) { r.Host += ":5000" }, credential.ErrWrong},
		{"no host", get, func(r *authz.Request) { r.Host = "" }, credential.ErrMalformed},
		{"a second host", get, set("host", "evil.example.com"), credential.ErrMalformed},
		{"date of another second", get, func(r *authz.Request) {
			date := r.Headers[dateHeader][0]
			r.Headers[dateHeader] = []string{date[:14] + string('0'+(date[14]-'0'+1)%10) + "Z"}
		}, credential.ErrWrong},
		{"date removed", get, func(r *authz.Request) { delete(r.Headers, dateHeader) }, credential.ErrMalformed},
		{"date as RFC 1123", get, set(dateHeader, "Wed, 25 Nov 2026 19:30:53 GMT"), credential.ErrMalformed},
		{"date with a fraction", get, func(r *authz.Request) { r.Headers[dateHeader][0] = r.Headers[dateHeader][0][:15] + ".5Z" }, credential.ErrMalformed},
		{"date twice", get, func(r *authz.Request) {
			r.Headers[dateHeader] = append(r.Headers[dateHeader], r.Headers[dateHeader]...)
		}, credential.ErrMalformed},
		{"body", post, func(r *authz.Request) { r.Body = []byte(`{"name":"other"}`) }, credential.ErrWrong},
		{"body emptied", post, func(r *authz.Request) { r.Body = nil }, credential.ErrWrong},
		{"body extended", post, func(r *authz.Request) { r.Body = append(r.Body, ' ') }, credential.ErrWrong},
		{"body and its hash", post, func(r *authz.Request) { r.Body, r.Headers[payloadHeader] = nil, []string{emptyHash} }, credential.ErrWrong},
		{"body added to a GET", get, func(r *authz.Request) { r.Body = []byte(`{"experiment_id":"2"}`) }, credential.ErrWrong},
		{"hash removed", post, func(r *authz.Request) { delete(r.Headers, payloadHeader) }, credential.ErrMalformed},
		{"hash in capitals", post, func(r *authz.Request) { r.Headers[payloadHeader][0] = strings.ToUpper(r.Headers[payloadHeader][0]) }, credential.ErrMalformed},
		{"signed header stripped", post, replaced(";x-amz-date", ""), credential.ErrMalformed},
		{"host stripped", post, replaced("host;", ""), credential.ErrMalformed},
		{"hash stripped", post, replaced("x-amz-content-sha256;", ""), credential.ErrMalformed},
		{"names reordered", post, replaced("host;x-amz-content-sha256", "x-amz-content-sha256;host"), credential.ErrMalformed},
		{"name twice", post, replaced("host;", "host;host;"), credential.ErrMalformed},
		{"name in capitals", post, replaced("host;", "Host;"), credential.ErrMalformed},
		{"name of an absent header", post, replaced("host;", "content-type2;host;"), credential.ErrMalformed},
		{"name added", post, replaced("host;", "content-type;host;"), credential.ErrWrong},
		{"unsigned x-amz- header added", post, set("x-amz-target", "DeleteEverything"), credential.ErrMalformed},
		{"session token added", post, set(SessionTokenHeader, "x"), credential.ErrMalformed},
		{"session token removed", session, func(r *authz.Request) { delete(r.Headers, SessionTokenHeader) }, credential.ErrMalformed},
		{"session token no longer signed", session, replaced(";x-amz-security-token", ""), credential.ErrMalformed},
		{"session token of another", session, set(SessionTokenHeader, "another's"), credential.ErrWrong},
		{"region", post, replaced("/eu-central-1/", "/us-east-1/"), credential.ErrWrong},
		{"key", post, replaced("Credential=MLFA", "Credential=MLFT"), credential.ErrWrong},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, r := captured(t, tc.vector)
			tc.alter(&r)
			s.class(t, tc.class, r)
			_, whole := captured(t, tc.vector)
			s.expect(t, true, whole)
		})
	}
}

// TestAddedValueOfAPartlySignedQuery shows what PartlySignedQueries gives away, and that it does so for reads only.
func TestAddedValueOfAPartlySignedQuery(t *testing.T) {
	for method, given := range map[string]bool{"GET": true, "POST": false} {
		for _, partly := range []bool{true, false} {
			s := setStage(t, func(c *Config) { c.PartlySignedQueries = partly })
			r := s.sign(func(o *order) { o.method, o.target, o.body = method, "/a?run_id=2", "" })
			r.Target = "/a?run_id=1&run_id=2"
			s.expect(t, partly && given, r)
			r.Target = "/a?run_id=2&run_id=1"
			s.expect(t, false, r)
			r.Target = "/a?run_id=2"
			s.expect(t, true, r)
		}
	}
}

// TestSpellingsOfOneQuery: Amazon's signers escape a query anew, so a spelling that MLflow reads alike passes, and no other does.
func TestSpellingsOfOneQuery(t *testing.T) {
	for target, accepted := range map[string]bool{
		"/a?q=1%2B1%20x": true, "/a?q=1%2B1+x": true, "/a?q=1%2b1%20%78": true,
		"/a?q=1+1%20x": false, "/a?q=1%2B1%2Bx": false, "/a?q=1%252B1%20x": false, "/a?q=1%2B1%2": false, "/a?Q=1%2B1%20x": false,
	} {
		s := setStage(t)
		r := s.sign(func(o *order) { o.target = "/a?q=1%2B1%20x" })
		r.Target = target
		s.expect(t, accepted, r)
	}
}

// TestEndlessQuery: nobody without a key makes us sort more than a bounded number of parameters.
func TestEndlessQuery(t *testing.T) {
	s := setStage(t)
	for n, accepted := range map[int]bool{maxPairs - 1: true, maxPairs: false} {
		s.expect(t, accepted, s.sign(func(o *order) { o.target = "/a?a=1" + strings.Repeat("&a=1", n) }))
	}
}

// TestReplay: a write holds once, and its twin of the next second again. A read may be sent again.
func TestReplay(t *testing.T) {
	s := setStage(t)
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
		r := s.sign(func(o *order) { o.method = method })
		s.expect(t, true, r)
		s.class(t, credential.ErrReplayed, r)
		r.Headers["content-type"], r.ID = []string{"text/plain"}, "r-2" // what is not signed makes no other request of it
		s.class(t, credential.ErrReplayed, r)
		s.expect(t, true, s.sign(func(o *order) { o.method, o.at = method, s.clock.Add(time.Second) }))
	}
	get := s.sign(func(o *order) { o.method, o.body = "GET", "" })
	s.expect(t, true, get)
	s.expect(t, true, get)
}

// TestReplayAtTheSameMoment: of many at once, one is the first.
func TestReplayAtTheSameMoment(t *testing.T) {
	s := setStage(t)
	s.expect(t, true, s.sign(func(o *order) { o.body = "{}" })) // derives: the stage's count is for one at a time
	r := s.sign()
	var accepted atomic.Int64
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			if s.why(r) == nil {
				accepted.Add(1)
			}
		})
	}
	if all.Wait(); accepted.Load() != 1 {
		t.Errorf("%d were accepted", accepted.Load())
	}
}

// TestRetryOfWhatNeverReachedMLflow: the client's retry has the same signature. It is accepted once for each time that it was refused.
func TestRetryOfWhatNeverReachedMLflow(t *testing.T) {
	s := setStage(t)
	r := s.sign()
	for range 3 {
		s.expect(t, true, r)
		s.class(t, credential.ErrReplayed, r)
		s.Forget(r)
	}
	if s.Forget(r); s.replays.total != 0 || len(s.replays.held) != 0 {
		t.Errorf("%d are remembered, %v", s.replays.total, s.replays.held)
	}
	s.expect(t, true, r)
	other := s.sign(func(o *order) { o.body = "{}" })
	s.Forget(other)
	s.class(t, credential.ErrReplayed, r)
}

// TestReplayUntilItExpires: at no moment between the first time and the end of the window is there a gap.
func TestReplayUntilItExpires(t *testing.T) {
	s := setStage(t)
	r := s.sign(func(o *order) { o.at = s.clock.Add(5 * time.Minute) })
	s.expect(t, true, r)
	for range 10*60 - 1 {
		s.clock = s.clock.Add(time.Second)
		s.class(t, credential.ErrReplayed, r)
		s.expect(t, true, s.sign(func(o *order) { o.body = "{}" })) // makes it forget what has ended
	}
	s.clock = s.clock.Add(2 * time.Second)
	s.class(t, credential.ErrExpired, r)
}

// TestReplayAfterTheClockWasSetBack: what was forgotten is not accepted again.
func TestReplayAfterTheClockWasSetBack(t *testing.T) {
	s := setStage(t)
	r := s.sign()
	s.expect(t, true, r)
	then := s.clock
	s.clock = then.Add(time.Hour)
	s.expect(t, true, s.sign())
	s.clock = then
	s.class(t, credential.ErrExpired, r)
}

// TestSearchesMayRepeat: MLflow's searches are POSTs, and a client that searches twice within a second signs the same twice.
func TestSearchesMayRepeat(t *testing.T) {
	s := setStage(t, func(c *Config) {
		c.Reads = func(r authz.Request) bool { return strings.HasSuffix(r.Target, "/search") }
	})
	search := s.sign(func(o *order) { o.target = "/api/2.0/mlflow/runs/search" })
	s.expect(t, true, search)
	s.expect(t, true, search)
	log := s.sign()
	s.expect(t, true, log)
	s.class(t, credential.ErrReplayed, log)
}

func TestSkew(t *testing.T) {
	for _, tc := range []struct {
		age      time.Duration
		accepted bool
	}{
		{5 * time.Minute, true},
		{5*time.Minute + time.Second, false},
		{-5 * time.Minute, true},
		{-5*time.Minute - time.Second, false},
		{24 * time.Hour, false},
		{-24 * time.Hour, false},
	} {
		s := setStage(t)
		r := s.sign(func(o *order) { o.at = s.clock.Add(-tc.age) })
		if s.expect(t, tc.accepted, r); !tc.accepted {
			s.class(t, credential.ErrExpired, r)
		}
	}
}

// TestSignedForSomethingElse: right signatures that are not for us, or do not cover what they must.
func TestSignedForSomethingElse(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(*order)
		class  error
	}{
		{"another service", func(o *order) { o.service = "s3" }, credential.ErrWrong},
		{"another region", func(o *order) { o.region = "eu-west-1" }, credential.ErrWrong},
		{"a key of another day", func(o *order) { o.day = "20200101" }, credential.ErrMalformed},
		{"an unsigned payload", func(o *order) { o.payload = "UNSIGNED-PAYLOAD" }, credential.ErrMalformed},
		{"an unsigned payload without a body", func(o *order) { o.payload, o.method, o.body = "UNSIGNED-PAYLOAD", "GET", "" }, credential.ErrMalformed},
		{"a payload in chunks", func(o *order) { o.payload = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" }, credential.ErrMalformed},
		{"a payload in unsigned chunks", func(o *order) { o.payload = "STREAMING-UNSIGNED-PAYLOAD-TRAILER" }, credential.ErrMalformed},
		{"a payload that is no hash", func(o *order) { o.payload = strings.Repeat("g", 64) }, credential.ErrMalformed},
		{"the hash of another body", func(o *order) { o.payload = emptyHash }, credential.ErrWrong},
		{"a GET with a body", func(o *order) { o.method = "GET" }, credential.ErrMalformed},
		{"a HEAD with a body", func(o *order) { o.method = "HEAD" }, credential.ErrMalformed},
		{"a presigned URL as well", func(o *order) { o.target += "?X-Amz-Signature=" + emptyHash }, credential.ErrWrong},
		{"a session token on a lasting key", func(o *order) { o.key.SessionToken = "abc" }, credential.ErrWrong},
		{"an empty session token", func(o *order) { o.extra[SessionTokenHeader] = "" }, credential.ErrWrong},
		{"another secret", func(o *order) { o.key.Secret = "guessed" }, credential.ErrWrong},
		{"an unknown key", func(o *order) { o.key = NewKey() }, credential.ErrWrong},
		{"a key of Amazon's", func(o *order) { o.key.ID = "AKIAIOSFODNN7EXAMPLE" }, credential.ErrMalformed},
		{"a key with more", func(o *order) { o.key.ID += "A" }, credential.ErrMalformed},
		{"nobody's key", func(o *order) { o.key.ID = nobody }, credential.ErrMalformed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := setStage(t, func(c *Config) { c.Region = "us-east-1" })
			s.class(t, tc.class, s.sign(tc.change))
			s.expect(t, true, s.sign())
		})
	}
	s := setStage(t) // the twin of the region: any is fine where none is configured
	s.expect(t, true, s.sign(func(o *order) { o.region = "eu-west-1" }))
}

// TestBodyThatDidNotReachUs: the hash of nothing is no proof of an empty body.
func TestBodyThatDidNotReachUs(t *testing.T) {
	for _, headers := range []authz.Headers{{"content-length": {"14"}}, {"transfer-encoding": {"chunked"}}, {"content-length": {"0", "14"}}} {
		s := setStage(t)
		r := s.sign(func(o *order) { o.body = "" })
		for name, lines := range headers {
			r.Headers[name] = lines
		}
		s.class(t, credential.ErrWrong, r)
		r.Headers["content-length"] = []string{"0"}
		delete(r.Headers, "transfer-encoding")
		s.expect(t, true, r)
	}
}

// TestUploadWithoutItsBody: nobody can compare the body's hash, so it takes a setting, and the hash must be signed all the same.
func TestUploadWithoutItsBody(t *testing.T) {
	upload := func(s *stage, change func(*order)) authz.Request {
		r := s.sign(func(o *order) { o.method = "PUT" }, change)
		r.Body, r.Proxy.WithholdsBody = nil, true
		r.Headers["content-length"] = []string{"14"}
		return r
	}
	s := setStage(t)
	s.class(t, credential.ErrWrong, upload(s, func(*order) {}))
	empty := upload(s, func(o *order) { o.body = "" })
	delete(empty.Headers, "content-length") // as HTTP/2 may, whatever follows
	s.class(t, credential.ErrWrong, empty)
	get := upload(s, func(o *order) { o.method, o.body = "GET", "" })
	delete(get.Headers, "content-length")
	s.expect(t, true, get) // of a file, on the same route
	s = setStage(t, func(c *Config) { c.UnverifiedBodies = true })
	s.expect(t, true, upload(s, func(*order) {}))
	s.class(t, credential.ErrMalformed, upload(s, func(o *order) { o.payload = "UNSIGNED-PAYLOAD" }))
}

// TestTwoAuthorizationHeaders: of two credentials none is picked, in two lines or joined as Envoy joins them.
func TestTwoAuthorizationHeaders(t *testing.T) {
	s := setStage(t)
	right := s.sign().Headers["authorization"][0]
	for _, lines := range [][]string{{right, right}, {right, "Basic YTpi"}, {right + "," + right}, {right + ",Basic YTpi"}, {"Basic YTpi," + right}, {right + ","}} {
		r := s.sign()
		r.Headers["authorization"] = lines
		s.expect(t, false, r)
	}
	s.expect(t, true, s.sign())
}

// TestPresignedQuery: a signature in the query is no credential here.
func TestPresignedQuery(t *testing.T) {
	s := setStage(t)
	r := s.sign(func(o *order) { o.method, o.body = "GET", "" })
	r.Target += "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" + s.alice.ID + "&X-Amz-Signature=" + emptyHash
	delete(r.Headers, "authorization")
	if s.Presents(r) {
		t.Error("a signature in the query is taken for a credential")
	}
	s.class(t, credential.ErrAbsent, r)
}

func TestLineBreakInASignedText(t *testing.T) {
	s := setStage(t)
	for _, alter := range []func(*authz.Request){
		func(r *authz.Request) { r.Target += "\nx" },
		func(r *authz.Request) { r.Method = "POST\n/" },
		func(r *authz.Request) { r.Host += "\nx-amz-date:1" },
		set("x-amz-meta", "a\nb:c"),
	} {
		r := s.sign(func(o *order) { o.extra["x-amz-meta"] = "a" })
		alter(&r)
		s.class(t, credential.ErrMalformed, r)
	}
}

func TestExpiredKey(t *testing.T) {
	s := setStage(t)
	expiring := s.put(t, NewKey(), "alice", func(k *Key) { k.ExpiresAt = s.clock.Add(time.Second) })
	with := func(o *order) { o.key = expiring }
	s.expect(t, true, s.sign(with))
	s.clock = s.clock.Add(time.Second)
	s.class(t, credential.ErrExpired, s.sign(with))
	s.expect(t, true, s.sign())
}

// TestTemporaryKey: its session token is its own, and it has to end.
func TestTemporaryKey(t *testing.T) {
	s := setStage(t)
	temporary, other := s.put(t, NewTemporaryKey(), "alice"), s.put(t, NewTemporaryKey(), "alice")
	endless := s.put(t, NewTemporaryKey(), "alice", func(k *Key) { k.ExpiresAt = time.Time{} })
	key := func(k AccessKey) func(*order) { return func(o *order) { o.key = k } }
	s.expect(t, true, s.sign(key(temporary)))
	s.class(t, credential.ErrWrong, s.sign(key(AccessKey{temporary.ID, temporary.Secret, other.SessionToken})))
	s.class(t, credential.ErrWrong, s.sign(key(AccessKey{temporary.ID, temporary.Secret, ""})))
	s.class(t, credential.ErrWrong, s.sign(key(AccessKey{s.alice.ID, s.alice.Secret, temporary.SessionToken})))
	s.class(t, credential.ErrExpired, s.sign(key(endless)))
}

// TestExchangedInTheStore: who can write to the store, but has not what seals, cannot sign for anybody else.
func TestExchangedInTheStore(t *testing.T) {
	s := setStage(t)
	mallory := s.put(t, NewKey(), "mallory")
	s.expect(t, true, s.sign())
	stolen := s.keys[s.alice.ID]
	stolen.Sealed = s.keys[mallory.ID].Sealed
	s.keys[s.alice.ID] = stolen
	r := s.sign(func(o *order) { o.key = AccessKey{ID: s.alice.ID, Secret: mallory.Secret} })
	if refusal, ok := errors.AsType[*authz.Refusal](s.why(r)); !ok || refusal.Reason != authz.StoreFailed || !errors.Is(refusal.Cause, errSealed) {
		t.Errorf("mallory's secret under alice's id: %v", s.why(r))
	}
}

// TestKeyOfNobody: a store that says whose a key is, and names nobody, is broken.
func TestKeyOfNobody(t *testing.T) {
	s := setStage(t)
	keys := s.config.Keys
	s.config.Keys = one{Key{Sealed: s.keys[s.alice.ID].Sealed}}
	if refusal, ok := errors.AsType[*authz.Refusal](s.why(s.sign())); !ok || refusal.Reason != authz.StoreFailed {
		t.Errorf("a key of nobody: %v", refusal)
	}
	s.config.Keys = keys
	s.expect(t, true, s.sign())
}

// TestRevokedKeyIsDeadAtOnce: what is remembered of a key is worth nothing without it.
func TestRevokedKeyIsDeadAtOnce(t *testing.T) {
	s := setStage(t)
	s.expect(t, true, s.sign())
	was := s.keys[s.alice.ID]
	delete(s.keys, s.alice.ID)
	s.class(t, credential.ErrWrong, s.sign(func(o *order) { o.body = "{}" }))
	s.keys[s.alice.ID] = was
	s.expect(t, true, s.sign(func(o *order) { o.body = "{ }" }))
	s.put(t, AccessKey{ID: s.alice.ID, Secret: "another"}, "alice") // a new secret for the id
	s.class(t, credential.ErrWrong, s.sign())
}

// TestUnknownKeyCostsTheSame compares the work, not the clock: a key in use, an idle one, an expired one and none at all.
func TestUnknownKeyCostsTheSame(t *testing.T) {
	s := setStage(t)
	idle := s.put(t, NewKey(), "alice")
	gone := s.put(t, NewKey(), "nobody-here")
	s.expect(t, true, s.sign())
	for _, id := range []string{s.alice.ID, idle.ID, gone.ID, NewKey().ID} {
		for range 3 {
			before := s.derived
			s.class(t, credential.ErrWrong, s.sign(func(o *order) { o.key = AccessKey{ID: id, Secret: "guessed"} }))
			if n := s.derived - before; n != 2 { // class asks twice
				t.Errorf("%s: %d derivations, want 2", id, n)
			}
		}
	}
	before := s.derived
	s.expect(t, true, s.sign(func(o *order) { o.body = "{}" }))
	if s.derived != before {
		t.Error("a key that is in use was derived again")
	}
}
