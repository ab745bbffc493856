package reporttest

import "github.com/charmarr/charmarr-lint/internal/rule"

// rules are five rules as METADATA blocks describe them, in order of ids.
func rules() []rule.Rule {
	return []rule.Rule{
		{
			ID: "ingress/app-on-its-gateway", Title: "Each application is reached through the gateway of its class",
			Description: "A download client on a family gateway shows its admin page to everybody who may watch films.",
			Level:       rule.Error, ADR: []string{"networking/adr-001-ingress#architecture-details"},
			Needs:       [][]rule.Need{{{Evidence: "juju.relations", Part: "core"}}, {{Evidence: "kube.routes"}}},
			Subjects:    []string{"application", "route"},
			Remediation: []string{"juju integrate -m {model} {name}:istio-ingress-route admin-gateway"},
			States:      []string{"planned", "declared", "effective"}, Security: "5.3",
			Package: "rules.ingress.app_on_its_gateway", File: "policies/rules/ingress/app_on_its_gateway/app_on_its_gateway.rego",
		},
		{
			ID: "mesh/gateway-not-enrolled", Title: "The VPN gateway is not captured by the mesh",
			Description: "Istio's ztunnel redirects the gateway's traffic before it reaches the tunnel:\n\n- the kill switch no longer holds\n- `vxlan0` carries nothing",
			Level:       rule.Error, ADR: []string{"networking/adr-006#vpn-gateway", "networking/adr-005#namespace-enrollment"},
			Needs:       [][]rule.Need{{{Evidence: "kube.namespaces"}, {Evidence: "kube.workloads"}}},
			Subjects:    []string{"workload", "pod", "namespace"},
			Remediation: []string{"kubectl label namespace {namespace} istio.io/dataplane-mode-"},
			States:      []string{"declared", "effective"}, Security: "8.2",
			Ways: []rule.Way{
				{ID: "namespace-label", Title: "the namespace is enrolled"},
				{ID: "pod-label", Title: "the pod is enrolled by its own label"},
			},
			Disputed: "The record lists the gateway under the downloads model and wants it in a separate namespace; the rule follows the latter.",
			Package:  "rules.mesh.gateway_not_enrolled", File: "policies/rules/mesh/gateway_not_enrolled/gateway_not_enrolled.rego",
		},
		{
			ID: "ops/channel-coherent", Title: "All Charmarr charms follow one channel",
			Description: "Charms of different channels may not understand one another's databags.",
			Level:       rule.Note, ADR: []string{"apps/adr-016#release"},
			Needs:    [][]rule.Need{{{Evidence: "juju.applications"}}},
			Subjects: []string{"model"}, Remediation: []string{"juju refresh -m {model} {name} --channel latest/edge"},
			States: []string{"declared"}, Package: "rules.ops.channel_coherent",
		},
		{
			ID: "own/storage-class", Title: "Media lives on the fast disks", Level: rule.Warning, Own: true,
			Needs:    [][]rule.Need{{{Evidence: "kube.workloads"}}},
			Subjects: []string{"workload"}, Package: "rules.own.storage_class",
		},
		{
			ID: "topology/gateway-own-namespace", Title: "The VPN gateway has a namespace of its own",
			Description: "Enrolment is decided by namespace: a shared one enrols the gateway along with the rest.",
			Level:       rule.Warning, ADR: []string{"networking/adr-006#model-2"},
			Needs:    [][]rule.Need{{{Evidence: "juju.applications"}}},
			Subjects: []string{"application"}, Remediation: []string{"juju add-model {name}"},
			States: []string{"planned", "declared"}, Package: "rules.topology.gateway_own_namespace",
		},
	}
}
