package rules.mesh.gateway_not_enrolled

import data.lib.mesh
import data.lib.stack

# A selector that istio-cni was given.
violations contains {
	"subject": workload.subject,
	"way": "custom-selector",
	"message": sprintf(
		"A selector in istio-cni's own settings captures the pods of VPN gateway %q (%s): %s.",
		[gateway.name, mesh.reason(workload.mesh.fact, workload.mesh.way), harm],
	),
	"at": mesh.place(workload.mesh.at, workload.at),
	"state": workload.state,
	"evidence": [
		{"fact": mesh.reason(workload.mesh.fact, workload.mesh.way), "at": workload.mesh.at, "object": "ConfigMap istio-cni-config"},
		{"fact": "its pods match", "at": workload.at, "object": sprintf("%s %s/%s", [workload.kind, workload.namespace, workload.name])},
	],
	"remediation": [sprintf(
		"kubectl -n %s patch %s %s --type=merge -p '{\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"istio.io/dataplane-mode\":\"none\"}}}}}'  # if the selectors heed it; else change ambient.enablementSelectors of istio-cni",
		[workload.namespace, lower(workload.kind), workload.name],
	)],
} if {
	some gateway in stack.vpn_gateways
	some workload in gateway.workloads
	workload.mesh.captured == "yes"
	workload.mesh.way == "custom-selector"
}

selected contains gateway.id if {
	some gateway in stack.vpn_gateways
	some workload in gateway.workloads
	workload.mesh.captured == "yes"
	workload.mesh.way == "custom-selector"
}

violations contains {
	"subject": pod.subject,
	"way": "custom-selector",
	"message": sprintf(
		"A selector in istio-cni's own settings captures pod %q of VPN gateway %q (%s): %s.",
		[pod.name, gateway.name, mesh.reason(pod.mesh.fact, pod.mesh.way), harm],
	),
	"at": mesh.place(pod.mesh.at, pod.at),
	"state": pod.state,
	"remediation": [
		sprintf("kubectl -n %s delete pod %s  # a new pod has the labels of its workload only", [pod.namespace, pod.name]),
	],
} if {
	some gateway in stack.vpn_gateways
	not gateway.id in selected
	some pod in gateway.pods
	pod.mesh.captured == "yes"
	pod.mesh.way == "custom-selector"
}
