package envoy

import (
	"context"
	"errors"
	"io"
	"testing"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	proc "github.com/envoyproxy/go-control-plane/envoy/service/ext_proc/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/structpb"

	"extauthz/authz"
)

// stream plays what Envoy sends and keeps what it gets.
type stream struct {
	grpc.ServerStream
	in   []*proc.ProcessingRequest
	end  error
	out  []*proc.ProcessingResponse
	send error
}

func (s *stream) Context() context.Context { return context.Background() }

func (s *stream) Recv() (*proc.ProcessingRequest, error) {
	if len(s.in) == 0 {
		return nil, s.end
	}
	m := s.in[0]
	s.in = s.in[1:]
	return m, nil
}

func (s *stream) Send(r *proc.ProcessingResponse) error {
	s.out = append(s.out, r)
	return s.send
}

// responder answers "filtered" and remembers.
type responder struct {
	exchange Exchange
	response Response
	calls    int
	err      error
	panics   bool
	body     []byte
	status   int
}

func (r *responder) Respond(_ context.Context, x Exchange, resp Response) (Answer, error) {
	r.calls++
	r.exchange, r.response = x, resp
	if r.panics {
		panic("x")
	}
	return Answer{Body: r.body, Status: r.status}, r.err
}

func headersMessage(end bool, metadata *structpb.Struct, headers ...string) *proc.ProcessingRequest {
	h := &core.HeaderMap{}
	for i := 0; i < len(headers); i += 2 {
		h.Headers = append(h.Headers, &core.HeaderValue{Key: headers[i], RawValue: []byte(headers[i+1])})
	}
	m := &proc.ProcessingRequest{Request: &proc.ProcessingRequest_ResponseHeaders{ResponseHeaders: &proc.HttpHeaders{Headers: h, EndOfStream: end}}}
	if metadata != nil {
		m.MetadataContext = &core.Metadata{FilterMetadata: map[string]*structpb.Struct{Namespace: metadata}}
	}
	return m
}

func bodyMessage(body string) *proc.ProcessingRequest {
	return &proc.ProcessingRequest{Request: &proc.ProcessingRequest_ResponseBody{ResponseBody: &proc.HttpBody{Body: []byte(body), EndOfStream: true}}}
}

func allowed() *structpb.Struct {
	return describe(authz.Decision{
		Effect: authz.Allowed, Reason: authz.Authenticated, Operation: authz.Operation{Name: "SearchExperiments", Response: authz.Filters},
		Principal: authz.Principal{UserID: 7, Username: "bob"},
	}, authz.Request{Method: "GET"})
}

func denial() *structpb.Struct {
	return describe(authz.Decision{Reason: authz.PermissionDenied, Principal: authz.Principal{UserID: 7}}, authz.Request{})
}

