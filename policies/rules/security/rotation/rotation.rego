# METADATA
# title: Keys and passwords of the applications change by themselves
# description: |
#   Charmarr's charms make the API keys and passwords of their applications, and can
#   make new ones every day, month or year and pass them on. A key that has leaked is
#   then of no use after a while. They do so only where it is turned on.
#
#   Looked at: options api-key-rotation and credential-rotation of the applications that
#   have one.
# schemas:
#   - input: schema.stack
# custom:
#   id: security/rotation
#   level: note
#   adr: ["interfaces/adr-002", "apps/adr-002"]
#   needs:
#     - [juju.applications@core, juju.applications@downloads, juju.config@core, juju.config@downloads]
#   subjects: [application]
#   states: [planned, declared]
#   remediation:
#     - juju config -m {model} {name} api-key-rotation=monthly
#   security: "2.0"
package rules.security.rotation

import data.lib.stack

violations contains {
	"subject": app.subject,
	"message": sprintf("%q in model %q never changes its %s (%s=disabled): one that has leaked stays good for ever.", [app.name, app.model, what[option.key], option.key]),
	"at": option.at,
	"state": stack.juju_state(app.declared_mesh.state, app.state),
	"remediation": [sprintf("juju config -m %s %s %s=monthly", [app.model, app.name, option.key])],
} if {
	some app in input.applications
	some option in app.rotation
	option.value == "disabled"
	not app.life in stack.leaving
}

what := {"api-key-rotation": "API key", "credential-rotation": "password"}

undecided contains {
	"subject": app.subject,
	"missing": sprintf("juju.config: option %s of %q in model %q", [option.key, app.name, app.model]),
} if {
	some app in input.applications
	some option in app.rotation
	option.value == ""
	app.declared
}
