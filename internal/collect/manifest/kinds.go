package manifest

import (
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// EvidenceOf returns what an object of a kind of an API group tells; nothing of
// one that no rule reads.
func EvidenceOf(group, kind string) snapshot.Evidence {
	if isForeignPolicy(group, kind) {
		return snapshot.KubeNetworkPolicies
	}
	if r, ok := readerOf(kind); ok && r.group() == group {
		return r.evidence
	}
	return ""
}

// Versions lists the API versions in which a kind of an API group is read;
// nothing where it is read in any.
func Versions(group, kind string) []string {
	if r, ok := readerOf(kind); ok && r.group() == group {
		return r.versions
	}
	return nil
}

// group returns the API group of a kind; empty for the core's.
func (r reader) group() string {
	group, _, named := strings.Cut(r.versions[0], "/")
	if !named {
		return ""
	}
	return group
}
