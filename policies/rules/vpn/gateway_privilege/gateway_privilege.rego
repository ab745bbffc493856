# METADATA
# title: The containers of the VPN gateway have the privileges they need, and no others
# description: |
#   The gateway forwards its clients' traffic: gateway-init turns forwarding on, which
#   takes a privileged container, and gluetun makes the tunnel. gateway-sidecar hands
#   out addresses and names to the clients, for which NET_ADMIN is enough. A gateway
#   that lacks these gives its clients no way out; one that has more than it needs is
#   a way into the node.
#
#   Looked at: the security context of these containers in the pod template of each
#   VPN gateway that its charm has set up. Whether one is set up at all is for
#   vpn/gateway-configured.
# schemas:
#   - input: schema.stack
# custom:
#   id: vpn/gateway-privilege
#   level: error
#   adr: ["networking/adr-002#gateway-side-requirements"]
#   needs:
#     - [kube.workloads@gateway]
#     - [kube.pods@gateway]
#   subjects: [workload, pod]
#   states: [effective]
#   remediation:
#     - kubectl -n {namespace} get statefulset {name} -o yaml
#   ways:
#     - id: too-little
#       title: A container lacks what it needs
#     - id: missing
#       title: A container is missing
#     - id: too-much
#       title: A container has more than it needs
#   disputed: |
#     The vpn library's own record wants gateway-sidecar privileged; networking/adr-002
#     and the code do not, and the code makes gluetun privileged besides. The rule
#     follows networking/adr-002 and the code.
package rules.vpn.gateway_privilege

import data.lib.egress
import data.lib.stack
import data.lib.text

carriers contains {"app": app.name, "subject": workload.subject, "object": sprintf("%s %s/%s", [workload.kind, workload.namespace, workload.name]), "at": workload.at, "inits": workload.init_containers, "containers": workload.containers} if {
	some app in stack.vpn_gateways
	some workload in app.workloads
}

carriers contains {"app": app.name, "subject": pod.subject, "object": sprintf("Pod %s/%s", [pod.namespace, pod.name]), "at": pod.at, "inits": pod.init_containers, "containers": pod.containers} if {
	some app in stack.vpn_gateways
	app.workloads == []
	some pod in app.pods
	not pod.phase in {"Succeeded", "Failed"}
}

# all are their containers that the charm makes.
all := [{"object": c.object, "container": container} |
	some c in carriers
	some list in [c.inits, c.containers]
	some container in list
	own[container.name]
]

own := {"gateway-init", "gateway-sidecar", "gluetun"}

needed := {"gateway-init", "gateway-sidecar"}

names := {c.object: {x.container.name | some x in all; x.object == c.object} | some c in carriers}

# ready are the gateways that their charm has set up.
ready contains c if {
	some c in carriers
	names[c.object] & needed != set()
}

# little and much are what containers lack and what they have too much.
little[x.object] contains {"fact": "gateway-init is not privileged and cannot turn forwarding on", "at": x.container.at, "object": x.object} if {
	some x in all
	x.container.name == "gateway-init"
	x.container.privileged != "yes"
}

little[x.object] contains {"fact": "gateway-sidecar lacks NET_ADMIN and cannot hand out addresses", "at": x.container.at, "object": x.object} if {
	some x in all
	x.container.name == "gateway-sidecar"
	x.container.privileged != "yes"
	count({c | some c in x.container.capabilities} & {"NET_ADMIN", "CAP_NET_ADMIN", "ALL"}) == 0
}

little[x.object] contains {"fact": "gluetun is not privileged and cannot make the tunnel", "at": x.container.at, "object": x.object} if {
	some x in all
	x.container.name == "gluetun"
	x.container.privileged != "yes"
}

much[x.object] contains {"fact": "gateway-sidecar is privileged", "at": x.container.privileged_at, "object": x.object} if {
	some x in all
	x.container.name == "gateway-sidecar"
	x.container.privileged == "yes"
}

violations contains {
	"subject": c.subject,
	"way": "too-little",
	"message": sprintf("VPN gateway %q cannot do its work: %s (%s). Its clients stay without a way out.", [c.app, text.joined({fact.fact | some fact in little[c.object]}), c.object]),
	"at": c.at,
	"state": "effective",
	"evidence": sort(little[c.object]),
	"remediation": [egress.reconcile(c.subject.model, c.app)],
} if {
	some c in ready
	little[c.object]
}

violations contains {
	"subject": c.subject,
	"way": "missing",
	"message": sprintf("VPN gateway %q lacks container %s (%s): its clients get neither an address in its network nor a way out.", [c.app, text.joined(lacking), c.object]),
	"at": c.at,
	"state": "effective",
	"evidence": [],
	"remediation": [egress.reconcile(c.subject.model, c.app)],
} if {
	some c in ready
	lacking := needed - names[c.object]
	lacking != set()
}

violations contains {
	"subject": c.subject,
	"way": "too-much",
	"level": "warning",
	"message": sprintf("VPN gateway %q has more privileges than it needs: %s (%s), and NET_ADMIN is enough. Whoever breaks into it has the node.", [c.app, text.joined({fact.fact | some fact in much[c.object]}), c.object]),
	"at": sort(much[c.object])[0].at,
	"state": "effective",
	"evidence": sort(much[c.object]),
	"remediation": [egress.reconcile(c.subject.model, c.app)],
} if {
	some c in ready
	much[c.object]
}

undecided contains {"subject": c.subject, "missing": sprintf("kube.workloads: %s has no container gateway-init yet: its charm has not set it up", [c.object])} if {
	some c in carriers
	not c in ready
}
