package app

import (
	"log/slog"
	"strings"
	"testing"
)

// TestTheLevelIsTheServicesAlone leaves no holes in the record of decisions.
func TestTheLevelIsTheServicesAlone(t *testing.T) {
	var out strings.Builder
	handler := slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})
	service, decisions, _ := streams(slog.New(handler), slog.LevelWarn)
	service.Info("quiet")
	service.With("a", 1).WithGroup("g").Info("quiet, too")
	service.Warn("loud")
	decisions.Info("decision")
	text := out.String()
	if strings.Contains(text, "quiet") || !strings.Contains(text, "msg=loud stream=service") || !strings.Contains(text, "msg=decision stream=decision") {
		t.Errorf("the streams are:\n%s", text)
	}
}
