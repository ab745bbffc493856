package topology

import (
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// gatewaySuffix ends the names of what Istio makes for an ingress gateway: the
// Service, the Deployment and the ServiceAccount (istio-ingress-k8s'
// managed_name).
const gatewaySuffix = "-istio"

// defaultAccount is in every namespace.
const defaultAccount = "default"

// accounts are the ServiceAccounts that something runs under in a model: those
// that its workloads and pods name, those that Juju makes for its applications,
// and those that Istio makes for its Gateways.
func (m *model) accounts() map[string]bool {
	if m.accountsSeen != nil {
		return m.accountsSeen
	}
	out := map[string]bool{defaultAccount: true}
	for _, a := range m.apps {
		if !slices.ContainsFunc(a.workloads, func(w *snapshot.Workload) bool { return w.Template.ServiceAccount != "" }) {
			out[a.name] = true // Juju's, where no workload names another
		}
		switch a.role {
		case RoleIngressGateway:
			out[a.name+gatewaySuffix] = true
		case RoleBeacon:
			out[waypointOf(m.name, a.name)] = true
		}
	}
	for _, g := range m.gateways {
		out[g.Name] = true
		out[g.Name+gatewaySuffix] = true
	}
	for _, w := range m.workloads {
		out[w.Template.ServiceAccount] = true
	}
	for _, p := range m.pods {
		out[p.Spec.ServiceAccount] = true
	}
	m.accountsSeen = out
	return out
}

// waypointOf is the name of a beacon's waypoint.
func waypointOf(model, beacon string) string { return model + "-" + beacon + "-waypoint" }

// runsUnder tells whether something runs under the account of a principal that
// a policy of a model names. It is a no only where the workloads of the account's
// namespace were read.
func (e *estate) runsUnder(m *model, p Principal) string {
	if p.Namespace == "" || strings.ContainsRune(p.Namespace+p.ServiceAccount, '*') {
		return answerUnknown
	}
	home := e.find(m.controller, p.Namespace)
	switch {
	case home == nil:
		return answerUnknown
	case home.accounts()[p.ServiceAccount]:
		return answerYes
	case home.evidence[snapshot.KubeWorkloads]:
		return answerNo
	}
	return answerUnknown
}
