# METADATA
# title: Nothing of the core and no ingress gateway lives in the downloads model
# description: |
#   The downloads model is the part that is exposed to strangers and restarted
#   most. A manager, requester, media server or ingress gateway in its namespace
#   is reachable under the namespace's policies and goes down with it.
#
#   Looked at: applications of the core and ingress gateways in the downloads
#   model, and Istio Gateway objects in its namespace (a beacon's waypoint is
#   none). Storage, beacons, the crowsnest and the VPN gateway are not: the last
#   is the matter of topology/gateway-own-namespace.
# schemas:
#   - input: schema.stack
# custom:
#   id: topology/only-downloads-in-downloads
#   level: error
#   levels: {single-model: "off"}
#   adr: ["networking/adr-006#model-2", "networking/adr-001#architecture-details"]
#   needs:
#     - [juju.applications@downloads]
#     - [kube.workloads@downloads, kube.gateways@downloads]
#   subjects: [application, gateway]
#   states: [planned, declared, effective]
#   remediation:
#     - juju remove-application -m {model} {name}
#   ways:
#     - id: core-service
#       title: A service of the core stands in the downloads model
#     - id: ingress-gateway
#       title: An ingress gateway stands in the downloads model
package rules.topology.only_downloads_in_downloads

import data.lib.stack
import data.lib.text

violations contains {
	"subject": app.subject,
	"way": ways[app.group],
	"message": sprintf(
		"%q (%s) is in the downloads model %q, which is for download clients alone: it is exposed to their policies and goes down with them.",
		[app.name, app.role, app.model],
	),
	"at": app.at,
	"state": app.state,
	"remediation": array.concat(stack.core_first, [
		sprintf("juju deploy -m %s %s %s --trust", [stack.core_model, charm(app.role, app.charm, app.name), app.name]),
		sprintf("juju remove-application -m %s %s", [app.model, app.name]),
	]),
} if {
	stack.three_models
	some app in input.applications
	app.part == "downloads"
	ways[app.group]
}

ways := {"content": "core-service", "ingress": "ingress-gateway"}

charm("ingress-gateway", "", _) := "istio-ingress-k8s"

charm("ingress-gateway", charm, _) := charm if charm != ""

charm(role, charm, name) := text.charm(charm, name) if role != "ingress-gateway"

# A Gateway that no application here accounts for: Juju was not read, or the
# object was made by hand.
violations contains {
	"subject": gateway.subject,
	"way": "ingress-gateway",
	"message": sprintf(
		"Gateway %q is in namespace %q of the downloads model: it lets traffic in next to the download clients, beside the gateways of the core.",
		[gateway.name, gateway.namespace],
	),
	"at": gateway.at,
	"state": gateway.state,
	"remediation": array.concat(stack.core_first, [
		sprintf("juju deploy -m %s istio-ingress-k8s %s --trust", [stack.core_model, gateway.name]),
		sprintf("juju remove-application -m %s %s  # or kubectl -n %s delete gateways.gateway.networking.k8s.io %s where it is not a charm's", [gateway.namespace, gateway.name, gateway.namespace, gateway.name]),
	]),
} if {
	stack.three_models
	some gateway in stack.ingress_objects
	gateway.part == "downloads"
	not [gateway.namespace, gateway.name] in applications
}

applications contains [app.namespace, app.name] if {
	some app in stack.ingress_gateways
	app.part == "downloads"
}
