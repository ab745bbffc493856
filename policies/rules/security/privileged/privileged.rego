# METADATA
# title: No container is privileged that its charm does not make so
# description: |
#   A privileged container has the node: its devices, its network and, with little
#   effort, all that runs on it. Charmarr's VPN gateway needs two of them to make its
#   tunnel and to forward traffic. Nothing else does, and a media server least of all.
#
#   Looked at: the pod templates of Charmarr's applications, and what only a running pod
#   has: privileged containers, and pods that see the processes of the node or are in
#   its network. What the containers of the VPN gateway need is for
#   vpn/gateway-privilege, the processes and the network of VPN gateways and clients
#   for vpn/no-host-network, that such a pod is not in the mesh for
#   mesh/label-matches-reality, single capabilities for
#   security/net-admin.
# schemas:
#   - input: schema.stack
# custom:
#   id: security/privileged
#   level: error
#   adr: ["networking/adr-002#gateway-side-requirements"]
#   needs:
#     - [kube.workloads]
#     - [kube.pods]
#   subjects: [application]
#   states: [effective]
#   remediation:
#     - kubectl -n {namespace} get statefulset {name} -o yaml
#   ways:
#     - id: container
#       title: A container is privileged
#     - id: host-pid
#       title: Its pods see the processes of the node
#     - id: host-network
#       title: Its pods are in the network of the node
#   disputed: |
#     apps/adr-009 makes Plex privileged to reach the graphics card; the charm mounts
#     /dev/dri and does not. The rule follows the charm.
#   security: "8.2"
package rules.security.privileged

import data.lib.stack

own := {"gateway-init", "gateway-sidecar", "gluetun"}

routed := {client.id | some client in input.vpn_clients}

violations contains {
	"subject": app.subject,
	"way": "container",
	"message": sprintf("Container %q of %q in namespace %q is privileged, and its charm does not make it so: whoever breaks into it has the node.", [privilege.container, app.name, app.namespace]),
	"at": privilege.at,
	"state": "effective",
	"evidence": [{"fact": sprintf("%s makes %s privileged", [privilege.object, privilege.container]), "at": privilege.at, "object": privilege.object}],
	"remediation": [
		sprintf("kubectl -n %s get statefulset %s -o yaml --show-managed-fields  # who set it", [app.namespace, app.name]),
		sprintf("kubectl -n %s patch statefulset %s -p '{\"spec\":{\"template\":{\"spec\":{\"%s\":[{\"name\":\"%s\",\"securityContext\":{\"privileged\":false}}]}}}}'", [app.namespace, app.name, privilege.list, privilege.container]),
	],
} if {
	some app in input.applications
	some privilege in app.privileges
	privilege.kind == "privileged"
	privilege.expected == "no"
	not gateways(app.role, privilege.container)
}

# gateways leaves to another rule what it judges.
gateways("vpn-gateway", container) if container in own

violations contains {
	"subject": app.subject,
	"way": privilege.kind,
	"message": sprintf(shared[privilege.kind].message, [app.name, app.namespace]),
	"at": privilege.at,
	"state": "effective",
	"evidence": [{"fact": sprintf("%s of %s", [shared[privilege.kind].field, privilege.object]), "at": privilege.at, "object": privilege.object}],
	"remediation": [sprintf("kubectl -n %s patch statefulset %s --type=merge -p '{\"spec\":{\"template\":{\"spec\":{\"%s\":false}}}}'", [app.namespace, app.name, shared[privilege.kind].field])],
} if {
	some app in input.applications
	some privilege in app.privileges
	shared[privilege.kind]
	privilege.expected == "no"
	not app.role in {"vpn-gateway", "download-client"}
	not app.id in routed
}

# shared are the namespaces of the node that a pod can be in.
shared := {
	"host-pid": {
		"field": "hostPID",
		"message": "The pods of %q in namespace %q see the processes of the node (hostPID): whoever breaks into one reads their memory and their secrets.",
	},
	"host-network": {
		"field": "hostNetwork",
		"message": "The pods of %q in namespace %q are in the network of the node (hostNetwork): its ports are open on the node's address beside every gateway, no NetworkPolicy binds it, and it reaches what listens on the node alone.",
	},
}

undecided contains {
	"subject": app.subject,
	"missing": sprintf("kube.workloads: whether the charm of %q in namespace %q, which is not known, makes container %q privileged", [app.name, app.namespace, privilege.container]),
} if {
	some app in input.applications
	some privilege in app.privileges
	privilege.kind == "privileged"
	privilege.expected == ""
	not app.life in stack.leaving
}
