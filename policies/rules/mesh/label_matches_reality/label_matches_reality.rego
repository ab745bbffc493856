# METADATA
# title: Ambient captures what its labels say
# description: |
#   A label says who is to be in the mesh, istio-cni puts it into effect. Where it did
#   not, because the pod is older than istio-cni or its agent does not run on that
#   node, the pod speaks in the clear although every label is right.
#
#   Looked at: running pods of applications, whether their labels put them in the
#   mesh, and annotation ambient.istio.io/redirection, which istio-cni sets on what it
#   captured. A VPN gateway that is captured without a label is told of by
#   mesh/gateway-not-enrolled.
# schemas:
#   - input: schema.stack
# custom:
#   id: mesh/label-matches-reality
#   level: warning
#   adr: ["networking/adr-005#decision-outcome"]
#   needs:
#     - [kube.pods@core, kube.namespaces@core, kube.pods@downloads, kube.namespaces@downloads]
#   subjects: [namespace, pod]
#   states: [effective]
#   remediation:
#     - kubectl -n {namespace} delete pod {name}
#   ways:
#     - id: not-captured
#       title: Labels put a pod in the mesh, and it is not captured
#     - id: none-captured
#       title: Not one of the pods that are to be in the mesh is captured
#     - id: captured-unlabelled
#       title: A pod is captured that no label puts in the mesh
#     - id: pending
#       title: A pod waits for ztunnel and has no traffic
package rules.mesh.label_matches_reality

import data.lib.mesh

# labelled and unlabelled are the pods, by whether their labels put them in the mesh.
labelled := [{"pod": pod, "role": app.role} |
	some app in input.applications
	some pod in app.pods
	pod.mesh.captured == "yes"
	pod.phase == "Running"
	pod.addresses[0]
]

unlabelled := [{"pod": pod, "role": app.role} |
	some app in input.applications
	some pod in app.pods
	pod.mesh.captured == "no"
	pod.redirection in {"enabled", "pending"}
	pod.phase == "Running"
	pod.addresses != []
]

# meant are the pods that their labels put in the mesh, missed those of them that
# are not captured.
meant[item.pod.namespace] contains item.pod.name if {
	some item in labelled
}

missed[item.pod.namespace] contains item.pod.name if {
	some item in labelled
	not item.pod.redirection in {"enabled", "pending"}
}

# idle are the namespaces in which istio-cni did nothing at all.
idle contains namespace if {
	some namespace, pods in missed
	count(pods) > 1
	count(pods) == count(meant[namespace])
}

violations contains {
	"subject": {"kind": "namespace", "model": name, "namespace": name, "name": name},
	"way": "none-captured",
	"message": sprintf(
		"Labels put %d pods of namespace %q in the mesh, and istio-cni has captured none of them: their traffic is in the clear, and no policy of the mesh protects them.",
		[count(missed[name]), name],
	),
	"at": [item.pod.at | some item in labelled; item.pod.namespace == name; item.pod.name in missed[name]][0],
	"state": "effective",
	"remediation": [
		"kubectl get daemonsets -A -l k8s-app=istio-cni-node  # does istio-cni run, with ambient on?",
		"kubectl get daemonsets -A -l app=ztunnel",
		sprintf("kubectl -n %s rollout restart statefulset  # once they do", [name]),
	],
} if {
	some name in idle
}

violations contains {
	"subject": item.pod.subject,
	"way": "not-captured",
	"message": sprintf(
		"Pod %q in namespace %q is to be in the mesh (%s) and istio-cni has not captured it: its traffic is in the clear. It is older than istio-cni on its node, as a rule.",
		[item.pod.name, item.pod.namespace, mesh.reason(item.pod.mesh.fact, item.pod.mesh.way)],
	),
	"at": item.pod.at,
	"state": item.pod.state,
	"evidence": [{"fact": mesh.reason(item.pod.mesh.fact, item.pod.mesh.way), "at": item.pod.mesh.at, "object": ""}],
} if {
	some namespace, names in missed
	not namespace in idle
	some item in labelled
	item.pod.namespace == namespace
	item.pod.name in names
}

violations contains {
	"subject": item.pod.subject,
	"way": "captured-unlabelled",
	"message": sprintf(
		"istio-cni has captured pod %q in namespace %q, and by its labels it is not to be in the mesh (%s): istio-cni did not follow a change of labels, or selects by settings that were not read.",
		[item.pod.name, item.pod.namespace, mesh.reason(item.pod.mesh.fact, item.pod.mesh.way)],
	),
	"at": mesh.place(item.pod.redirection_at, item.pod.at),
	"state": item.pod.state,
} if {
	some item in unlabelled
	item.role != "vpn-gateway"
}

violations contains {
	"subject": item.pod.subject,
	"way": "pending",
	"message": sprintf(
		"Pod %q in namespace %q waits for ztunnel (ambient.istio.io/redirection=pending): its traffic is redirected, and nobody takes it.",
		[item.pod.name, item.pod.namespace],
	),
	"at": mesh.place(item.pod.redirection_at, item.pod.at),
	"state": item.pod.state,
	"remediation": [
		"kubectl get pods -A -l app=ztunnel -o wide  # does it run on the pod's node?",
		sprintf("kubectl -n %s delete pod %s  # where it stays so", [item.pod.namespace, item.pod.name]),
	],
} if {
	some item in labelled
	item.pod.redirection == "pending"
	item.role != "vpn-gateway"
}
