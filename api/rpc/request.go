package rpc

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// patience is how long a message may take to come, as the body of an HTTP request.
const patience = time.Minute

// longest is how long a call may take; a backup that takes longer is taken over HTTP, or from the disk.
const longest = 10 * time.Minute

// request is the HTTP request that a gRPC call is, so that who asks is found as everywhere else. Its body is the message, of no length that is
// known beforehand, and not to be read there: a signature over it cannot be checked.
func request(ctx context.Context, m protoreflect.MethodDescriptor) *http.Request {
	path := "/" + string(m.Parent().FullName()) + "/" + string(m.Name())
	r := &http.Request{
		Method: http.MethodPost, URL: &url.URL{Path: path}, RequestURI: path, Header: http.Header{}, Body: http.NoBody,
		ContentLength: -1, TransferEncoding: []string{"chunked"},
	}
	received, _ := metadata.FromIncomingContext(ctx)
	for name, values := range received {
		if name == ":authority" && len(values) > 0 {
			r.Host = values[0]
		}
		if !strings.HasPrefix(name, ":") {
			r.Header[http.CanonicalHeaderKey(name)] = values
		}
	}
	if p, ok := peer.FromContext(ctx); ok {
		r.RemoteAddr = p.Addr.String()
		if secured, ok := p.AuthInfo.(credentials.TLSInfo); ok {
			r.TLS = &secured.State
		}
	}
	return r.WithContext(ctx)
}
