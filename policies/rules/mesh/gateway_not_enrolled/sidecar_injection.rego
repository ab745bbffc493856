package rules.mesh.gateway_not_enrolled

import data.lib.mesh
import data.lib.stack
import data.lib.text

# A sidecar instead. Where a label of the namespace injects it, the namespace is
# to blame; else the workload, or a pod that got its sidecar before.
injected := [{"gateway": gateway.id, "name": gateway.name, "workload": workload} |
	some gateway in stack.vpn_gateways
	some workload in gateway.workloads
	workload.mesh.sidecar == "yes"
]

injecting[namespace.name] contains label if {
	injected != []
	some namespace in input.namespaces
	namespace.name in homes
	some label in namespace.labels
	label.key in {"istio-injection", "istio.io/rev"}
	some case in injected
	case.workload.namespace == namespace.name
	contains(case.workload.mesh.sidecar_fact, sprintf("%s=%s", [label.key, label.value]))
}

violations contains {
	"subject": namespace.subject,
	"way": "sidecar-injection",
	"message": sprintf(
		"Namespace %q is labelled %s=%s, so the pods of VPN gateway %s in it get an Istio sidecar: it captures all their TCP, which breaks the tunnel of every download client.",
		[namespace.name, label.key, label.value, text.listed([case.name | some case in injected; case.workload.namespace == name])],
	),
	"at": label.at,
	"state": namespace.state,
	"evidence": array.concat(
		[{"fact": sprintf("label %s=%s", [label.key, label.value]), "at": label.at, "object": sprintf("Namespace %s", [namespace.name])}],
		[{"fact": "its pod template does not say sidecar.istio.io/inject=false", "at": case.workload.at, "object": sprintf("%s %s/%s", [case.workload.kind, case.workload.namespace, case.workload.name])} |
			some case in injected
			case.workload.namespace == name
		],
	),
	"remediation": array.concat(
		[sprintf("kubectl label namespace %s %s-", [namespace.name, label.key])],
		[sprintf("kubectl -n %s rollout restart %s %s", [namespace.name, lower(case.workload.kind), case.workload.name]) |
			some case in injected
			case.workload.namespace == name
		],
	),
} if {
	some name, labels in injecting
	label := [l | some l in labels][0]
	some namespace in input.namespaces
	namespace.name == name
}

violations contains {
	"subject": case.workload.subject,
	"way": "sidecar-injection",
	"message": sprintf(
		"The pods of VPN gateway %q get an Istio sidecar (%s): it captures all their TCP, which breaks the tunnel of every download client.",
		[case.name, case.workload.mesh.sidecar_fact],
	),
	"at": mesh.place(case.workload.mesh.sidecar_at, case.workload.at),
	"state": case.workload.state,
	"evidence": [{"fact": case.workload.mesh.sidecar_fact, "at": case.workload.mesh.sidecar_at, "object": ""}],
	"remediation": no_sidecar(startswith(case.workload.mesh.sidecar_fact, "annotation "), case.workload.namespace, lower(case.workload.kind), case.workload.name),
} if {
	some case in injected
	not injecting[case.workload.namespace]
}

no_sidecar(false, namespace, kind, name) := [sprintf(
	"kubectl -n %s patch %s %s --type=merge -p '{\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"sidecar.istio.io/inject\":\"false\"}}}}}'",
	[namespace, kind, name],
)]

# istioctl kube-inject wrote the sidecar into the template: no label takes it out.
no_sidecar(true, namespace, kind, name) := [sprintf(
	"kubectl -n %s rollout undo %s %s  # to the template from before istioctl kube-inject",
	[namespace, kind, name],
)]

violations contains {
	"subject": pod.subject,
	"way": "sidecar-injection",
	"message": sprintf(
		"Pod %q of VPN gateway %q has an Istio sidecar (%s)%s: it captures all its TCP, which breaks the tunnel of every download client.",
		[pod.name, gateway.name, pod.mesh.sidecar_fact, older[gateway.workloads != []]],
	),
	"at": mesh.place(pod.mesh.sidecar_at, pod.at),
	"state": pod.state,
	"remediation": [sprintf("kubectl -n %s delete pod %s", [pod.namespace, pod.name])],
} if {
	some gateway in stack.vpn_gateways
	not gateway.id in {case.gateway | some case in injected}
	some pod in gateway.pods
	pod.mesh.sidecar == "yes"
	not pod.phase in {"Succeeded", "Failed"}
}

older := {true: ", and its workload would not give it one now", false: ""}
