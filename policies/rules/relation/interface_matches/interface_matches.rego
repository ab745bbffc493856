# METADATA
# title: Each relation joins a provider and a requirer of one interface
# description: |
#   Juju refuses a relation between endpoints that do not fit, so a plan or a bundle
#   that has one fails half way through, with the rest of the model made and that
#   part not.
#
#   Looked at: relations of which a bundle or a plan names both endpoints, at charms
#   whose endpoints are known (their charmcraft.yaml). Relations whose endpoints
#   were inferred, and those of other charms, are not judged.
# schemas:
#   - input: schema.stack
# custom:
#   id: relation/interface-matches
#   level: error
#   adr: ["interfaces/adr-001"]
#   needs:
#     - [juju.applications, juju.relations]
#   subjects: [relation]
#   states: [planned, declared]
#   remediation:
#     - juju integrate -m {model} APPLICATION:ENDPOINT APPLICATION:ENDPOINT
package rules.relation.interface_matches

violations contains {
	"subject": relation.subject,
	"message": sprintf("Relation %q in model %q cannot be: %s. Juju refuses it, and what needs it stays blocked.", [relation.name, relation.model, relation.mismatch]),
	"at": relation.at,
	"state": relation.state,
	"remediation": [
		sprintf("juju info %s  # lists its endpoints", [relation.provider.charm]),
		sprintf("juju info %s", [relation.requirer.charm]),
	],
} if {
	some relation in input.relations
	relation.mismatch != ""
}
