# METADATA
# title: Each download client is related to every manager, across models too
# description: |
#   A manager hands its downloads to the clients it is related to. Where the two
#   live in different models that takes an offer, a SAAS and a relation, and the
#   record's example shows them for one manager only: the others are easily
#   forgotten, and their downloads go nowhere.
#
#   Looked at: for each download client, the media managers (radarr, sonarr,
#   lidarr) in other models, and the relations on interface download-client that
#   join the two. Who shares clients out among managers on purpose (torrents here,
#   Usenet there) waives the finding or lowers the rule's level. A relation through
#   a SAAS to a model that was not read leaves the client undecided. A client that stands in core is not looked at before it has moved
#   (topology/download-client-in-downloads). Managers in the client's own model
#   are not looked at.
# schemas:
#   - input: schema.stack
# custom:
#   id: relation/cross-model-peers
#   level: error
#   adr: ["networking/adr-006#cross-model-relations", "interfaces/adr-004"]
#   needs:
#     - [juju.applications, juju.relations, juju.offers]
#   subjects: [application]
#   states: [planned, declared]
#   remediation:
#     - juju integrate -m {model} {name}:download-client radarr:download-client
#   disputed: |
#     The record offers radarr alone; sonarr needs the same. It offers the manager's
#     end (download-client, which it requires); a relation counts here whichever side
#     made the offer.
package rules.relation.cross_model_peers

import data.lib.mesh
import data.lib.stack
import data.lib.text

# joined holds, for the id of an application, the ids it shares a relation on
# download-client with.
joined[here.id] contains there.id if {
	some relation in transfers
	some [here, there] in [[relation.provider, relation.requirer], [relation.requirer, relation.provider]]
}

transfers := [relation | some relation in input.relations; relation.interface == "download-client"]

# dangling are the clients and managers with such a relation into a model that
# was not read.
dangling contains end.id if {
	some relation in transfers
	relation.resolved == ""
	some end in [relation.provider, relation.requirer]
	end.id != ""
}

# managers are those whose relations were read.
managers := [app |
	some app in stack.media_managers
	app.declared
	app.part != ""
	app.model in stack.relations_read
]

# clients are those whose relations were read; one in core has to move first.
clients := [app |
	some app in stack.download_clients
	app.part != "core"
	app.declared
	app.model in stack.relations_read
]

# lacking holds the managers that a client is not joined with.
lacking[client.id] contains manager.id if {
	some client in clients
	some manager in managers
	manager.model != client.model
	not manager.id in object.get(joined, client.id, set())
}

violations contains {
	"subject": client.subject,
	"message": sprintf(
		"Download client %q in model %q is not related to %s: what they want downloaded never reaches it.",
		[client.name, client.model, text.joined([sprintf("%q in model %q", [manager.name, manager.model]) | some manager in absent])],
	),
	"at": mesh.place(client.declared_at, client.at),
	"state": stack.juju_state(client.declared_mesh.state, client.state),
	"evidence": [{"fact": sprintf("%s (%s) has no relation to %s", [manager.name, manager.role, client.name]), "at": mesh.place(manager.declared_at, manager.at), "object": ""} |
		some manager in absent
	],
	"remediation": [command |
		some manager in absent
		some command in [
			sprintf("juju offer %s.%s:download-client,require-cmr-mesh", [manager.model, manager.name]),
			sprintf("juju consume -m %s %s.%s", [client.model, stack.path(manager.model), manager.name]),
			sprintf("juju integrate -m %s %s:download-client %s:download-client", [client.model, client.name, manager.name]),
		]
	],
} if {
	some id, ids in lacking
	not id in undecidable
	client := stack.application[id]
	absent := [stack.application[manager] | some manager in ids]
}

# undecidable are clients of which a relation that was not resolved may be the
# one that lacks.
undecidable contains id if {
	some id, _ in lacking
	id in dangling
}

undecidable contains id if {
	some id, ids in lacking
	some manager in ids
	manager in dangling
}

undecided contains {
	"subject": client.subject,
	"missing": sprintf("juju.offers: the model behind a relation of %q on interface download-client was not read", [client.name]),
} if {
	some id in undecidable
	client := stack.application[id]
}
