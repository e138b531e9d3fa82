package rpc

import (
	"context"
	"log/slog"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/reflect/protoreflect"

	"extauthz/api"
	authpb "extauthz/api/proto"
)

// LargestMessage is how many bytes a message may have. gRPC knows one limit for all methods, so a state that is larger has to be applied over REST.
const LargestMessage = 8 << 20

// Register adds AuthService to a server. Each call is served by the API that current returns when it begins.
func Register(s grpc.ServiceRegistrar, current func() *api.API, log *slog.Logger) {
	declared := service()
	d := grpc.ServiceDesc{ServiceName: string(declared.FullName()), Metadata: declared.ParentFile().Path()}
	for i := range declared.Methods().Len() {
		m := declared.Methods().Get(i)
		d.Streams = append(d.Streams, grpc.StreamDesc{
			StreamName: string(m.Name()), ServerStreams: m.IsStreamingServer(),
			Handler: func(_ any, s grpc.ServerStream) error { return call{m, s, log}.serve(current()) },
		})
	}
	s.RegisterService(&d, nil)
}

func service() protoreflect.ServiceDescriptor {
	return authpb.File_extauthz_v1_auth_proto.Services().ByName("AuthService")
}

// call is one call of a method.
type call struct {
	method protoreflect.MethodDescriptor
	grpc.ServerStream
	log *slog.Logger
}

func (c call) serve(a *api.API) error {
	ctx, done := context.WithTimeout(c.Context(), longest)
	defer done()
	answer, err := a.Call(request(ctx, c.method), string(c.method.Name()), c.input)
	switch {
	case err != nil:
	case answer.Stream != nil:
		err = answer.Stream(chunks{c})
	default:
		err = c.answer(answer.JSON)
	}
	if err != nil {
		err = c.asStatus(err)
	}
	return err
}
