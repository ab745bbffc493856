# METADATA
# title: Managers, indexers, requesters and media servers live in the core model
# description: |
#   Policies of the mesh and of the network, upgrades and accidents all stop at
#   the border of a model, because a Juju model on Kubernetes is one namespace. A
#   service of the stable core that is deployed next to the download clients or
#   the VPN gateway shares their restarts, their policies and their risk.
#
#   Looked at: every media manager, indexer, challenge solver, requester and media
#   server (told by charm, else by container) in a model that plays the downloads
#   or the gateway part. Services in a model that plays no part are left alone.
#   Whether they work is not looked at.
# schemas:
#   - input: schema.stack
# custom:
#   id: topology/core-service-in-core
#   level: error
#   levels: {single-model: "off"}
#   adr: ["networking/adr-006#model-1"]
#   needs:
#     - [juju.applications]
#     - [kube.workloads]
#   subjects: [application]
#   states: [planned, declared, effective]
#   remediation:
#     - juju remove-application -m {model} {name}
#   disputed: |
#     The record wants a core model; Charmarr's own Terraform modules and manual
#     deploy everything into one model. The rule follows the record under profile
#     `adr-006` and is off under `single-model`.
package rules.topology.core_service_in_core

import data.lib.stack
import data.lib.text

violations contains {
	"subject": app.subject,
	"message": sprintf(
		"%q (%s) is in model %q, which is %s; it belongs in the core model. There it shares restarts, policies and risk with the download path.",
		[app.name, app.role, app.model, text.part(app.part)],
	),
	"at": app.at,
	"state": app.state,
	"remediation": array.concat(stack.core_first, [
		sprintf("juju deploy -m %s %s %s --trust", [stack.core_model, text.charm(app.charm, app.name), app.name]),
		sprintf("juju remove-application -m %s %s", [app.model, app.name]),
	]),
} if {
	stack.three_models
	some app in stack.content
	app.part in {"downloads", "gateway"}
}
