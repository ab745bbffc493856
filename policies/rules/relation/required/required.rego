# METADATA
# title: Every application has the relations it cannot do its work without
# description: |
#   A charm that lacks a relation is blocked, or idles without saying so: a manager
#   without a download client finds releases and fetches none. The relation that
#   somebody forgot is the commonest fault of a fresh deployment.
#
#   Looked at: the endpoints that a charm needs (its charmcraft.yaml and status
#   checks), and the relations of all models, those through offers included. An
#   offer that a model uses which was not read counts where Juju shows a
#   connection. The VPN gateway of a download client is vpn/client-behind-gateway's
#   concern, a manager in another model relation/cross-model-peers'. Whether the
#   other side works is not looked at.
# schemas:
#   - input: schema.stack
# custom:
#   id: relation/required
#   level: error
#   adr: ["apps/adr-001", "apps/adr-007", "apps/adr-008", "apps/adr-009", "apps/adr-010", "apps/adr-016", "interfaces/adr-001"]
#   needs:
#     - [juju.applications, juju.relations, juju.offers]
#   subjects: [application]
#   states: [planned, declared]
#   remediation:
#     - juju integrate -m {model} {name}:ENDPOINT APPLICATION:ENDPOINT
package rules.relation.required

import data.lib.relation
import data.lib.stack

violations contains {
	"subject": app.subject,
	"message": sprintf("%q (%s) in model %q has no relation on %s: %s.", [app.name, app.role, app.model, list, consequence]),
	"level": level,
	"at": app.declared_at,
	"state": stack.juju_state(app.declared_mesh.state, app.state),
	"evidence": [{"fact": sprintf("%s is related to nothing", [name]), "at": app.declared_at, "object": ""} | some name in names],
	"remediation": [sprintf("juju integrate -m %s %s:%s %s:%s", [app.model, app.name, name, relation.partner(app.name, name), name]) | some name in names],
} if {
	some app in input.applications
	some asking in app.endpoints
	asking.connected == "no"
	level := asking.wanted
	level in {"error", "warning", "note"}
	lacking := [endpoint | some endpoint in app.endpoints; endpoint.connected == "no"; endpoint.wanted == level; speaks(endpoint.interface)]
	lacking != []
	not app.life in stack.leaving
	names := sort([endpoint.name | some endpoint in lacking])
	list := concat(" and ", names)
	consequence := concat(", and ", [endpoint.without | some endpoint in lacking])
}

# speaks leaves out what another rule says better.
speaks(interface) if interface != "download-client"

speaks(interface) if {
	interface == "download-client"
	not across
}

# across holds where managers and clients live in different models.
across if {
	some manager in stack.media_managers
	some client in stack.download_clients
	manager.model != client.model
}

undecided contains {
	"subject": app.subject,
	"missing": sprintf("juju.relations: whether anything uses %s of %q, which is offered to a model that was not read", [endpoint.name, app.name]),
} if {
	some app in input.applications
	some endpoint in app.endpoints
	endpoint.connected == ""
	endpoint.wanted != ""
}
