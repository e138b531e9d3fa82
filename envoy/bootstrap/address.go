package bootstrap

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
)

// address reads a gRPC target: host:port, or unix:///absolute/path.
func address(target string) (*corev3.Address, error) {
	path, isUnix := strings.CutPrefix(target, "unix://")
	if !isUnix {
		return tcpAddress(target)
	}
	if !strings.HasPrefix(path, "/") {
		return nil, fmt.Errorf("%q is not a unix socket: write unix:///absolute/path", target)
	}
	return &corev3.Address{Address: &corev3.Address_Pipe{Pipe: &corev3.Pipe{Path: path}}}, nil
}

func tcpAddress(hostPort string) (*corev3.Address, error) {
	host, port, err := net.SplitHostPort(hostPort)
	if err != nil || host == "" {
		return nil, fmt.Errorf("%q is not an address: write host:port", hostPort)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return nil, fmt.Errorf("%q is not an address: its port must be a number from 1 to 65535", hostPort)
	}
	return &corev3.Address{Address: &corev3.Address_SocketAddress{SocketAddress: &corev3.SocketAddress{
		Address:       host,
		PortSpecifier: &corev3.SocketAddress_PortValue{PortValue: uint32(n)},
	}}}, nil
}

// needsDNS reports whether Envoy has to resolve a name to reach a.
func needsDNS(a *corev3.Address) bool {
	if a.GetSocketAddress() == nil {
		return false
	}
	_, err := netip.ParseAddr(a.GetSocketAddress().GetAddress())
	return err != nil
}
