# METADATA
# title: No container is privileged that its charm does not make so
# description: |
#   A privileged container has the node: its devices, its network and, with little
#   effort, all that runs on it. Charmarr's VPN gateway needs two of them to make its
#   tunnel and to forward traffic. Nothing else does, and a media server least of all.
#
#   Looked at: the pod templates of Charmarr's applications, and what only a running pod
#   has: privileged containers, and pods that see the processes of the node. What the
#   containers of the VPN gateway need is for vpn/gateway-privilege, the processes of
#   VPN gateways and clients for vpn/no-host-network, single capabilities for
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
	"way": "host-pid",
	"message": sprintf("The pods of %q in namespace %q see the processes of the node (hostPID): whoever breaks into one reads their memory and their secrets.", [app.name, app.namespace]),
	"at": privilege.at,
	"state": "effective",
	"evidence": [{"fact": sprintf("hostPID of %s", [privilege.object]), "at": privilege.at, "object": privilege.object}],
	"remediation": [sprintf("kubectl -n %s patch statefulset %s --type=merge -p '{\"spec\":{\"template\":{\"spec\":{\"hostPID\":false}}}}'", [app.namespace, app.name])],
} if {
	some app in input.applications
	not app.role in {"vpn-gateway", "download-client"}
	not app.id in routed
	some privilege in app.privileges
	privilege.kind == "host-pid"
	privilege.expected == "no"
}

undecided contains {
	"subject": app.subject,
	"missing": sprintf("kube.workloads: whether the charm of %q in namespace %q, which is not known, makes container %q privileged", [app.name, app.namespace, privilege.container]),
} if {
	some app in input.applications
	not app.life in stack.leaving
	some privilege in app.privileges
	privilege.kind == "privileged"
	privilege.expected == ""
}
