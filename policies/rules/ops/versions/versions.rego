# METADATA
# title: Juju and Kubernetes are new enough for the charms
# description: |
#   Charmarr's charms are made for Juju 3.6 and Kubernetes 1.28 and tested with no
#   older ones. An older Juju refuses to deploy or refresh them; in an older
#   Kubernetes nobody knows what fails.
#
#   Looked at: the version of each model, as `juju status` has it or the image of
#   Juju's agents in its workloads, and the version of each node's kubelet. Only the
#   first two numbers count. Juju 4 passes, although nobody tests with it yet.
# schemas:
#   - input: schema.stack
# custom:
#   id: ops/versions
#   level: error
#   adr: ["apps/adr-014#platform-requirements"]
#   needs:
#     - [juju.applications, kube.nodes]
#     - [kube.workloads, kube.nodes]
#   subjects: [model, node]
#   states: [planned, declared, effective]
#   remediation:
#     - juju upgrade-model -m {model}
#   ways:
#     - id: juju
#       title: A model runs an older Juju
#     - id: kubernetes
#       title: A node runs an older Kubernetes
package rules.ops.versions

import data.lib.text

old_models := [model | some model in input.models; model.supported == "no"]

old_nodes := [node | some node in input.cluster.nodes; node.supported == "no"]

# One finding for what is upgraded together.
violations contains {
	"subject": first.subject,
	"way": "juju",
	"message": sprintf(
		"%s: the charms are made for %s and newer, and Juju refuses to deploy or refresh them in an older model.",
		[text.joined({sprintf("Model %q runs Juju %s", [model.name, model.version]) | some model in old_models}), input.minimum.juju],
	),
	"at": first.version_at,
	"state": first.version_state,
	"evidence": [{"fact": sprintf("model %s runs Juju %s", [model.name, model.version]), "at": model.version_at, "object": ""} | some model in old_models],
	"remediation": array.concat(
		["juju upgrade-controller  # a model can be no newer than its controller"],
		[sprintf("juju upgrade-model -m %s", [model.name]) | some model in old_models],
	),
} if {
	first := old_models[0]
}

violations contains {
	"subject": first.subject,
	"way": "kubernetes",
	"level": "warning",
	"message": sprintf(
		"%s: Charmarr is made for Kubernetes %s and newer, and nobody tests it with older ones.",
		[text.joined({sprintf("Node %q runs Kubernetes %s", [node.name, node.version]) | some node in old_nodes}), input.minimum.kubernetes],
	),
	"at": first.at,
	"state": "effective",
	"evidence": [{"fact": sprintf("node %s runs kubelet %s", [node.name, node.version]), "at": node.at, "object": sprintf("Node %s", [node.name])} | some node in old_nodes],
	"remediation": [
		"kubectl get nodes  # the versions of all",
		sprintf("sudo snap refresh microk8s --channel %s/stable  # on MicroK8s, one minor version after the other; elsewhere as the distribution has it", [input.minimum.kubernetes]),
	],
} if {
	first := old_nodes[0]
}

undecided contains {
	"subject": model.subject,
	"missing": sprintf("juju.applications: which Juju model %q runs (a bundle does not say it)", [model.name]),
} if {
	some model in input.models
	model.supported == ""
}

undecided contains {
	"subject": node.subject,
	"missing": sprintf("kube.nodes: which Kubernetes node %q runs (its status was not read)", [node.name]),
} if {
	some node in input.cluster.nodes
	node.supported == ""
}
