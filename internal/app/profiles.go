package app

import (
	"net/http"
	"net/http/pprof"
	"net/netip"
)

// pprofHandler serves Go's profiles. It is off unless --pprof-listen names an address of this machine, and never on another listener: a
// profile of the heap can hold whatever the process does.
func pprofHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return mux
}

// loopback wants an address, no name: a name is whatever a resolver says.
func loopback(listen string) bool {
	a, err := netip.ParseAddrPort(listen)
	return err == nil && a.Addr().IsLoopback()
}

// profiles refuses an address that others may reach.
func (p *problems) profiles(setting, listen string) {
	if listen != "" && !loopback(listen) {
		p.add(setting, "%q: profiles show the memory of this process, secrets too; give it as 127.0.0.1:port or [::1]:port", listen)
	}
}
