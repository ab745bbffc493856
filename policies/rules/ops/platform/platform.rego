# METADATA
# title: Istio is installed once, for the platform that the nodes are
# description: |
#   Istio's agent has to put its network plugin where the nodes look for it, and where
#   that is depends on the distribution. In the wrong place nothing fails: pods start,
#   and none is on the mesh. Two control planes in one cluster overwrite each other's
#   webhooks and plugin.
#
#   Looked at: the option platform of charm istio-k8s, or the folder that DaemonSet
#   istio-cni-node mounts, against the versions of the nodes' kubelets, as far as a
#   distribution marks them: K3s, GKE, EKS, RKE2 and k0s do. MicroK8s, Minikube and
#   plain Kubernetes cannot be told apart so, and any platform passes there that is
#   none of the others'. Folders that are set by hand (cniBinDir, cniConfDir) are
#   taken at their word. How Cilium is set up is not looked at.
# schemas:
#   - input: schema.stack
# custom:
#   id: ops/platform
#   level: warning
#   adr: ["networking/adr-005#configuration-requirements"]
#   needs:
#     - [kube.nodes, "kube.system?"]
#   subjects: [application, workload]
#   states: [planned, declared, effective]
#   remediation:
#     - juju config -m {model} {name} platform=PLATFORM
#   ways:
#     - id: other-platform
#       title: It is set up for another platform than the nodes are
#     - id: several
#       title: The cluster has several control planes
package rules.ops.platform

import data.lib.text

violations contains {
	"subject": plane.subject,
	"way": "other-platform",
	"message": sprintf(
		"Istio %q in namespace %q is set up for another platform: %s, and %s. Its network plugin goes where the nodes do not look for it, so no pod joins the mesh.",
		[plane.name, plane.model, plane.told, nodes],
	),
	"at": plane.told_at,
	"state": plane.told_state,
	"evidence": [{"fact": fact, "at": at, "object": object} |
		some [fact, at, object] in [
			[sprintf("%s in namespace %s", [plane.name, plane.model]), plane.at, plane.object],
			[plane.told, plane.told_at, ""],
			[input.cluster.distribution.fact, input.cluster.distribution.at, ""],
		]
		fact != ""
	],
	"remediation": platform(plane.charm, plane.model, plane.name),
} if {
	some plane in input.control_planes
	plane.fits == "no"
}

nodes := sprintf("the nodes run %s (%s)", [input.cluster.distribution.name, input.cluster.distribution.fact]) if input.cluster.distribution.name != ""

nodes := sprintf("the nodes run %s", [text.joined({node.version | some node in input.cluster.nodes})]) if input.cluster.distribution.name == ""

platform(true, model, name) := [sprintf("juju config -m %s %s platform=%s%s", [model, name, suited, hint])]

platform(false, _, _) := [sprintf("istioctl install --set profile=ambient --set values.global.platform=%s%s", [suited, hint])]

default suited := ""

suited := input.cluster.distribution.platforms[0]

default hint := ""

hint := "  # or k3d where that runs it" if suited == "k3s"

hint := "  # or microk8s, minikube: what the cluster is" if input.cluster.distribution.name == ""

violations contains {
	"subject": input.control_planes[0].subject,
	"way": "several",
	"message": sprintf(
		"The cluster has several Istio control planes: %s. Each installs the webhooks, the network plugin and the proxies of all nodes, and undoes what the other did.",
		[text.joined({sprintf("%q in namespace %q", [plane.name, plane.model]) | some plane in input.control_planes})],
	),
	"at": input.control_planes[0].at,
	"state": input.control_planes[0].state,
	"evidence": [{"fact": sprintf("%s in namespace %s", [plane.name, plane.model]), "at": plane.at, "object": plane.object} | some plane in input.control_planes],
	"remediation": [remove(plane.charm, plane.model, plane.name) | some plane in input.control_planes],
} if {
	count(input.control_planes) > 1
}

# object_of names what Kubernetes shows of a control plane that no charm runs.
object_of(true, _, _) := ""

object_of(false, namespace, name) := sprintf("Deployment %s/%s", [namespace, name])

remove(true, model, name) := sprintf("juju remove-application -m %s %s  # all but one of them", [model, name])

remove(false, model, _) := sprintf("istioctl uninstall --purge --istioNamespace %s  # all but one of them", [model])

undecided contains {
	"subject": plane.subject,
	"missing": sprintf("juju.config: for which platform Istio %q in namespace %q was set up", [plane.name, plane.model]),
} if {
	count(input.control_planes) == 1 # several are wrong in any case
	some plane in input.control_planes
	plane.fits == ""
}

undecided contains {
	"subject": model.subject,
	"missing": "juju.config: Istio's control plane (charm istio-k8s, or istiod in Kubernetes), which no source shows",
} if {
	input.control_planes == []
	input.profile.mesh != "off"
	model := input.models[0]
}
