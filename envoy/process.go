package envoy

import (
	"context"
	"errors"
	"io"

	proc "github.com/envoyproxy/go-control-plane/envoy/service/ext_proc/v3"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Response is what ext_proc sees of one response.
type Response struct {
	Status  int
	Encoded bool // it has a Content-Encoding
	Body    []byte
}

// Answer is what the caller sees of a response. The zero value leaves it as it is.
type Answer struct {
	Body   []byte // nil leaves the body as it is
	Status int    // with a Body: this status and a body of JSON take the place of MLflow's answer; 0 leaves the status
}

// Responder knows what a response needs.
type Responder interface {
	// Respond returns what the caller may see. An error means that nothing of the response may be shown.
	Respond(ctx context.Context, x Exchange, r Response) (Answer, error)
}

// Processor serves ext_proc's Process for response headers and a buffered response body.
type Processor struct {
	proc.UnimplementedExternalProcessorServer
	Responder Responder
	// Failed is told what went wrong, for logs and metrics.
	Failed func(ctx context.Context, x Exchange, err error)
}

// Process handles one HTTP exchange. A stream that ends early is the client going away.
func (p *Processor) Process(stream proc.ExternalProcessor_ProcessServer) error {
	var s session
	for {
		m, err := stream.Recv()
		if err != nil {
			return ended(err)
		}
		reply, err := p.reply(stream.Context(), &s, m)
		if err != nil {
			return err
		}
		if err := stream.Send(reply); err != nil {
			return err
		}
	}
}

func ended(err error) error {
	if errors.Is(err, io.EOF) || status.Code(err) == codes.Canceled {
		return nil
	}
	return err
}

// session is what one stream has seen so far.
type session struct {
	exchange Exchange
	response Response
	bodiless bool
}

func (p *Processor) reply(ctx context.Context, s *session, m *proc.ProcessingRequest) (*proc.ProcessingResponse, error) {
	if metadata, ok := m.GetMetadataContext().GetFilterMetadata()[Namespace]; ok {
		s.exchange = recall(metadata)
	}
	switch r := m.GetRequest().(type) {
	case *proc.ProcessingRequest_ResponseHeaders:
		return p.onHeaders(ctx, s, r.ResponseHeaders)
	case *proc.ProcessingRequest_ResponseBody:
		s.response.Body = r.ResponseBody.GetBody()
		return p.finish(ctx, s)
	default:
		return nil, status.Error(codes.InvalidArgument, "extauthz processes response headers and buffered response bodies only")
	}
}

func (p *Processor) onHeaders(ctx context.Context, s *session, h *proc.HttpHeaders) (*proc.ProcessingResponse, error) {
	s.response.Status, s.response.Encoded = responseFacts(h.GetHeaders())
	if s.bodiless = h.GetEndOfStream(); s.bodiless {
		if _, err := p.respond(ctx, s); err != nil {
			return withheld(), nil
		}
		return continueHeaders(), nil
	}
	return continueHeaders(), nil
}

func (p *Processor) finish(ctx context.Context, s *session) (*proc.ProcessingResponse, error) {
	a, err := p.respond(ctx, s)
	if err != nil {
		return withheld(), nil
	}
	return continueBody(a), nil
}

func (p *Processor) respond(ctx context.Context, s *session) (a Answer, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = errors.New("panic while processing a response")
		}
		if err == nil && s.bodiless && a.Body != nil {
			err = errors.New("a response without a body, where there should be one")
		}
		if err != nil {
			p.Failed(ctx, s.exchange, err)
		}
	}()
	switch {
	case s.response.Status < 200:
		return Answer{}, errors.New("a response without a status: the processing mode must send response headers")
	case s.exchange.Untouched:
		return Answer{}, nil
	case s.exchange.Allowed():
		return p.Responder.Respond(ctx, s.exchange, s.response)
	case s.response.Status >= 400: // Envoy's own answer, a denial of ext_authz among them, passes here as well
		return Answer{}, nil
	default:
		return Answer{}, errors.New("a response without a decision to allow it: metadata_options must forward " + Namespace)
	}
}
