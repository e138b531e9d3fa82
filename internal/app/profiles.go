package app

import (
	"net/http"
	"net/http/pprof"
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
