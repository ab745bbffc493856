# METADATA
# title: Two managers of a kind on one storage look after different variants
# description: |
#   The option variant chooses a manager's root folder. Two Radarrs of one variant
#   on one storage manage the same folder: each deletes, renames and upgrades what
#   the other put there.
#
#   Looked at: managers of the same charm that are related to the same storage, and
#   their option variant (standard, unless set). Managers whose options were not
#   read are undecided.
# schemas:
#   - input: schema.stack
# custom:
#   id: relation/variant-unique
#   level: warning
#   adr: ["apps/adr-004"]
#   needs:
#     - [juju.applications, juju.relations, juju.config]
#   subjects: [application]
#   states: [planned, declared]
#   remediation:
#     - juju config -m {model} {name} variant=4k
package rules.relation.variant_unique

import data.lib.stack

# shares has, for each storage and charm, the managers on it: only those that are
# not alone can be in each other's way.
shares[[relation.provider.id, relation.requirer.charm]] contains relation.requirer.id if {
	some relation in input.relations
	relation.interface == "media-storage"
	relation.provider.id != ""
	relation.requirer.role == "media-manager"
}

variant[app.id] := option.value if {
	some app in stack.media_managers
	some option in app.config
	option.key == "variant"
}

variant[app.id] := "standard" if {
	some app in stack.media_managers
	app.config_known
	count([option | some option in app.config; option.key == "variant"]) == 0
}

violations contains {
	"subject": app.subject,
	"message": sprintf("%q and %q both manage variant %q on one storage: they share a root folder, and each deletes or renames what the other put there.", [app.name, first.name, variant[id]]),
	"at": app.declared_at,
	"state": stack.juju_state(app.declared_mesh.state, app.state),
	"evidence": [{"fact": sprintf("%s has variant %s", [other.name, variant[other.id]]), "at": other.declared_at, "object": ""} | some other in [first, app]],
	"remediation": [sprintf("juju config -m %s %s variant=4k", [app.model, app.name])],
} if {
	some ids in shares
	some id in ids
	alike := sort([other | some other in ids; variant[other] == variant[id]])
	alike[0] != id
	app := stack.application[id]
	first := stack.application[alike[0]]
}

undecided contains {
	"subject": app.subject,
	"missing": sprintf("juju.config: the option variant of %q, which shares a storage with another manager of its kind", [app.name]),
} if {
	some ids in shares
	count(ids) > 1
	some id in ids
	not variant[id]
	app := stack.application[id]
}
