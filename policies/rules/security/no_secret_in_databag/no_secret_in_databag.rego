# METADATA
# title: Applications tell each other the ids of secrets, never the secrets
# description: |
#   What an application writes into a relation everyone with read access to the model
#   can read, it is kept in Juju's database, and it is in every dump that is sent to
#   somebody. Keys and passwords go through Juju secrets, of which the relation carries
#   the id.
#
#   Looked at: what the relations of Charmarr's own interfaces carry, as the units at
#   the other end see it: whether something stands there under a name such as api_key,
#   or has the form of a token or key. It is replaced when it is read, and never shown.
# schemas:
#   - input: schema.stack
# custom:
#   id: security/no-secret-in-databag
#   level: error
#   adr: ["interfaces/adr-002"]
#   needs:
#     - [juju.units@core, juju.units@downloads]
#   subjects: [application]
#   states: [declared]
#   remediation:
#     - juju refresh -m {model} {name}
#   security: "6.5"
package rules.security.no_secret_in_databag

import data.lib.stack
import data.lib.text

# open has what stands in the open, by who wrote it; by who reads it where that is not
# known.
open[author(bag.publisher, app.id)] contains {"key": key, "endpoint": bag.endpoint, "at": bag.at, "unit": unit.name, "known": bag.publisher != ""} if {
	some app in input.applications
	some unit in app.units
	some bag in unit.databags
	bag.own
	some key in bag.secrets
}

author("", reader) := reader

author(publisher, _) := publisher if publisher != ""

violations contains {
	"subject": app.subject,
	"message": sprintf("%s %s in the open, in what %s: everyone who may read the model reads it.", [text.joined(keys), verb(count(keys)), who(app.name, {found.known | some found in all})]),
	"at": sort([found.at | some found in all])[0],
	"state": "declared",
	"evidence": sort({{"fact": sprintf("unit %s sees %s on endpoint %s", [found.unit, found.key, found.endpoint]), "at": found.at, "object": ""} | some found in all}),
	"remediation": array.concat(
		[sprintf("juju refresh -m %s %s  # to a revision that publishes the id of a secret", [app.model, app.name])],
		[sprintf("juju config -m %s %s %s=daily  # so that it makes a new one: this one has been seen", [app.model, app.name, option.key]) | some option in app.rotation],
	),
} if {
	some id, all in open
	app := stack.application[id]
	keys := {found.key | some found in all}
}

verb(1) := "stands"

verb(n) := "stand" if n != 1

who(name, known) := sprintf("%q tells its relations", [name]) if true in known

who(name, known) := sprintf("%q is told", [name]) if not true in known
