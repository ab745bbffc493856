# METADATA
# title: Charms that are released together follow one channel
# description: |
#   Charmarr's charms are released together, and so are Istio's. Two channels may
#   differ in what charms tell each other over relations: one of an older track waits
#   for data that never comes, and nobody tests the mixture.
#
#   Looked at: the channel of each application of Charmarr's and of Istio's charms. What
#   most of them follow is what the others are held to; of two equally frequent ones
#   the numbered track. Charmarr publishes latest/edge for development and N/stable for
#   use, and nothing else. Charms that exist on one channel alone (Seerr, Crowsnest),
#   and Overseerr, which leaves its track for the move to Seerr, need not follow. A
#   charm that was built locally has no channel and is undecided.
# schemas:
#   - input: schema.stack
# custom:
#   id: ops/channel-coherent
#   level: warning
#   adr: ["apps/adr-014#version-alignment", "apps/adr-016"]
#   needs:
#     - [juju.applications]
#   subjects: [application]
#   states: [planned, declared]
#   remediation:
#     - juju refresh -m {model} {name} --channel CHANNEL
#   ways:
#     - id: mixed
#       title: The others follow another channel
#     - id: unpublished
#       title: Charmarr publishes nothing on its channel
package rules.ops.channel_coherent

import data.lib.stack

judged := [app |
	some app in input.applications
	app.declared
	app.operation.family != ""
	not app.life in stack.leaving
]

ids := {app.id | some app in judged}

# followed are the channels of each family, those included that do not count below:
# where each has one, nobody is at odds.
followed := {[app.operation.family, app.operation.channel] |
	some app in input.applications
	app.operation.published == "yes"
}

families := {family | some [family, _] in followed}

votes[[app.operation.family, app.operation.channel]] contains app.id if {
	some app in judged
	app.operation.published == "yes"
	not app.operation.moves
}

# usual is the channel of most charms of a family.
usual := {family: ranked[0][1] |
	some [family, _], _ in votes
	ranked := sort([[0 - count(ids), channel] | some [f, channel], ids in votes; f == family])
}

violations contains {
	"subject": app.subject,
	"way": "mixed",
	"message": sprintf(
		"%q in model %q follows channel %s where most of %s's charms follow %s: charms of two channels need not understand each other.",
		[app.name, app.model, app.operation.channel, app.operation.family, expected],
	),
	"at": app.declared_at,
	"state": stack.juju_state(app.declared_mesh.state, app.state),
	"remediation": [sprintf("juju refresh -m %s %s --channel %s", [app.model, app.name, expected])],
} if {
	count(followed) > count(families)
	some app in judged
	app.operation.published == "yes"
	not app.operation.moves
	expected := usual[app.operation.family]
	app.operation.channel != expected
}

violations contains {
	"subject": app.subject,
	"way": "unpublished",
	"message": sprintf(
		"%q in model %q follows channel %s, on which %s publishes nothing (it has %s): no update will come, and a new deployment from there fails.",
		[app.name, app.model, app.operation.channel, app.operation.family, concat(" and ", app.operation.published_on)],
	),
	"at": app.declared_at,
	"state": stack.juju_state(app.declared_mesh.state, app.state),
	"remediation": [sprintf("juju refresh -m %s %s --channel %s", [app.model, app.name, object.get(usual, app.operation.family, "latest/edge")])],
} if {
	some app in input.applications
	app.operation.published == "no"
	app.id in ids
}

undecided contains {
	"subject": app.subject,
	"missing": sprintf("juju.applications: the channel of %q in model %q, which no source says (a charm that was built locally has none)", [app.name, app.model]),
} if {
	some app in input.applications
	app.operation.channel == ""
	app.id in ids
}
