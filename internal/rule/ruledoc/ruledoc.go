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
	return evidenceInWords(n.Evidence) + " of " + partInWords(n.Part)
}

func evidenceInWords(word string) string {
	switch snapshot.Evidence(word) {
	case snapshot.JujuApplications:
		return "the applications"
	case snapshot.JujuRelations:
		return "the relations"
	case snapshot.JujuConfig:
		return "the charm options and trust"
	case snapshot.JujuOffers:
		return "the offers and the SAAS entries"
	case snapshot.JujuUnits:
		return "the relation data of the units"
	case snapshot.KubeNamespaces:
		return "the Kubernetes namespace"
	case snapshot.KubeWorkloads:
		return "the StatefulSets, Deployments and DaemonSets"
	case snapshot.KubePods:
		return "the pods"
	case snapshot.KubeServices:
		return "the Services"
	case snapshot.KubeConfigMaps:
		return "the ConfigMaps"
	case snapshot.KubeNetworkPolicies:
		return "the NetworkPolicies"
	case snapshot.KubeGateways:
		return "the Gateways"
	case snapshot.KubeRoutes:
		return "the HTTPRoutes"
	}
	return word
}

// origin says which sources carry a kind of evidence.
func origin(word string) string {
	switch snapshot.Evidence(word) {
	case snapshot.JujuApplications, snapshot.JujuRelations:
		return "`juju status --format json` or a bundle"
	case snapshot.JujuConfig:
		return "`juju export-bundle` or a bundle"
	case snapshot.JujuOffers:
		return "`juju status --format json`"
	case snapshot.JujuUnits:
		return "`juju show-unit --format json`"
	case snapshot.KubeNamespaces:
		return "`kubectl get namespace -o yaml`"
	case snapshot.KubeWorkloads:
		return "`kubectl get statefulset,deployment,daemonset -o yaml`"
	case snapshot.KubePods:
		return "`kubectl get pod -o yaml`"
	case snapshot.KubeServices:
		return "`kubectl get service -o yaml`"
	case snapshot.KubeConfigMaps:
		return "`kubectl get configmap -o yaml`"
	case snapshot.KubeNetworkPolicies:
		return "`kubectl get networkpolicy -o yaml`"
	case snapshot.KubeGateways:
		return "`kubectl get gateway -o yaml`"
	case snapshot.KubeRoutes:
		return "`kubectl get httproute -o yaml`"
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
