package sbom

import (
	"bytes"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spdx/tools-golang/json"
	"github.com/spdx/tools-golang/spdx/v2/common"
	spdx "github.com/spdx/tools-golang/spdx/v2/v2_3"
)

// TestSBOM describes the service and reads the document back.
func TestSBOM(t *testing.T) {
	binary, err := os.ReadFile("../../bin/extauthz")
	if err != nil {
		t.Fatalf("%v; run `make test`, or `make build` first", err)
	}
	s := Subject{
		Name: "extauthz_1.2.3", Version: "1.2.3", Created: time.Unix(1_700_000_000, 0), Binary: binary,
		Beside: []*debug.Module{{Path: "example.com/roots", Version: "v0.1.0"}},
	}
	var first, second bytes.Buffer
	if err := Write(&first, s); err != nil {
		t.Fatal(err)
	}
	if err := Write(&second, s); err != nil || first.String() != second.String() {
		t.Error("the same binary gives two documents", err)
	}
	var d spdx.Document
	if err := json.ReadInto(&first, &d); err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	var ids []common.ElementID
	for _, p := range d.Packages {
		names[p.PackageName] = p.PackageVersion
		ids = append(ids, p.PackageSPDXIdentifier)
	}
	if names["extauthz"] != "1.2.3" || names["example.com/roots"] != "v0.1.0" || !strings.HasPrefix(names["std"], "1.") {
		t.Errorf("the packages are %v", names)
	}
	if !strings.HasPrefix(names["google.golang.org/grpc"], "v1.") || names["github.com/google/go-cmp"] != "" {
		t.Error("a module that the service has is missing, or one that only its tests have is there")
	}
	for _, r := range d.Relationships {
		if !slices.Contains(ids, r.RefB.ElementRefID) {
			t.Errorf("a relationship to %s, which is not there", r.RefB.ElementRefID)
		}
	}
	if slices.Sort(ids); len(slices.Compact(ids)) != len(d.Packages) {
		t.Error("two packages have one id")
	}
}

func TestNoGoProgram(t *testing.T) {
	if err := Write(&bytes.Buffer{}, Subject{Name: "text", Binary: []byte("no program")}); err == nil || !strings.Contains(err.Error(), "text") {
		t.Errorf("error is %v", err)
	}
}
