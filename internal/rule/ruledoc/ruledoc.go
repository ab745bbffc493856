// Package ruledoc writes what a rule says of itself for people to read: as
// Markdown for docs/rules and pull requests, as text for a terminal.
//
// Everything comes from the rule's METADATA (a rule.Rule) and from the table of
// decision records in records.go; the package reads no file.
package ruledoc

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// page gathers what is written, so that there is one error to look at.
type page struct{ bytes.Buffer }

func (p *page) line(format string, args ...any) {
	fmt.Fprintf(&p.Buffer, format, args...)
	p.WriteByte('\n')
}

func (p *page) writeTo(w io.Writer, what string) error {
	if _, err := w.Write(p.Bytes()); err != nil {
		return fmt.Errorf("writing %s: %w", what, err)
	}
	return nil
}

// Path is where the page of a rule is, relative to the index of rules.
func Path(id rule.ID) string { return string(id) + ".md" }

// needInWords says what a need asks for.
func needInWords(n rule.Need) string {
	text := evidenceInWords(n.Evidence) + " of " + partInWords(n.Part)
	if snapshot.Evidence(n.Evidence).OfCluster() {
		text = evidenceInWords(n.Evidence) + " of the cluster"
	}
	if n.Optional {
		text += " (where there are any)"
	}
	return text
}

// kinds says each kind of evidence in words, and which sources carry it.
var kinds = map[snapshot.Evidence]struct{ words, origin string }{
	snapshot.JujuApplications:          {"the applications", "`juju status --format json` or a bundle"},
	snapshot.JujuRelations:             {"the relations", "`juju status --format json` or a bundle"},
	snapshot.JujuConfig:                {"the charm options and trust", "`juju export-bundle` or a bundle"},
	snapshot.JujuOffers:                {"the offers and the SAAS entries", "`juju status --format json`"},
	snapshot.JujuUnits:                 {"the relation data of the units", "`juju show-unit --format json`"},
	snapshot.JujuStatuses:              {"what applications and units say of themselves", "`juju status --format json`"},
	snapshot.JujuSecrets:               {"who may read which secret", "`juju show-secret --format json`"},
	snapshot.KubeNamespaces:            {"the Kubernetes namespace", "`kubectl get namespace -o yaml`"},
	snapshot.KubeWorkloads:             {"the StatefulSets, Deployments and DaemonSets", "`kubectl get statefulset,deployment,daemonset -o yaml`"},
	snapshot.KubePods:                  {"the pods", "`kubectl get pod -o yaml`"},
	snapshot.KubeServices:              {"the Services", "`kubectl get service -o yaml`"},
	snapshot.KubeConfigMaps:            {"the ConfigMaps", "`kubectl get configmap -o yaml`"},
	snapshot.KubeNetworkPolicies:       {"the NetworkPolicies", "`kubectl get networkpolicy -o yaml`"},
	snapshot.KubeGateways:              {"the Gateways", "`kubectl get gateway -o yaml`"},
	snapshot.KubeRoutes:                {"the HTTPRoutes", "`kubectl get httproute -o yaml`"},
	snapshot.KubeIngresses:             {"the Ingresses", "`kubectl get ingress -o yaml`"},
	snapshot.KubeAuthorizationPolicies: {"the AuthorizationPolicies", "`kubectl get authorizationpolicy -o yaml`"},
	snapshot.KubeClaims:                {"the PersistentVolumeClaims", "`kubectl get persistentvolumeclaim -o yaml`"},
	snapshot.KubeVolumes:               {"the PersistentVolumes", "`kubectl get persistentvolume -o yaml`"},
	snapshot.KubeNodes:                 {"the nodes", "`kubectl get node -o yaml`"},
	snapshot.KubeSystem:                {"the DaemonSets and Services of kube-system", "`kubectl get daemonset,service -n kube-system -o yaml`"},
}

func evidenceInWords(word string) string {
	if k, ok := kinds[snapshot.Evidence(word)]; ok {
		return k.words
	}
	return word
}

// origin says which sources carry a kind of evidence.
func origin(word string) string {
	if k, ok := kinds[snapshot.Evidence(word)]; ok {
		return k.origin
	}
	return "a source that carries " + word
}

func partInWords(part string) string {
	switch part {
	case "core":
		return "the core model"
	case "downloads":
		return "the downloads model"
	case "gateway":
		return "the model of the VPN gateway"
	}
	return "every model of the stack"
}

func stateInWords(state string) string {
	switch snapshot.State(state) {
	case snapshot.Planned:
		return "planned (a bundle says it)"
	case snapshot.Declared:
		return "declared (Juju says it)"
	case snapshot.Effective:
		return "effective (Kubernetes says it)"
	}
	return state
}

// levels says the level of a rule under each profile.
func levels(r rule.Rule) string {
	parts := []string{string(r.Level)}
	for _, profile := range slices.Sorted(maps.Keys(r.Levels)) {
		parts = append(parts, fmt.Sprintf("%s under profile %s", r.Levels[profile], profile))
	}
	return strings.Join(parts, ", ")
}

// notWaivable stands where a rule says how to accept a finding.
const notWaivable = "Nobody may: a finding of this rule cannot be waived, neither in charmarr-lint.yaml nor by annotation."

// waiver is how the configuration accepts a finding of the rule.
func waiver(r rule.Rule) string {
	kind := "application"
	if len(r.Subjects) > 0 {
		kind = r.Subjects[0]
	}
	return fmt.Sprintf(`waivers:
  - rule: %s
    subject: "%s:NAME"
    reason: why this is fine here
    expires: YYYY-MM-DD`, r.ID, kind)
}

func byID(rules []rule.Rule) []rule.Rule {
	return slices.SortedFunc(slices.Values(rules), func(a, b rule.Rule) int { return strings.Compare(string(a.ID), string(b.ID)) })
}
