package app

import (
	"context"
	"log/slog"
)

// Streams of the log, by the attribute "stream" of each line: the record of decisions, that of changes and failed sign-ins, and everything
// else. Collectors keep them for different times and show them to different people. A line of each has "request_id" where it is about a request: the same that Envoy logs.
const (
	serving  = "service"
	deciding = "decision"
	auditing = "audit"
)

// streams splits log. The level is the service's alone: who wants fewer lines of the one does not want holes in the others.
func streams(log *slog.Logger, least slog.Leveler) (service, decisions, audit *slog.Logger) {
	service = slog.New(atLeast{log.Handler(), least}).With("stream", serving)
	return service, log.With("stream", deciding), log.With("stream", auditing)
}

// atLeast is a handler that takes nothing below a level.
type atLeast struct {
	slog.Handler
	level slog.Leveler
}

func (h atLeast) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= h.level.Level() && h.Handler.Enabled(ctx, level)
}

func (h atLeast) WithAttrs(attrs []slog.Attr) slog.Handler {
	return atLeast{h.Handler.WithAttrs(attrs), h.level}
}

func (h atLeast) WithGroup(name string) slog.Handler {
	return atLeast{h.Handler.WithGroup(name), h.level}
}
