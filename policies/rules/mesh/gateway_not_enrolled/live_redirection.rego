package rules.mesh.gateway_not_enrolled

import data.lib.mesh
import data.lib.stack

# Captured, and no label says why.
violations contains {
	"subject": pod.subject,
	"way": "live-redirection",
	"message": sprintf(
		"istio-cni has captured pod %q of VPN gateway %q (ambient.istio.io/redirection=%s), and no label that was read says why: %s.",
		[pod.name, gateway.name, pod.redirection, harm],
	),
	"at": mesh.place(pod.redirection_at, pod.at),
	"state": pod.state,
	"evidence": [{"fact": mesh.reason(pod.mesh.fact, pod.mesh.way), "at": pod.mesh.at, "object": sprintf("Pod %s/%s", [pod.namespace, pod.name])}],
	"remediation": [
		sprintf("kubectl -n %s get pod %s -o yaml  # look for labels istio.io/dataplane-mode on it and its namespace", [pod.namespace, pod.name]),
		sprintf("kubectl -n %s delete pod %s  # a new pod is captured only if a label still says so", [pod.namespace, pod.name]),
	],
} if {
	some gateway in stack.vpn_gateways
	some pod in gateway.pods
	pod.redirection in {"enabled", "pending"}
	not pod.phase in {"Succeeded", "Failed"}
	not pod.host_network
	not explained(pod.mesh.captured, pod.mesh.way)
}

explained("yes", way) if way in {"namespace-label", "pod-label", "custom-selector"}
