# METADATA
# title: No endpoint has more relations than its charm allows
# description: |
#   Many endpoints of Charmarr's charms take one relation (`limit: 1`): one storage,
#   one VPN gateway, one ingress. Juju refuses a second one, so a plan or a bundle
#   with two fails half way through. Where an old revision of a charm let two in,
#   the charm acts on either of them.
#
#   Looked at: the number of relations at each endpoint of a charm that is known,
#   over all models. A second VPN gateway is told by vpn/one-gateway-per-client
#   alone.
# schemas:
#   - input: schema.stack
# custom:
#   id: relation/endpoint-limit
#   level: error
#   adr: ["interfaces/adr-001"]
#   needs:
#     - [juju.applications, juju.relations]
#   subjects: [application]
#   states: [planned, declared]
#   remediation:
#     - juju remove-relation -m {model} {name}:ENDPOINT APPLICATION
package rules.relation.endpoint_limit

import data.lib.stack

violations contains {
	"subject": app.subject,
	"message": sprintf("%q in model %q has %d relations on %s, and its charm allows %d: Juju refuses the others, or the charm acts on any one of them.", [app.name, app.model, endpoint.related, endpoint.name, endpoint.limit]),
	"at": app.declared_at,
	"state": stack.juju_state(app.declared_mesh.state, app.state),
	"evidence": [{"fact": sprintf("relation %s", [link.name]), "at": link.at, "object": ""} | some link in links],
	"remediation": [sprintf("juju remove-relation -m %s %s:%s %s  # or another of them", [app.model, app.name, endpoint.name, link.other]) |
		some i, link in links
		i >= endpoint.limit
	],
} if {
	some app in input.applications
	some endpoint in app.endpoints
	endpoint.limit > 0
	endpoint.related > endpoint.limit
	endpoint.name != "vpn-gateway"
	links := [{"name": relation.name, "at": relation.at, "other": far.application} |
		some relation in input.relations
		some [near, far] in [[relation.provider, relation.requirer], [relation.requirer, relation.provider]]
		near.id == app.id
		near.endpoint == endpoint.name
	]
}
