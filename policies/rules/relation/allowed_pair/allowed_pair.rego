# METADATA
# title: Only those talk to each other whom the records join
# description: |
#   Each of Charmarr's interfaces has its two sides in the records: download
#   clients, the indexer and the managers may go through the VPN gateway, only a
#   media server serves media. Anything else on such an interface is a mistake, or
#   an application nobody thought of when the policies were written: behind the VPN
#   gateway, say, it fails open when the gateway is gone.
#
#   Looked at: relations on Charmarr's own interfaces whose two sides are known. An
#   application that was given its role in the profile counts as that role. Core
#   services behind the gateway are topology/no-vpn-in-core's concern.
# schemas:
#   - input: schema.stack
# custom:
#   id: relation/allowed-pair
#   level: warning
#   adr: ["interfaces/adr-001", "apps/adr-008", "apps/adr-009"]
#   needs:
#     - [juju.applications, juju.relations]
#   subjects: [relation]
#   states: [planned, declared]
#   remediation:
#     - juju remove-relation -m {model} APPLICATION:ENDPOINT APPLICATION
package rules.relation.allowed_pair

violations contains {
	"subject": relation.subject,
	"message": sprintf("%q takes part in relation %q on interface %s, and the records give an application of its kind no part in it. If it is meant, name its charm under roles in a profile.", [relation.stranger, relation.name, relation.interface]),
	"at": relation.at,
	"state": relation.state,
	"remediation": [sprintf("juju remove-relation -m %s %s", [relation.model, relation.name])],
} if {
	some relation in input.relations
	relation.stranger != ""
}
