# METADATA
# title: No VPN gateway or client shares the network of its node
# description: |
#   A pod with hostNetwork has the node's addresses and routes: NetworkPolicies do not
#   reach it, and what the route container changes it changes for the whole node. With
#   hostPID or a shared process namespace its containers reach into other processes,
#   and so into networks that are not theirs.
#
#   Looked at: hostNetwork, hostPID and shareProcessNamespace of the pods and pod
#   templates of every VPN gateway and of every application that goes through one.
# schemas:
#   - input: schema.stack
# custom:
#   id: vpn/no-host-network
#   level: error
#   admission: deny
#   adr: ["networking/adr-004#decision-outcome", "networking/adr-002#gateway-side-requirements"]
#   needs:
#     - [kube.workloads@downloads, kube.workloads@gateway]
#     - [kube.pods@downloads, kube.pods@gateway]
#   subjects: [workload, pod]
#   states: [effective]
#   remediation:
#     - 'kubectl -n {namespace} patch statefulset {name} --type=merge -p ''{"spec":{"template":{"spec":{"hostNetwork":false,"hostPID":false,"shareProcessNamespace":false}}}}'''
#   ways:
#     - id: host-network
#       title: It is on the network of its node
#     - id: host-pid
#       title: It sees the processes of its node
#     - id: shared-processes
#       title: Its containers see each other's processes
#   security: "7.0"
package rules.vpn.no_host_network

import data.lib.egress

concerned := [app |
	some app in input.applications
	involved(app.role, app.egress.asked)
	not app.life in egress.leaving
]

involved("vpn-gateway", _)

involved(role, true) if role != "vpn-gateway"

found contains {"way": way, "subject": workload.subject, "kind": workload.kind, "name": workload.name, "at": workload.at, "app": app.name, "role": app.role} if {
	some app in concerned
	some workload in app.workloads
	some [way, true] in [["host-network", workload.host_network], ["host-pid", workload.host_pid], ["shared-processes", workload.shared_processes]]
}

# A pod is told of by itself where its template does not say the same.
found contains {"way": way, "subject": pod.subject, "kind": "Pod", "name": pod.name, "at": pod.at, "app": app.name, "role": app.role} if {
	some app in concerned
	some pod in app.pods
	not pod.phase in {"Succeeded", "Failed"}
	some [way, true] in [["host-network", pod.host_network], ["host-pid", pod.host_pid], ["shared-processes", pod.shared_processes]]
	templates := {template |
		some workload in app.workloads
		some [template, true] in [["host-network", workload.host_network], ["host-pid", workload.host_pid], ["shared-processes", workload.shared_processes]]
	}
	not way in templates
}

violations contains {
	"subject": x.subject,
	"way": x.way,
	"level": levels[x.way],
	"message": sprintf("%s %q of %s %q %s.", [x.kind, x.name, whose(x.role), x.app, means[x.way]]),
	"at": x.at,
	"state": "effective",
	"evidence": [{"fact": sprintf("%s: true", [fields[x.way]]), "at": x.at, "object": sprintf("%s %s/%s", [x.kind, x.subject.namespace, x.name])}],
	"remediation": mend(x.kind, x.subject.namespace, x.name, fields[x.way]),
} if {
	some x in found
}

levels := {"host-network": "error", "host-pid": "error", "shared-processes": "warning"}

fields := {"host-network": "hostNetwork", "host-pid": "hostPID", "shared-processes": "shareProcessNamespace"}

means := {
	"host-network": "is on the network of its node (hostNetwork): no NetworkPolicy reaches it, it has the routes and addresses of the node, and its route containers change those of everything on it",
	"host-pid": "sees the processes of its node (hostPID) and can reach into their networks, past routes and NetworkPolicy",
	"shared-processes": "lets its containers see each other's processes (shareProcessNamespace), so that each can reach into those that may change its routes",
}

whose("vpn-gateway") := "VPN gateway"

whose("download-client") := "download client"

whose(role) := "application" if not role in {"vpn-gateway", "download-client"}

mend("Pod", namespace, name, _) := [sprintf("kubectl -n %s delete pod %s  # its StatefulSet makes it anew", [namespace, name])]

mend(kind, namespace, name, field) := [sprintf("kubectl -n %s patch %s %s --type=merge -p '{\"spec\":{\"template\":{\"spec\":{\"%s\":false}}}}'", [namespace, lower(kind), name, field])] if kind != "Pod"
