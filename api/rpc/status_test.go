package rpc

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	"extauthz/authz"
)

// TestStatusTable: what auth.proto promises is what is done.
func TestStatusTable(t *testing.T) {
	declared, err := os.ReadFile("../proto/auth.proto")
	if err != nil {
		t.Fatal(err)
	}
	promised := map[string]string{}
	for _, row := range regexp.MustCompile(`(?m)^//   ([A-Z_]+) +([A-Z_]+)$`).FindAllStringSubmatch(string(declared), -1) {
		promised[row[1]] = row[2]
	}
	if a, b := slices.Sorted(maps.Keys(promised)), slices.Sorted(maps.Keys(code)); !slices.Equal(a, b) {
		t.Errorf("promised are %v, known %v", a, b)
	}
	for errorCode, name := range promised {
		if got := strings.ToUpper(regexp.MustCompile(`([a-z])([A-Z])`).ReplaceAllString(code[errorCode].String(), "${1}_$2")); got != name {
			t.Errorf("%s is %s, promised is %s", errorCode, got, name)
		}
	}
}

// TestEveryReasonHasAStatus: what the core refuses with is in the table.
func TestEveryReasonHasAStatus(t *testing.T) {
	for _, r := range []authz.Reason{
		authz.Unauthenticated, authz.Throttled, authz.MustChangePassword, authz.InvalidParameter, authz.AmbiguousBody, authz.OutOfScope,
		authz.PermissionDenied, authz.StoreFailed, authz.Internal, authz.NoSuchExperiment,
	} {
		if c, ok := code[r.ErrorCode()]; !ok || c == codes.OK {
			t.Errorf("%s has the error code %s, which is in no row", r, r.ErrorCode())
		}
	}
}
