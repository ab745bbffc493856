# METADATA
# title: Every charm that changes Kubernetes is trusted to do so
# description: |
#   Charmarr's charms do their work by changing objects of Kubernetes: they mount the
#   media folder, send traffic through the VPN gateway, put pods on the mesh. Juju
#   lets them only where the application was deployed with --trust. Without it
#   Kubernetes refuses, hooks fail, and what should have been changed is not.
#
#   Looked at: the trust of each application whose charm needs it, as a bundle or
#   Juju itself shows it; `juju status` does not, nor do manifests. Applications of
#   other charms are left alone.
# schemas:
#   - input: schema.stack
# custom:
#   id: ops/trusted
#   level: error
#   adr: ["storage/adr-003", "lib/adr-002"]
#   needs:
#     - [juju.applications, juju.config]
#   subjects: [application]
#   states: [planned, declared]
#   remediation:
#     - juju trust -m {model} {name} --scope=cluster
package rules.ops.trusted

import data.lib.stack

judged := {app.id |
	some app in input.applications
	app.declared
	app.operation.untrusted != ""
	not app.life in stack.leaving
}

violations contains {
	"subject": app.subject,
	"message": sprintf("%q (%s) in model %q is not trusted: %s.", [app.name, app.role, app.model, app.operation.untrusted]),
	"at": app.trust_at,
	"state": stack.juju_state(app.declared_mesh.state, app.state),
	"remediation": [sprintf("juju trust -m %s %s --scope=cluster", [app.model, app.name])],
} if {
	some app in input.applications
	app.trust == "no"
	app.id in judged
}

undecided contains {
	"subject": app.subject,
	"missing": sprintf("juju.config: whether %q in model %q is trusted", [app.name, app.model]),
} if {
	some app in input.applications
	app.trust == ""
	app.id in judged
}
