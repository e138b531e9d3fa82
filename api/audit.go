package api

import (
	"cmp"
	"context"
	"strconv"
	"time"

	"extauthz/store"
)

// auditQuery asks for records of the audit trail. What is left out asks for nothing in particular.
type auditQuery struct {
	Actor     string `json:"actor"`                         // whole
	Action    string `json:"action"`                        // how it begins
	Target    string `json:"target"`                        // how it begins
	Text      string `json:"text"`                          // somewhere in what was done to what, or in the request id
	After     string `json:"after" api:"format=date-time"`  // RFC 3339, at or after it
	Before    string `json:"before" api:"format=date-time"` // RFC 3339, before it
	Limit     number `json:"limit" api:"min=1,max=1000"`
	PageToken string `json:"page_token"`
	extra
}

// auditPage is a page of records, newest first.
type auditPage struct {
	Records []store.Audit
	Next    string // the token of the next page; "" for the last one
	Cut     bool   // the search ended for this time, whether or not there is more to find
}

const (
	auditLimit     = 100
	mostAuditLimit = 1000
	// mostLookedAt is how many records one request looks at: a search for what is rare goes on with the next page. It takes a fraction of a second.
	mostLookedAt = 100_000
)

// listAudit shows admins what happened.
func (o *operations) listAudit(ctx context.Context, c caller, in auditQuery) (auditPage, error) {
	if err := c.mustBeAdmin(); err != nil {
		return auditPage{}, err
	}
	q, err := in.query()
	if err := cmp.Or(in.refuse(), err); err != nil {
		return auditPage{}, err
	}
	return o.searchAudit(ctx, q, mostLookedAt)
}

// searchAudit looks at every record that the page could have, so that it knows where it has got to when it has looked at enough of them.
func (o *operations) searchAudit(ctx context.Context, q store.AuditQuery, most int) (page auditPage, err error) {
	looked, last := 0, uint64(0)
	for record, err := range o.store.AuditLog(ctx, store.AuditQuery{BeforeSeq: q.BeforeSeq}) {
		switch matches := err == nil && q.Matches(record); {
		case err != nil:
			return auditPage{}, err
		case looked == most:
			page.Next, page.Cut = pageToken(last), true
			return page, nil
		case matches && len(page.Records) == q.Limit:
			page.Next = pageToken(page.Records[q.Limit-1].Seq)
			return page, nil
		case matches:
			page.Records = append(page.Records, record)
		}
		looked, last = looked+1, record.Seq
	}
	return page, nil
}

func pageToken(seq uint64) string { return strconv.FormatUint(seq, 10) }

func (in auditQuery) query() (store.AuditQuery, error) {
	q := store.AuditQuery{Actor: in.Actor, Action: in.Action, Target: in.Target, Text: in.Text, Limit: auditLimit}
	var malformed [4]error
	q.After, malformed[0] = moment("after", in.After)
	q.Before, malformed[1] = moment("before", in.Before)
	if in.Limit.Text != "" {
		q.Limit, malformed[2] = in.limit()
	}
	if in.PageToken != "" {
		q.BeforeSeq, malformed[3] = in.pageToken()
	}
	return q, cmp.Or(malformed[0], malformed[1], malformed[2], malformed[3])
}

func (in auditQuery) limit() (int, error) {
	n, err := in.Limit.id("limit")
	if err == nil && (n == 0 || n > mostAuditLimit) {
		err = invalid("Invalid value for parameter 'limit': it is a number from 1 to %d.", mostAuditLimit)
	}
	return int(n), err
}

func (in auditQuery) pageToken() (uint64, error) {
	seq, err := strconv.ParseUint(in.PageToken, 10, 64)
	if err != nil || seq == 0 || strconv.FormatUint(seq, 10) != in.PageToken {
		return 0, invalid("Invalid value for parameter 'page_token': it is not one that a page came with.")
	}
	return seq, nil
}

// moment reads a time; the zero time when none is given.
func moment(parameter, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, invalid("Invalid value for parameter '%s': it is a time as in RFC 3339, 2026-01-31T13:00:00Z.", parameter)
	}
	return at, nil
}
