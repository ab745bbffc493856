package lint

import (
	"slices"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// complete adds to a snapshot that its sources hold all objects of some kinds: of
// each namespace of which they hold workloads or pods, and of the cluster for the
// kinds that are of the cluster. Files cannot say so themselves: what kubectl
// prints where it finds nothing is the same for every namespace. Kinds of Juju are
// those of models that Terraform put something into, and did not make itself. The
// snapshot that is given stays as it is.
func complete(s snapshot.Snapshot, kinds []snapshot.Evidence) snapshot.Snapshot {
	if len(kinds) == 0 {
		return s
	}
	var namespaces []string
	for i := range s.Workloads {
		namespaces = append(namespaces, s.Workloads[i].Namespace)
	}
	for i := range s.Pods {
		namespaces = append(namespaces, s.Pods[i].Namespace)
	}
	slices.Sort(namespaces)
	s.Coverage = slices.Clone(s.Coverage)
	for _, kind := range kinds {
		if kind.OfJuju() {
			for _, m := range s.Models {
				if m.Name != "" && planned(&s, m) {
					s.Coverage = append(s.Coverage, snapshot.Coverage{Evidence: kind, Namespace: m.Name})
				}
			}
			continue
		}
		if kind.OfCluster() {
			s.Coverage = append(s.Coverage, snapshot.Coverage{Evidence: kind})
			continue
		}
		for _, ns := range slices.Compact(slices.Clone(namespaces)) {
			if ns != "" {
				s.Coverage = append(s.Coverage, snapshot.Coverage{Evidence: kind, Namespace: ns})
			}
		}
	}
	return s
}

// planned tells whether a model was read of Terraform.
func planned(s *snapshot.Snapshot, m snapshot.Model) bool {
	if !m.At.Known() {
		return false
	}
	switch s.Sources[m.At.Source()].Kind {
	case snapshot.TerraformPlan, snapshot.TerraformState, snapshot.TerraformModule:
		return true
	}
	return false
}
