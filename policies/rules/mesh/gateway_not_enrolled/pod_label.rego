package rules.mesh.gateway_not_enrolled

import data.lib.mesh
import data.lib.stack

# The workload's template.
labelled contains gateway.id if {
	some gateway in stack.vpn_gateways
	some workload in gateway.workloads
	workload.mesh.captured == "yes"
	workload.mesh.way == "pod-label"
}

violations contains {
	"subject": workload.subject,
	"way": "workload-label",
	"message": sprintf(
		"%s %q of the VPN gateway labels its pods istio.io/dataplane-mode=ambient, so ambient captures each of them: %s.",
		[workload.kind, workload.name, harm],
	),
	"at": mesh.place(workload.mesh.at, workload.at),
	"state": workload.state,
	"evidence": array.concat(
		[{"fact": workload.mesh.fact, "at": workload.mesh.at, "object": sprintf("%s %s/%s", [workload.kind, workload.namespace, workload.name])}],
		[fact | some fact in object.get(live, workload.namespace, set())],
	),
	"remediation": array.concat(
		[sprintf("juju remove-relation -m %s %s:service-mesh %s:service-mesh", [gateway.model, gateway.name, mesh.beacon_of(gateway.model)]) |
			gateway.id in meshed
		],
		[sprintf(
			"kubectl -n %s patch %s %s --type=merge -p '{\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"istio.io/dataplane-mode\":null}}}}}'",
			[workload.namespace, lower(workload.kind), workload.name],
		)],
	),
} if {
	some gateway in stack.vpn_gateways
	gateway.id in labelled
	some workload in gateway.workloads
	workload.mesh.captured == "yes"
	workload.mesh.way == "pod-label"
}

# A pod alone.
violations contains {
	"subject": pod.subject,
	"way": "pod-label",
	"message": sprintf(
		"Pod %q of the VPN gateway %q is labelled istio.io/dataplane-mode=ambient%s: %s.",
		[pod.name, gateway.name, by_hand[gateway.workloads != []], harm],
	),
	"at": mesh.place(pod.mesh.at, pod.at),
	"state": pod.state,
	"evidence": array.concat(
		[{"fact": pod.mesh.fact, "at": pod.mesh.at, "object": sprintf("Pod %s/%s", [pod.namespace, pod.name])}],
		[fact | some fact in object.get(live, pod.namespace, set())],
	),
	"remediation": [sprintf("kubectl -n %s label pod %s istio.io/dataplane-mode-", [pod.namespace, pod.name])],
} if {
	some gateway in stack.vpn_gateways
	not gateway.id in labelled
	some pod in gateway.pods
	pod.mesh.captured == "yes"
	pod.mesh.way == "pod-label"
}

by_hand := {
	true: ", and its workload is not, so that it was labelled by hand or is older than its workload, and ambient captures it until it is made anew",
	false: ", so ambient captures it",
}