// TestProcess: one line, one exchange. "filtered" and "as it is" are what the client sees of the body, "withheld" that it sees nothing.
func TestProcess(t *testing.T) {
	for _, c := range []struct {
		name    string
		in      []*proc.ProcessingRequest
		r       responder
		want    string
		calls   int
		failure bool
	}{
		{
			"a response of MLflow",
			[]*proc.ProcessingRequest{headersMessage(false, allowed(), ":status", "200"), bodyMessage("secret")},
			responder{body: []byte("filtered")},
			"filtered", 1, false,
		},
		{"a response that stays", []*proc.ProcessingRequest{headersMessage(false, allowed(), ":status", "200"), bodyMessage("x")}, responder{}, "as it is", 1, false},
		{
			"filtered to nothing",
			[]*proc.ProcessingRequest{headersMessage(false, allowed(), ":status", "200"), bodyMessage("x")},
			responder{body: []byte{}},
			"", 1, false,
		},
		{
			"metadata with the body",
			[]*proc.ProcessingRequest{headersMessage(false, nil, ":status", "200"), withMetadata(bodyMessage("x"), allowed())},
			responder{body: []byte("filtered")},
			"filtered", 1, false,
		},
		{
			"a responder that fails",
			[]*proc.ProcessingRequest{headersMessage(false, allowed(), ":status", "200"), bodyMessage("x")},
			responder{err: errors.New("x"), body: []byte("half")},
			"withheld", 1, true,
		},
		{
			"a responder that panics",
			[]*proc.ProcessingRequest{headersMessage(false, allowed(), ":status", "200"), bodyMessage("x")},
			responder{panics: true},
			"withheld", 1, true,
		},
		{"no metadata", []*proc.ProcessingRequest{headersMessage(false, nil, ":status", "200"), bodyMessage("x")}, responder{}, "withheld", 0, true},
		{"no metadata, a redirect", []*proc.ProcessingRequest{headersMessage(false, nil, ":status", "302"), bodyMessage("x")}, responder{}, "withheld", 0, true},
		{"a denial of ext_authz", []*proc.ProcessingRequest{headersMessage(false, denial(), ":status", "403"), bodyMessage("x")}, responder{}, "as it is", 0, false},
		{"a denial that became a 200", []*proc.ProcessingRequest{headersMessage(false, denial(), ":status", "200"), bodyMessage("x")}, responder{}, "withheld", 0, true},
		{"Envoy's own answer", []*proc.ProcessingRequest{headersMessage(false, nil, ":status", "413"), bodyMessage("x")}, responder{}, "as it is", 0, false},
		{"no status", []*proc.ProcessingRequest{headersMessage(false, allowed()), bodyMessage("x")}, responder{}, "withheld", 0, true},
		{"a status that is none", []*proc.ProcessingRequest{headersMessage(false, allowed(), ":status", "x"), bodyMessage("x")}, responder{}, "withheld", 0, true},
		{"no headers", []*proc.ProcessingRequest{withMetadata(bodyMessage("x"), allowed())}, responder{}, "withheld", 0, true},
		{"a HEAD", []*proc.ProcessingRequest{headersMessage(true, allowed(), ":status", "200", "content-length", "99")}, responder{}, "no length", 1, false},
		{"a HEAD that fails", []*proc.ProcessingRequest{headersMessage(true, allowed(), ":status", "200")}, responder{err: errors.New("x")}, "withheld", 1, true},
		{"a HEAD that cannot have a body", []*proc.ProcessingRequest{headersMessage(true, allowed(), ":status", "200")}, responder{body: []byte("x")}, "withheld", 1, true},
		{"an empty denial", []*proc.ProcessingRequest{headersMessage(true, denial(), ":status", "401")}, responder{}, "no length", 0, false},
		{"an empty answer to nobody", []*proc.ProcessingRequest{headersMessage(true, nil, ":status", "204")}, responder{}, "withheld", 0, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			failed := 0
			s := &stream{in: c.in, end: io.EOF}
			p := &Processor{Responder: &c.r, Failed: func(context.Context, Exchange, error) { failed++ }}
			if err := p.Process(s); err != nil {
				t.Fatal(err)
			}
			if got := seen(t, s.out); got != c.want || c.r.calls != c.calls || failed > 0 != c.failure || len(s.out) != len(c.in) {
				t.Errorf("the client sees %q after %d calls, %d failures and %d answers", got, c.r.calls, failed, len(s.out))
			}
			if c.r.calls > 0 && (c.r.exchange.Principal.UserID != 7 || c.r.exchange.Operation != "SearchExperiments" || c.r.response.Status != 200) {
				t.Errorf("the responder was told %+v %+v", c.r.exchange, c.r.response)
			}
		})
	}
}

func withMetadata(m *proc.ProcessingRequest, metadata *structpb.Struct) *proc.ProcessingRequest {
	m.MetadataContext = &core.Metadata{FilterMetadata: map[string]*structpb.Struct{Namespace: metadata}}
	return m
}

