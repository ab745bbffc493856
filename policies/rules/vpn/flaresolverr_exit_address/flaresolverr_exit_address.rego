# METADATA
# title: FlareSolverr leaves by the same address as the indexer that uses it
# description: |
#   An indexer behind the VPN that has a challenge solved by FlareSolverr sends the
#   request there from this household's own address: its charm has no endpoint for a
#   VPN gateway. The tracker sees that address, and what the solved challenge returns is
#   tied to it, so the indexer's own request from the tunnel is turned away.
#
#   Looked at: indexers that go through a VPN gateway, by relation or by the containers
#   of their pods, and their relations on interface flaresolverr.
# schemas:
#   - input: schema.stack
# custom:
#   id: vpn/flaresolverr-exit-address
#   level: warning
#   adr: ["interfaces/adr-001#interface-to-application-mapping"]
#   needs:
#     - [juju.applications, juju.relations]
#   subjects: [application]
#   states: [planned, declared, effective]
#   remediation:
#     - juju remove-relation -m {model} {name}:flaresolverr flaresolverr
#   security: "5.3"
package rules.vpn.flaresolverr_exit_address

import data.lib.mesh
import data.lib.vpn

client_of := {client.id: client | some client in vpn.clients}

violations contains {
	"subject": client.subject,
	"message": sprintf(
		"%q in model %q goes through a VPN gateway and has challenges solved by %q, which does not: trackers see this household's address, and turn away what comes from the tunnel.",
		[client.name, client.model, relation.provider.application],
	),
	"at": relation.at,
	"state": relation.state,
	"evidence": array.concat(
		[{"fact": sprintf("relation %s", [relation.name]), "at": relation.at, "object": ""}],
		array.concat(
			[{"fact": sprintf("relation %s", [link.relation]), "at": link.at, "object": ""} | some link in client.links],
			[{"fact": host.by, "at": host.at, "object": ""} | some host in client.hosts; client.links == []],
		),
	),
	"remediation": [
		sprintf("juju remove-relation -m %s %s:flaresolverr %s", [client.model, client.name, mesh.place(relation.provider.saas, relation.provider.application)]),
		sprintf("juju remove-relation -m %s %s:vpn-gateway %s  # or this, and both leave by the household's address", [client.model, client.name, exit(client.links)]),
	],
} if {
	some relation in input.relations
	relation.interface == "flaresolverr"
	relation.sides_known
	client := client_of[relation.requirer.id]
	not client_of[relation.provider.id]
	client.role == "indexer"
}

exit([]) := "gluetun"

exit(links) := mesh.place(links[0].saas, links[0].gateway) if links != []
