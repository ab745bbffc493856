# METADATA
# title: No application is blocked or in error
# description: |
#   An application that is blocked waits for its operator, and one in error has had a
#   hook fail: neither mends itself, and both do nothing until somebody looks.
#
#   Looked at: the status of each of Charmarr's and Istio's applications and of its
#   units, and the agents of the units, as Juju had them. Waiting and maintenance
#   pass: Juju may still be deploying, and Plex and Seerr wait so for their first
#   setup in the browser. What another rule tells with its cause is left to it:
#   a relation that is missing, too many units, no trust, a gateway without address or
#   with routes that collide, an option that its charm asks for. An application that
#   is being removed is left alone.
# schemas:
#   - input: schema.stack
# custom:
#   id: ops/status-healthy
#   level: warning
#   adr: ["apps/adr-012#decision-outcome", "lib/adr-003"]
#   needs:
#     - [juju.applications, juju.status]
#   subjects: [application]
#   states: [declared]
#   remediation:
#     - juju status -m {model} {name}
#     - juju debug-log -m {model} --replay --no-tail --level WARNING
#   ways:
#     - id: blocked
#       title: It waits for its operator
#     - id: error
#       title: A hook of its charm failed
#     - id: lost
#       title: Juju does not hear from its agent
package rules.ops.status_healthy

import data.lib.ingress
import data.lib.stack
import data.lib.vpn

judged := {app.id |
	some app in input.applications
	app.declared
	app.group != ""
	not app.life in stack.leaving
	not app.id in told
}

# ill are the states that pass by no themselves, by who is in them.
ill[[app.id, unit.status]] contains {"by": unit.name, "message": unit.message, "place": unit.at} if {
	some app in input.applications
	some unit in app.units
	unit.status in {"error", "blocked"}
	app.id in judged
}

ill[[app.id, "lost"]] contains {"by": unit.name, "message": unit.message, "place": unit.at} if {
	some app in input.applications
	some unit in app.units
	unit.agent in {"lost", "failed"}
	unit.status != "error"
	app.id in judged
}

# An application may be in a state that none of its units is in.
ill[[app.id, app.status]] contains {"by": app.name, "message": app.message, "place": app.declared_at} if {
	some app in input.applications
	app.status in {"blocked", "error"}
	app.id in judged
	count([unit | some unit in app.units; unit.status == app.status]) == 0
}

# way is the gravest of an application.
way[id] := [w | some w in ["error", "lost", "blocked"]; ill[[id, w]]][0] if some [id, _], _ in ill

violations contains {
	"subject": app.subject,
	"way": way[id],
	"message": sprintf("%q (%s) in model %q %s: %s.", [app.name, app.role, app.model, words[way[id]], concat("; ", sort({says(who.by, who.message) | some who in found}))]),
	"at": first.place,
	"state": "declared",
	"evidence": [{"fact": sprintf("%s says %q", [who.by, who.message]), "at": who.place, "object": ""} | some who in found],
	"remediation": commands(way[id], app.model, app.name, sort({who.by | some who in found; contains(who.by, "/")})),
} if {
	some id, _ in way
	app := stack.application[id]
	found := ill[[id, way[id]]]
	first := [who | some who in found][0]
}

words := {"error": "is in error", "lost": "is out of Juju's sight", "blocked": "is blocked and waits for you"}

says(who, "") := sprintf("%s, without a reason", [who])

says(who, message) := sprintf("%s says %q", [who, message]) if message != ""

commands("blocked", model, name, _) := [
	sprintf("juju status -m %s --relations %s  # what it asks for", [model, name]),
	sprintf("juju config -m %s %s", [model, name]),
]

commands("error", model, _, units) := array.concat(
	[sprintf("juju debug-log -m %s --replay --no-tail --level ERROR --include unit-%s", [model, replace(unit, "/", "-")]) | some unit in units],
	[sprintf("juju resolve -m %s %s  # once the cause is gone: runs the hook again", [model, unit]) | some unit in units],
)

commands("lost", model, name, units) := array.concat(
	[sprintf("kubectl -n %s describe pod %s  # its events", [model, replace(unit, "/", "-")]) | some unit in units],
	[sprintf("kubectl -n %s get pods -l app.kubernetes.io/name=%s", [model, name])],
)

# told are the applications of which another rule tells why.
told contains app.id if {
	some app in input.applications
	app.operation.max_units > 0
	app.scale > app.operation.max_units
}

told contains app.id if {
	some app in input.applications
	app.operation.untrusted != ""
	app.trust == "no"
}

told contains app.id if {
	some app in input.applications
	some endpoint in app.endpoints
	endpoint.wanted == "error"
	endpoint.connected == "no"
}

told contains app.id if {
	some app in stack.download_clients
	app.model in stack.relations_read
	not app.id in {link.client.id | some link in vpn.links}
}

told contains app.id if {
	some app in stack.ingress_gateways
	some [model, gateway, _, _], _ in ingress.contested
	[model, gateway] == [app.model, app.name]
}

told contains app.id if {
	some app in stack.ingress_gateways
	contains(app.message, "unable to obtain an IP")
}

told contains app.id if {
	some app in input.applications
	app.role in {"vpn-gateway", "storage"}
	app.config_known
	some ending in option_endings
	endswith(app.message, ending)
}

# option_endings end what the charms of the VPN gateway and the storage say where
# an option is missing.
option_endings := {"not configured", "is required", "is required for custom provider"}
