# METADATA
# title: An application goes through one VPN gateway at most
# description: |
#   The charms ask for the one relation on their endpoint vpn-gateway. With two they
#   fail: their hooks end in an error, and nothing that they guard (routes, kill
#   switch) is kept up from then on. Juju refuses the second relation when it is
#   made by hand; a bundle or a plan can still hold it.
#
#   Looked at: the relations of each application on interface vpn-gateway. That a
#   download client has a gateway at all is vpn/client-behind-gateway; what stands at
#   the other end is relation/interface-matches and relation/allowed-pair.
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
package rules.vpn.one_gateway_per_client

import data.lib.mesh
import data.lib.text
import data.lib.vpn

violations contains {
	"subject": client.subject,
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
