# METADATA
# title: No two applications ask a gateway for the same path
# description: |
#   Where two applications ask one gateway for the same path on the same port, its
#   charm drops every route of both and blocks: one wrong option takes down what
#   worked. Plex, Seerr and Overseerr are served at the root and nowhere else, so no
#   two of them share a gateway and a port.
#
#   Looked at: for each relation to a gateway, the port and the path that the
#   application asks for (options ingress-port, 80 by default, and ingress-path, the
#   application's name by default). What charms other than Charmarr's ask for is
#   not known. Paths within each other are no conflict: the longer one wins.
# schemas:
#   - input: schema.stack
# custom:
#   id: ingress/route-unique
#   level: error
#   adr: ["apps/adr-004", "apps/adr-009", "networking/adr-001#architecture-details"]
#   needs:
#     - [juju.applications@core, juju.relations@core, juju.config@core, juju.applications@downloads, juju.relations@downloads, juju.config@downloads]
#   subjects: [application]
#   states: [planned, declared]
#   remediation:
#     - juju config -m {model} {name} ingress-port=8080
#   disputed: |
#     networking/adr-001 puts Overseerr on arr-gateway beside the managers; its charm
#     serves it at the root only, which collides with another application at the
#     root of that gateway and with nothing else. The rule judges collisions alone.
package rules.ingress.route_unique

import data.lib.ingress
import data.lib.stack
import data.lib.text

# quarrels are what is asked for twice, by gateway.
quarrels[[model, gateway]] contains {"port": port, "path": path, "apps": ids} if {
	some [model, gateway, port, path], ids in ingress.contested
}

# One finding a gateway, whatever the number of paths: its subject is the gateway,
# or where that was not read, the first who asks.
violations contains {
	"subject": subject[door],
	"message": sprintf(
		"Gateway %q is asked twice for %s. Its charm makes no route for any of them and blocks: none of %s is reachable.",
		[door[1], concat("; ", [sprintf("path %s on port %d (by %s)", [q.path, q.port, text.listed(q.apps)]) | some q in found]), text.listed(ids)],
	),
	"at": asks[0].at,
	"state": asks[0].state,
	"evidence": [{"fact": sprintf("%s asks for path %s on port %d", [a.app, a.path, a.port]), "at": a.at, "object": ""} | some a in asks],
	"remediation": [command |
		some q in found
		some i, id in sort(q.apps - {keeper[[door, q.port, q.path]]})
		app := stack.application[id]
		command := apart(q.path, app.model, app.name, free[door][i])
	],
} if {
	some door, found in quarrels
	ids := {id | some q in found; some id in q.apps}
	asks := [{"app": id, "path": a.path, "port": a.port, "at": a.at, "state": a.state} |
		some id in sort(ids)
		some a in stack.application[id].attachments
		a.via == "relation"
		a.gateway == door[1]
		some q in found
		[a.port, a.path] == [q.port, q.path]
	]
}

# keeper is the one that stays where it is: the one whose name the path is, or else
# the first.
keeper[[door, q.port, q.path]] := id if {
	some door, found in quarrels
	some q in found
	named := [id | some id in sort(q.apps); q.path == sprintf("/%s", [stack.application[id].name])]
	id := array.concat(named, sort(q.apps))[0]
}

subject[door] := app.subject if {
	some door, _ in quarrels
	some app in stack.ingress_gateways
	[app.model, app.name] == door
}

subject[door] := stack.application[first].subject if {
	some door, found in quarrels
	count([app | some app in stack.ingress_gateways; [app.model, app.name] == door]) == 0
	first := sort([id | some q in found; some id in q.apps])[0]
}

# apart moves an application: one at the root to another port, for it may serve
# nowhere else; another to a path of its own.
apart("/", model, name, port) := sprintf("juju config -m %s %s ingress-port=%d  # or relate it to a gateway of its own", [model, name, port])

apart(path, model, name, _) := sprintf("juju config -m %s %s ingress-path=/%s", [model, name, name]) if {
	path != "/"
	path != sprintf("/%s", [name])
}

apart(path, model, name, _) := sprintf("juju config -m %s %s ingress-path=/%s-%s", [model, name, model, name]) if path == sprintf("/%s", [name])

# free are ports that nobody asks a gateway for.
free[door] := [port | some port in numbers.range(8080, 8180); not port in taken] if {
	some door, _ in quarrels
	taken := {port | some [model, gateway, port, _], _ in ingress.asked; [model, gateway] == door}
}

undecided contains {
	"subject": app.subject,
	"missing": sprintf("juju.config: options ingress-port and ingress-path of %q in model %q", [app.name, app.model]),
} if {
	some app in input.applications
	some attachment in app.attachments
	attachment.via == "relation"
	unknown(attachment.port, attachment.path)
	app.group in {"content", "download"}
	not app.config_known
}

unknown(port, _) if port < 0

unknown(_, "")
