package app

import (
	"strings"
	"sync"
	"time"

	"extauthz/api"
	"extauthz/authz"
)

// mostRecent is how many denials are remembered, to be explained by the id of the request.
const mostRecent = 1000

// recent remembers the last denials, so that whoever was denied can ask about the request that the answer and Envoy's log name. Neither the
// request's body nor its headers are kept, only what it was taken for.
type recent struct {
	now func() time.Time

	mu   sync.Mutex
	ring []api.Recorded
	next int
	byID map[string]int
}

func newRecent(now func() time.Time) *recent {
	return &recent{now: now, ring: make([]api.Recorded, mostRecent), byID: map[string]int{}}
}

// note keeps a denial of somebody who is known, for something that is known.
func (r *recent) note(request authz.Request, d authz.Decision) {
	if d.Effect != authz.Denied && d.Refused == "" || request.ID == "" || !d.Principal.Known() || d.Operation.Access == 0 {
		return
	}
	path, _, _ := strings.Cut(request.Target, "?")
	d.Operation, d.Cause, d.Checks = own(d.Operation), nil, nil
	one := api.Recorded{
		ID: strings.Clone(request.ID), At: r.now(), Method: strings.Clone(request.Method), Path: strings.Clone(path), Decision: d,
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if old := r.ring[r.next].ID; r.byID[old] == r.next {
		delete(r.byID, old)
	}
	r.ring[r.next], r.byID[one.ID] = one, r.next
	r.next = (r.next + 1) % len(r.ring)
}

// Recorded implements api.Records.
func (r *recent) Recorded(id string) (api.Recorded, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i, ok := r.byID[id]
	if !ok {
		return api.Recorded{}, false
	}
	return r.ring[i], true
}

// own copies what would otherwise keep a request's body in memory, and drops what may hold secrets of it.
func own(op authz.Operation) authz.Operation {
	op.Params = nil
	op.Workspace = strings.Clone(op.Workspace)
	op.Subject.Name = strings.Clone(op.Subject.Name)
	op.Subject.Resource.ID, op.Subject.Resource.Workspace = strings.Clone(op.Subject.Resource.ID), strings.Clone(op.Subject.Resource.Workspace)
	needs := make([]authz.Need, len(op.Needs))
	for i, n := range op.Needs {
		for _, text := range []*string{&n.PartID, &n.As, &n.Ref.ID, &n.Ref.Workspace, &n.Ref.Run, &n.Ref.Model, &n.Ref.Trace, &n.Ref.Experiment} {
			*text = strings.Clone(*text)
		}
		needs[i] = n
	}
	op.Needs = needs
	return op
}