// seen is what the last answer lets the client see. Every answer to headers takes the length away.
func seen(t *testing.T, out []*proc.ProcessingResponse) string {
	t.Helper()
	for _, r := range out {
		if h := r.GetResponseHeaders(); h != nil {
			if removed := h.GetResponse().GetHeaderMutation().GetRemoveHeaders(); len(removed) != 1 || removed[0] != "content-length" {
				t.Errorf("headers go on without %v", removed)
			}
		}
	}
	last := out[len(out)-1]
	switch {
	case last.GetImmediateResponse() != nil:
		if last.GetImmediateResponse().GetStatus().GetCode() != 502 {
			t.Errorf("withheld with %v", last)
		}
		return "withheld"
	case last.GetResponseHeaders() != nil:
		return "no length"
	case last.GetResponseBody().GetResponse().GetBodyMutation() == nil:
		return "as it is"
	default:
		return string(last.GetResponseBody().GetResponse().GetBodyMutation().GetBody())
	}
}

// TestAnswerInMLflowsPlace: a status takes the place of MLflow's together with a body of JSON, and never without one.
func TestAnswerInMLflowsPlace(t *testing.T) {
	for _, c := range []struct {
		r    responder
		want string
	}{
		{responder{body: []byte("page"), status: 200}, ":status=200 content-type=application/json "},
		{responder{body: []byte("page")}, ""},
		{responder{status: 200}, ""},
	} {
		s := &stream{in: []*proc.ProcessingRequest{headersMessage(false, allowed(), ":status", "400"), bodyMessage("invalid page token")}, end: io.EOF}
		if err := (&Processor{Responder: &c.r}).Process(s); err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, h := range s.out[1].GetResponseBody().GetResponse().GetHeaderMutation().GetSetHeaders() {
			got += h.GetHeader().GetKey() + "=" + string(h.GetHeader().GetRawValue()) + " "
		}
		if body := string(s.out[1].GetResponseBody().GetResponse().GetBodyMutation().GetBody()); got != c.want || body != string(c.r.body) || c.r.response.Status != 400 {
			t.Errorf("%+v: headers %q, body %q", c.r, got, body)
		}
	}
}

// TestContentEncoding: whatever is not plainly unencoded is encoded, and the responder is told.
func TestContentEncoding(t *testing.T) {
	for _, c := range []struct {
		headers []string
		want    bool
	}{
		{nil, false},
		{[]string{"content-encoding", "identity"}, false},
		{[]string{"content-encoding", "gzip"}, true},
		{[]string{"content-encoding", "identity", "content-encoding", "br"}, true},
		{[]string{"content-encoding", ""}, true},
		{[]string{"content-encoding", "Identity"}, true},
	} {
		r := &responder{}
		s := &stream{in: []*proc.ProcessingRequest{headersMessage(false, allowed(), append(c.headers, ":status", "200")...), bodyMessage("x")}, end: io.EOF}
		if err := (&Processor{Responder: r}).Process(s); err != nil || r.response.Encoded != c.want {
			t.Errorf("%q: %v, %v", c.headers, r.response.Encoded, err)
		}
	}
}

// TestOtherMessages: a configuration that sends anything else must fail loudly, not be waved through.
func TestOtherMessages(t *testing.T) {
	for name, m := range map[string]*proc.ProcessingRequest{
		"nothing": {}, "request headers": {Request: &proc.ProcessingRequest_RequestHeaders{}},
		"request body": {Request: &proc.ProcessingRequest_RequestBody{}}, "trailers": {Request: &proc.ProcessingRequest_ResponseTrailers{}},
	} {
		s := &stream{in: []*proc.ProcessingRequest{m}, end: io.EOF}
		if err := (&Processor{Responder: &responder{}}).Process(s); status.Code(err) != codes.InvalidArgument || len(s.out) > 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestStreamsThatEnd(t *testing.T) {
	broken := errors.New("broken")
	for _, c := range []struct{ end, want error }{{io.EOF, nil}, {status.Error(codes.Canceled, "gone"), nil}, {broken, broken}} {
		if err := (&Processor{}).Process(&stream{end: c.end}); !errors.Is(err, c.want) {
			t.Errorf("%v: %v", c.end, err)
		}
	}
	s := &stream{in: []*proc.ProcessingRequest{headersMessage(false, allowed(), ":status", "200")}, send: broken}
	if err := (&Processor{Responder: &responder{}}).Process(s); !errors.Is(err, broken) {
		t.Error(err)
	}
}
