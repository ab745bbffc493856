# METADATA
# title: Istio's control plane has a model of its own
# description: |
#   Istio takes what stands in the namespace of its control plane for the whole
#   mesh. A policy that a beacon writes there for one application selects pods with
#   those labels in every namespace, and one without a selector binds everything.
#
#   Looked at: whether a Charmarr application, an ingress gateway or a beacon is in
#   the same model as charm istio-k8s, or in Kubernetes in the same namespace as
#   istiod. Which policies stand there is the matter of
#   mesh/no-foreign-authorization.
# schemas:
#   - input: schema.stack
# custom:
#   id: topology/control-plane-own-namespace
#   level: warning
#   levels: {single-model: note}
#   adr: ["networking/adr-006#decision-outcome", "networking/adr-005#decision-outcome"]
#   needs:
#     - [juju.applications]
#     - [kube.workloads]
#   subjects: [application, workload]
#   states: [planned, declared, effective]
#   remediation:
#     - juju remove-application -m {model} {name}
#     - juju add-model istio-system
#     - juju deploy -m istio-system istio-k8s istio --trust
#   disputed: |
#     The records say nothing of where Istio's own charm stands; its charm's
#     documentation wants a model of its own, and Charmarr's Terraform puts it into
#     the one model it makes. Under `single-model` the finding is a note.
package rules.topology.control_plane_own_namespace

import data.lib.text

# neighbours are the applications whose policies are meant for them alone.
neighbours[app.model] contains app.name if {
	some app in input.applications
	shares(app.group, app.role)
}

shares(group, _) if group in {"content", "download", "vpn", "ingress", "support"}

shares("mesh", "beacon")

homes contains app.model if {
	some app in input.applications
	app.role == "control-plane"
}

violations contains {
	"subject": app.subject,
	"message": sprintf(
		"Istio's control plane %q shares model %q with %s. Istio takes what stands in its namespace for the whole cluster: a policy written there for one of them binds every pod of the mesh that bears the same labels.",
		[app.name, app.model, text.listed(neighbours[app.model])],
	),
	"at": app.at,
	"state": app.state,
	"remediation": [
		sprintf("juju remove-application -m %s %s  # the mesh has no control plane until the next is up", [app.model, app.name]),
		"juju add-model istio-system  # where there is none yet",
		sprintf("juju deploy -m istio-system istio-k8s %s --trust", [app.name]),
	],
} if {
	some app in input.applications
	app.role == "control-plane"
	not app.life in {"dying", "dead"}
	neighbours[app.model]
}

violations contains {
	"subject": stray.subject,
	"message": sprintf(
		"Istio's control plane (%s %q) runs in namespace %q, beside %s. Istio takes what stands in its namespace for the whole cluster: a policy written there for one of them binds every pod of the mesh that bears the same labels.",
		[stray.kind, stray.name, stray.namespace, text.listed(neighbours[stray.namespace])],
	),
	"at": stray.at,
	"state": stray.state,
	"remediation": [
		sprintf("kubectl -n %s get %s %s -o yaml  # who installed it?", [stray.namespace, lower(stray.kind), stray.name]),
		"istioctl install --set profile=ambient --set values.global.istioNamespace=istio-system  # or the charm istio-k8s, in a model of its own",
	],
} if {
	some stray in input.strays
	stray.istio
	startswith(stray.name, "istiod")
	neighbours[stray.namespace]
	not stray.namespace in homes
}
