package rules.mesh.gateway_not_enrolled

import data.lib.mesh
import data.lib.stack
import data.lib.text

# The namespace's label decides, for the application, a workload or a pod.
by_namespace[gateway.namespace] contains {"name": gateway.name, "at": gateway.mesh.at, "fact": gateway.mesh.fact} if {
	some gateway in stack.vpn_gateways
	gateway.mesh.captured == "yes"
	gateway.mesh.way == "namespace-label"
}

by_namespace[workload.namespace] contains {"name": gateway.name, "at": workload.mesh.at, "fact": workload.mesh.fact} if {
	some gateway in stack.vpn_gateways
	some workload in gateway.workloads
	workload.mesh.captured == "yes"
	workload.mesh.way == "namespace-label"
}

by_namespace[pod.namespace] contains {"name": gateway.name, "at": pod.mesh.at, "fact": pod.mesh.fact} if {
	some gateway in stack.vpn_gateways
	some pod in gateway.pods
	pod.mesh.captured == "yes"
	pod.mesh.way == "namespace-label"
}

violations contains {
	"subject": namespace.subject,
	"way": "namespace-label",
	"message": sprintf(
		"Namespace %q is labelled istio.io/dataplane-mode=ambient, so ambient captures the VPN gateway %s in it: %s.",
		[namespace.name, text.listed([capture.name | some capture in captures]), harm],
	),
	"at": mesh.place([capture.at | some capture in captures][0], namespace.at),
	"state": namespace.state,
	"evidence": array.concat(
		[{"fact": capture.fact, "at": capture.at, "object": sprintf("Namespace %s", [namespace.name])} | some capture in captures],
		[fact | some fact in object.get(live, namespace.name, set())],
	),
	"remediation": array.concat(
		[command | some command in object.get(unmesh, namespace.name, set())],
		out_of_namespace(namespace.name, remedy(namespace.name)),
	),
} if {
	some name, captures in by_namespace
	some namespace in input.namespaces
	namespace.name == name
}

# The label stands behind another that decides first. It is said all the same:
# who mends the first would meet it in the next run.
behind[workload.namespace] contains {"name": gateway.name, "first": first[workload.mesh.way], "fact": workload.mesh.fact, "at": workload.mesh.at} if {
	some gateway in stack.vpn_gateways
	some workload in gateway.workloads
	first[workload.mesh.way]
}

behind[pod.namespace] contains {"name": gateway.name, "first": first[pod.mesh.way], "fact": pod.mesh.fact, "at": pod.mesh.at} if {
	some gateway in stack.vpn_gateways
	some pod in gateway.pods
	first[pod.mesh.way]
}

first := {"pod-label": "the label of its pods", "sidecar": "its sidecar"}

violations contains {
	"subject": namespace.subject,
	"way": "namespace-label",
	"message": sprintf(
		"Namespace %q is labelled istio.io/dataplane-mode=ambient too: any pod of VPN gateway %s that runs without %s is captured by it, and then %s.",
		[namespace.name, text.listed([other.name | some other in others]), concat(" or ", {other.first | some other in others}), harm],
	),
	"at": label.at,
	"state": namespace.state,
	"evidence": array.concat(
		[{"fact": "label istio.io/dataplane-mode=ambient", "at": label.at, "object": sprintf("Namespace %s", [namespace.name])}],
		[{"fact": sprintf("decides first: %s", [other.fact]), "at": other.at, "object": ""} | some other in others],
	),
	"remediation": array.concat(
		[command | some command in object.get(unmesh, namespace.name, set())],
		out_of_namespace(namespace.name, remedy(namespace.name)),
	),
} if {
	some name, others in behind
	not by_namespace[name]
	some namespace in input.namespaces
	namespace.name == name
	some label in namespace.labels
	label.key == "istio.io/dataplane-mode"
	label.value == "ambient"
}

# remedy is how a gateway leaves a labelled namespace: with the label; alone,
# where others have to stay enrolled; or by a new pod, where only one that is
# older than its workload is captured.
remedy(name) := "pod" if name in stale

remedy(name) := "workload" if {
	not name in stale
	name in shared
}

remedy(name) := "label" if {
	not name in stale
	not name in shared
}

# stale are the namespaces in which each workload of a gateway opts out.
stale contains namespace if {
	some namespace in homes
	ways := {workload.mesh.way |
		some gateway in stack.vpn_gateways
		gateway.namespace == namespace
		some workload in gateway.workloads
	}
	ways == {"none-label"}
}

# unmesh are the commands for a namespace that a beacon has labelled: the beacon
# would label it again.
unmesh[namespace.name] contains sprintf("juju config -m %s %s model-on-mesh=false", [namespace.name, beacon]) if {
	some namespace in input.namespaces
	some label in namespace.labels
	label.key == "charms.canonical.com/istio.io.waypoint.managed-by"
	prefix := sprintf("%s.", [namespace.name])
	startswith(label.value, prefix)
	beacon := trim_prefix(label.value, prefix)
}

# shared are the namespaces where others have to stay enrolled: there the gateway
# is taken out alone.
shared contains app.namespace if {
	some app in input.applications
	app.group in {"content", "download"}
	app.namespace in homes
}

out_of_namespace(namespace, "label") := [sprintf("kubectl label namespace %s istio.io/dataplane-mode- istio.io/use-waypoint-", [namespace])]

out_of_namespace(namespace, "workload") := [sprintf("kubectl -n %s patch %s %s --type=merge -p '{\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"istio.io/dataplane-mode\":\"none\"}}}}}'  # until it has a model of its own", [namespace, lower(workload.kind), workload.name]) |
	some gateway in stack.vpn_gateways
	some workload in gateway.workloads
	workload.namespace == namespace
	workload.mesh.way != "none-label"
]

out_of_namespace(namespace, "pod") := [sprintf("kubectl -n %s delete pod %s  # a new one has its workload's label none", [namespace, pod.name]) |
	some gateway in stack.vpn_gateways
	some pod in gateway.pods
	pod.namespace == namespace
	pod.mesh.captured == "yes"
]
