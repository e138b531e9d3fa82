package testbed

import (
	"net"
	"strconv"
	"testing"
)

// FreePorts returns n ports of 127.0.0.1 that nobody listened on a moment ago.
func FreePorts(t testing.TB, n int) []string {
	t.Helper()
	var ports []string
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close() // all of them at the end, or the same port would come twice
		ports = append(ports, strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
	}
	return ports
}
