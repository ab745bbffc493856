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
#   subjects: [model]
#   states: [planned, declared, effective]
#   remediation:
#     - juju remove-application -m {model} istio
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

# planes are the models where the control plane is, with what shows it: charm
# istio-k8s, or istiod where Juju shows no such charm.
planes[app.model] contains [sprintf("application %s", [app.name]), app.name, app.at, app.state] if {
	some app in input.applications
	app.role == "control-plane"
	not app.life in {"dying", "dead"}
}

planes[stray.namespace] contains [sprintf("%s %s", [stray.kind, stray.name]), "", stray.at, stray.state] if {
	some stray in input.strays
	stray.istio
	startswith(stray.name, "istiod")
}

violations contains {
	"subject": model.subject,
	"message": sprintf(
		"Istio's control plane (%s) is in model %q with %s. Istio takes what stands in its namespace for the whole cluster: a policy written there for one of them binds every pod of the mesh that bears the same labels.",
		[text.joined([what | some [what, _, _, _] in found]), model.name, text.listed(neighbours[model.name])],
	),
	"at": first.at,
	"state": first.state,
	"remediation": array.concat(
		remove(model.name, [plane | some [_, plane, _, _] in found; plane != ""]),
		[
			"juju add-model istio-system  # where there is none yet",
			"juju deploy -m istio-system istio-k8s istio --trust",
		],
	),
} if {
	some name, found in planes
	neighbours[name]
	some model in input.models
	model.name == name
	first := [{"at": at, "state": state} | some [_, _, at, state] in found][0]
}

remove(model, names) := [sprintf("juju remove-application -m %s %s  # the mesh has no control plane until the next is up", [model, name]) | some name in names] if {
	names != []
}

# Nothing of Juju's installed it.
remove(model, []) := [sprintf("istioctl uninstall --purge --istioNamespace %s  # the mesh has no control plane until the next is up", [model])]
