package api

import (
	"cmp"
	"context"
	"io"

	"extauthz/store"
)

// backup streams a copy of the store while it serves. It has every secret that the store has, and that it was taken is on record.
func (o *operations) backup(ctx context.Context, c caller, in noInput) (stream, error) {
	if err := cmp.Or(c.mustBeAdmin(), in.refuse()); err != nil {
		return nil, err
	}
	if o.copyStore == nil {
		return nil, badRequest("This store cannot be backed up here.")
	}
	return func(w io.Writer) error { return o.copyStore(ctx, w) }, o.record(ctx, store.StateBackup, "")
}

// stream is an answer that is no JSON, and as long as it is.
type stream func(w io.Writer) error

func streamed(_ noInput, s stream) stream { return s }
