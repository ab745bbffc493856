# METADATA
# title: No service of the core goes through the VPN gateway
# description: |
#   What is routed through the VPN gateway stops with it: each restart of the
#   gateway leaves such pods without network until their route is laid again. The
#   record keeps the VPN to the download clients so that managers, indexers and
#   media servers stay up whatever the tunnel does.
#
#   Looked at: relations on interface vpn-gateway of applications in the core
#   model, and the init container vpn-route-init in their workloads. A download
#   client that stands in core must keep its gateway until it has moved: there the
#   commands move it. In a single model only the services of the core are looked
#   at.
# schemas:
#   - input: schema.stack
# custom:
#   id: topology/no-vpn-in-core
#   level: error
#   levels: {single-model: note}
#   adr: ["networking/adr-006#decision-outcome", "interfaces/adr-001"]
#   needs:
#     - [juju.relations@core]
#     - [kube.workloads@core]
#   subjects: [application]
#   states: [planned, declared, effective]
#   remediation:
#     - juju remove-relation -m {model} {name}:vpn-gateway gluetun
#   disputed: |
#     The records give the VPN gateway to download clients only. Charmarr's own
#     Terraform relates prowlarr, radarr and sonarr to it as well, and its
#     documentation prowlarr. The rule is an error under `adr-006` and a note
#     under `single-model`.
package rules.topology.no_vpn_in_core

import data.lib.stack
import data.lib.text
import data.lib.vpn

# related holds, for the applications judged here, what they are related to.
related[link.client.id] contains {
	"gateway": link.gateway.application,
	"via": via(link.gateway.saas, link.gateway.application),
	"endpoint": link.client.endpoint,
	"fact": sprintf("relation %s", [link.relation.name]),
	"at": link.relation.at,
	"state": link.relation.state,
} if {
	some link in vpn.links
	link.client.id in judged
}

via("", application) := application

via(saas, _) := saas if saas != ""

# judged are the ids of the applications that must not go through a gateway.
judged := {app.id |
	some app in input.applications
	app.part == "core"
	app.role != "vpn-gateway"
} | {app.id |
	some app in stack.content
	app.part == "single"
}

# routed holds the init containers that lay a route through a gateway.
routed[app.id] contains {
	"fact": sprintf("%s %s has the init container vpn-route-init", [workload.kind, workload.name]),
	"at": container.at,
	"object": sprintf("%s %s/%s", [workload.kind, workload.namespace, workload.name]),
} if {
	some app in input.applications
	some workload in app.workloads
	some container in workload.init_containers
	container.name == "vpn-route-init"
	app.id in judged
}

violations contains {
	"subject": app.subject,
	"message": sprintf(
		"%q in model %q is related to the VPN gateway %s. Each restart of the gateway cuts its network, and only download clients are meant to go through the VPN.",
		[app.name, app.model, text.listed([link.gateway | some link in links])],
	),
	"at": [link.at | some link in links][0],
	"state": [link.state | some link in links][0],
	"evidence": array.concat(
		[{"fact": link.fact, "at": link.at, "object": ""} | some link in links],
		[fact | some fact in object.get(routed, id, set())],
	),
	"remediation": commands(app.role, app.model, app.name, text.charm(app.charm, app.name), [link.via | some link in links]),
} if {
	some id, links in related
	app := stack.application[id]
}

violations contains {
	"subject": app.subject,
	"message": sprintf(
		"The pods of %q in model %q are routed through a VPN gateway (init container vpn-route-init). Each restart of the gateway cuts their network, and only download clients are meant to go through the VPN.",
		[app.name, app.model],
	),
	"at": [fact.at | some fact in facts][0],
	"state": "effective",
	"evidence": [fact | some fact in facts],
	"remediation": commands(app.role, app.model, app.name, text.charm(app.charm, app.name), ["gluetun"]),
} if {
	some id, facts in routed
	not related[id]
	app := stack.application[id]
}

# A download client without its gateway would leak: it is moved and keeps it.
commands("download-client", model, name, charm, _) := array.concat(stack.downloads_first, [
	sprintf("juju deploy -m %s %s %s --trust  # and relate it to the VPN gateway there", [stack.downloads_model, charm, name]),
	sprintf("juju remove-application -m %s %s", [model, name]),
])

commands(role, model, name, _, gateways) := [sprintf("juju remove-relation -m %s %s:vpn-gateway %s", [model, name, gateway]) |
	some gateway in gateways
] if {
	role != "download-client"
}
