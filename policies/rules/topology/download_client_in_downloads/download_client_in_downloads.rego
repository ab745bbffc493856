# METADATA
# title: Download clients live in the downloads model
# description: |
#   Download clients talk to strangers and depend on the VPN. In a model of their
#   own they can be restarted, upgraded and fenced in by network policies without
#   touching the services that a household uses.
#
#   Looked at: every download client (told by charm, else by container) whose
#   model is not the downloads model, a model without a part included: a client
#   must not hide in a model that nobody looks after. Whether the client goes
#   through the VPN is the matter of vpn/client-behind-gateway.
# schemas:
#   - input: schema.stack
# custom:
#   id: topology/download-client-in-downloads
#   level: error
#   levels: {single-model: "off"}
#   adr: ["networking/adr-006#model-2"]
#   needs:
#     - [juju.applications]
#     - [kube.workloads]
#   subjects: [application]
#   states: [planned, declared, effective]
#   remediation:
#     - juju remove-application -m {model} {name}
#   disputed: |
#     The record wants a downloads model; Charmarr's own Terraform modules and
#     manual deploy everything into one model. The rule follows the record under
#     profile `adr-006` and is off under `single-model`.
package rules.topology.download_client_in_downloads

import data.lib.stack
import data.lib.text

violations contains {
	"subject": app.subject,
	"message": sprintf(
		"Download client %q is in model %q, which is %s; it belongs in the downloads model. There it is bound to the policies, restarts and mesh decision of services that have nothing to do with the VPN.",
		[app.name, app.model, text.part(app.part)],
	),
	"at": app.at,
	"state": app.state,
	"remediation": array.concat(stack.downloads_first, [
		sprintf("kubectl -n %s get pvc -l app.kubernetes.io/name=%s  # back up what it configures before it is removed", [app.namespace, app.name]),
		sprintf("juju deploy -m %s %s %s --trust", [stack.downloads_model, text.charm(app.charm, app.name), app.name]),
		sprintf("juju remove-application -m %s %s", [app.model, app.name]),
	]),
} if {
	stack.three_models
	some app in stack.download_clients
	not app.part in {"downloads", "single"}
}
