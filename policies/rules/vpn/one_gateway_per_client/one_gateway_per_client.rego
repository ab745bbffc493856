# METADATA
# title: An application goes through one VPN gateway at most
# description: |
#   The charms ask for the one relation on their endpoint vpn-gateway. With two they
#   fail: their hooks end in an error, and nothing that they guard (routes, kill
#   switch) is kept up from then on. Juju refuses the second relation when it is
#   made by hand; a bundle or a plan can still hold it.
#
#   Looked at: the relations of each application on interface vpn-gateway, and
#   whether what stands at the other end is a VPN gateway. That a download client
#   has a gateway at all is vpn/client-behind-gateway.
# schemas:
#   - input: schema.stack
# custom:
#   id: vpn/one-gateway-per-client
#   level: error
#   adr: ["interfaces/adr-007", "networking/adr-002#decision-outcome"]
#   needs:
#     - [juju.applications, juju.relations]
#   subjects: [application]
#   states: [planned, declared]
#   remediation:
#     - juju remove-relation -m {model} {name}:vpn-gateway gluetun
#   ways:
#     - id: several
#       title: It is related to several gateways
#     - id: no-gateway
#       title: What it takes for a gateway is none
package rules.vpn.one_gateway_per_client

import data.lib.mesh
import data.lib.text
import data.lib.vpn

violations contains {
	"subject": client.subject,
	"way": "several",
	"message": sprintf(
		"%q in model %q is related to %d VPN gateways, %s, and its charm takes one: its hooks fail, and routes and kill switch are no longer kept up.",
		[client.name, client.model, count(client.links), text.joined([sprintf("%q", [mesh.place(link.saas, link.gateway)]) | some link in client.links])],
	),
	"at": client.links[1].at,
	"state": client.links[1].state,
	"evidence": [{"fact": sprintf("relation %s", [link.relation]), "at": link.at, "object": ""} | some link in client.links],
	"remediation": [sprintf("juju remove-relation -m %s %s:vpn-gateway %s", [client.model, client.name, mesh.place(link.saas, link.gateway)]) |
		some i, link in client.links
		i > 0
	],
} if {
	some client in vpn.clients
	count(client.links) > 1
}

violations contains {
	"subject": client.subject,
	"way": "no-gateway",
	"message": sprintf(
		"%q in model %q takes %q for its VPN gateway, which is a %s (charm %q): nothing of its traffic goes through a tunnel.",
		[client.name, client.model, link.gateway, link.role, link.charm],
	),
	"at": link.at,
	"state": link.state,
	"evidence": [{"fact": sprintf("relation %s", [link.relation]), "at": link.at, "object": ""}],
	"remediation": [sprintf("juju remove-relation -m %s %s:vpn-gateway %s", [client.model, client.name, mesh.place(link.saas, link.gateway)])],
} if {
	some client in vpn.clients
	some link in client.links
	link.id != ""
	not link.role in {"", "vpn-gateway"}
}

undecided contains {
	"subject": client.subject,
	"missing": sprintf("juju.applications: whether %q, through which %q has its VPN gateway, is one", [mesh.place(link.saas, link.gateway), client.name]),
} if {
	some client in vpn.clients
	some link in client.links
	link.role == ""
	link.resolved != "no"
}
