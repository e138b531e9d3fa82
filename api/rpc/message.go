package rpc

import (
	"errors"
	"io"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// input reads the call's message.
func (c call) input() (jsontext.Value, error) {
	in, err := messageOf(c.method.Input())
	if err == nil {
		err = c.receive(in)
	}
	if err != nil {
		return nil, err
	}
	return parameters(in.ProtoReflect())
}

// receive waits for the message. gRPC itself would wait as long as the connection lives; the end of the call ends that.
func (c call) receive(in proto.Message) error {
	came := make(chan error, 1)
	go func() { came <- c.RecvMsg(in) }()
	select {
	case err := <-came:
		return err
	case <-time.After(patience):
		return status.Error(codes.DeadlineExceeded, "The message did not come within a minute.")
	}
}

func (c call) answer(text jsontext.Value) error {
	out, err := messageOf(c.method.Output())
	if err == nil {
		err = fill(out, text)
	}
	if err != nil {
		return err
	}
	return c.SendMsg(out)
}

func messageOf(d protoreflect.MessageDescriptor) (proto.Message, error) {
	t, err := protoregistry.GlobalTypes.FindMessageByName(d.FullName())
	if err != nil {
		return nil, err
	}
	return t.New().Interface(), nil
}

// chunks sends what is written in messages of the method, whose only field it is.
type chunks struct{ call }

const largestChunk = 64 << 10

func (c chunks) Write(p []byte) (int, error) {
	field := c.method.Output().Fields().Get(0)
	if field.Kind() != protoreflect.BytesKind {
		return 0, errors.New("the method streams no bytes")
	}
	sent := 0
	for sent < len(p) {
		m, err := messageOf(c.method.Output())
		if err != nil {
			return sent, err
		}
		part := p[sent:min(len(p), sent+largestChunk)]
		m.ProtoReflect().Set(field, protoreflect.ValueOfBytes(part))
		if err := c.SendMsg(m); err != nil {
			return sent, err
		}
		sent += len(part)
	}
	return sent, nil
}

var _ io.Writer = chunks{}
