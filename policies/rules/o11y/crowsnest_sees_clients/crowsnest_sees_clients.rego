# METADATA
# title: Crowsnest sees the download clients and the VPN gateway
# description: |
#   Crowsnest raises the alert that a download client runs without its VPN
#   (CharmarrDownloadClientUnsafeNoVpn). It knows of the applications that are
#   related to it, and of no other: a client it does not see can leak for weeks
#   without an alert.
#
#   Looked at: where a Crowsnest is in the stack, the relations on interface
#   crowsnest of every download client and VPN gateway, across models as well. That
#   the alert itself does not see a client whose relation is empty
#   (vpn/client-waits-for-gateway) stays as it is.
# schemas:
#   - input: schema.stack
# custom:
#   id: o11y/crowsnest-sees-clients
#   level: warning
#   adr: ["o11y/adr-003"]
#   needs:
#     - [juju.applications, juju.relations, juju.offers]
#   subjects: [application]
#   states: [planned, declared]
#   remediation:
#     - juju integrate -m {model} crowsnest:crowsnest {name}:crowsnest
package rules.o11y.crowsnest_sees_clients

import data.lib.stack

crowsnests := [app | some app in input.applications; app.role == "crowsnest"]

seen := {near.id |
	some relation in input.relations
	relation.interface == "crowsnest"
	some near in [relation.provider, relation.requirer]
}

violations contains {
	"subject": app.subject,
	"message": sprintf("Crowsnest %q does not see %q (%s) in model %q: the alert that a download client runs without its VPN stays silent for it.", [crowsnest.name, app.name, app.role, app.model]),
	"at": app.declared_at,
	"state": stack.juju_state(app.declared_mesh.state, app.state),
	"remediation": commands(app.model, app.name),
} if {
	crowsnests != []
	some app in input.applications
	app.role in {"download-client", "vpn-gateway"}
	app.declared
	app.model in stack.relations_read
	crowsnest := crowsnests[0]
	not app.id in seen
}

commands(model, name) := [sprintf("juju integrate -m %s %s:crowsnest %s:crowsnest", [model, crowsnests[0].name, name])] if {
	crowsnests[0].model == model
}

commands(model, name) := [
	sprintf("juju offer %s.%s:crowsnest", [model, name]),
	sprintf("juju consume -m %s %s.%s", [crowsnests[0].model, stack.path(model), name]),
	sprintf("juju integrate -m %s %s:crowsnest %s", [crowsnests[0].model, crowsnests[0].name, name]),
] if {
	crowsnests[0].model != model
}
