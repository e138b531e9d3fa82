package authz

// report lets through what would be denied, where that is only reported. Lists then come unfiltered: what a filter takes out is denied, too.
//
// Some things stay denied. What hands out more than MLflow's data (the assistant) is refused to everybody, our own endpoints decide themselves,
// and a path that can be read in two ways could be one of those.
func (a *Authorizer) report(d Decision, r Request) Decision {
	if a.Report == nil {
		return d
	}
	op := d.Operation
	if d.Effect == Denied && op.Access == 0 { // nobody had signed in, so that nobody had looked
		var err error
		if op, err = a.Mapper.Map(r); err != nil && op.Access == 0 && asRefusal(err).Reason != UnmappedRoute {
			return d
		}
	}
	if !op.reportable() || !a.Report(op) {
		return d
	}
	if d.Effect == Denied {
		d.Operation, d.Refused = op, d.Reason
		d = allow(d, ReportedOnly)
		d.Text, d.Untouched = "", true
	}
	if op.Response == Filters || op.Response == Withholds {
		d.Untouched = true
	}
	return d
}

func (op Operation) reportable() bool {
	return op.Access != AccessAuthAPI && op.Access != AccessOwnPassword && op.Access != AccessNobody
}
