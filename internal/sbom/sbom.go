// Package sbom writes a software bill of materials of a Go binary, as SPDX 2.3, from what the linker recorded in it: the modules that are
// really in that file, not those that go.mod could bring. The same binary gives the same document.
package sbom

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"fmt"
	"io"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/spdx/tools-golang/json"
	"github.com/spdx/tools-golang/spdx/v2/common"
	spdx "github.com/spdx/tools-golang/spdx/v2/v2_3"
)

// Subject is what is described.
type Subject struct {
	Name    string // of the file or image
	Version string
	Created time.Time
	Binary  []byte
	// Beside are modules whose data lie beside the binary: the root certificates of an image.
	Beside []*debug.Module
}

// Write describes the subject. It fails when the binary is no Go program.
func Write(out io.Writer, s Subject) error {
	info, err := buildinfo.Read(bytes.NewReader(s.Binary))
	if err != nil {
		return fmt.Errorf("%s: %w", s.Name, err)
	}
	return json.Write(s.document(info), out, json.Indent("  "))
}

const (
	root      = common.ElementID("Package-extauthz")
	creator   = "extauthz-release"
	undecided = "NOASSERTION"
)

func (s Subject) document(info *buildinfo.BuildInfo) *spdx.Document {
	sum := sha256.Sum256(s.Binary)
	digest := hex.EncodeToString(sum[:])
	d := &spdx.Document{
		SPDXVersion: spdx.Version, DataLicense: spdx.DataLicense, SPDXIdentifier: "DOCUMENT", DocumentName: s.Name,
		DocumentNamespace: "https://spdx.org/spdxdocs/" + s.Name + "-" + digest,
		CreationInfo: &spdx.CreationInfo{
			Created: s.Created.UTC().Format(time.RFC3339), Creators: []common.Creator{{CreatorType: "Tool", Creator: creator}},
		},
		Packages: []*spdx.Package{s.service(info, digest)},
	}
	relate(d, "DOCUMENT", "DESCRIBES", root)
	add(d, "DEPENDS_ON", module{"std", strings.TrimPrefix(info.GoVersion, "go"), ""})
	for _, m := range info.Deps {
		add(d, "DEPENDS_ON", used(m))
	}
	for _, m := range s.Beside {
		add(d, "CONTAINS", used(m))
	}
	return d
}

func (s Subject) service(info *buildinfo.BuildInfo, digest string) *spdx.Package {
	return &spdx.Package{
		PackageName: "extauthz", PackageVersion: s.Version, PackageSPDXIdentifier: root, PackageDownloadLocation: undecided, PackageFileName: s.Name,
		PackageChecksums:        []common.Checksum{{Algorithm: common.SHA256, Value: digest}},
		PackageLicenseConcluded: "Apache-2.0", PackageLicenseDeclared: "Apache-2.0", PackageCopyrightText: undecided,
		PrimaryPackagePurpose: "APPLICATION", PackageComment: "built with " + info.GoVersion + " for " + platform(info),
	}
}

func platform(info *buildinfo.BuildInfo) string {
	values := map[string]string{}
	for _, setting := range info.Settings {
		values[setting.Key] = setting.Value
	}
	return values["GOOS"] + "/" + values["GOARCH"]
}

// module is one that is in the file.
type module struct{ path, version, sum string }

func used(m *debug.Module) module {
	if m.Replace != nil {
		m = m.Replace
	}
	return module{m.Path, m.Version, m.Sum}
}

func add(d *spdx.Document, how string, m module) {
	id := common.ElementID("Package-" + strconv.Itoa(len(d.Packages)))
	p := &spdx.Package{
		PackageName: m.path, PackageVersion: m.version, PackageSPDXIdentifier: id, PackageDownloadLocation: undecided,
		PackageLicenseConcluded: undecided, PackageLicenseDeclared: undecided, PackageCopyrightText: undecided,
		PackageExternalReferences: []*spdx.PackageExternalReference{{
			Category: common.CategoryPackageManager, RefType: common.TypePackageManagerPURL, Locator: "pkg:golang/" + m.path + "@" + m.version,
		}},
	}
	if m.sum != "" {
		p.PackageComment = "go.sum " + m.sum
	}
	d.Packages = append(d.Packages, p)
	relate(d, root, how, id)
}

func relate(d *spdx.Document, a common.ElementID, how string, b common.ElementID) {
	d.Relationships = append(d.Relationships, &spdx.Relationship{
		RefA: common.DocElementID{ElementRefID: a}, RefB: common.DocElementID{ElementRefID: b}, Relationship: how,
	})
}
