# METADATA
# title: What can tell of itself is wired to the telemetry collector
# description: |
#   Where a collector stands beside Charmarr, its dashboards and alerts read what
#   the applications send to it. One that is not wired is missing from them, and
#   its silence looks like health.
#
#   Looked at: applications with endpoints metrics-endpoint, logging and
#   charm-tracing in a model that holds an OpenTelemetry collector, and their
#   relations to it. Without a collector the rule is silent.
# schemas:
#   - input: schema.stack
# custom:
#   id: o11y/wired
#   level: note
#   adr: ["o11y/adr-001"]
#   needs:
#     - [juju.applications, juju.relations]
#   subjects: [application]
#   states: [planned, declared]
#   remediation:
#     - juju integrate -m {model} {name}:metrics-endpoint otelcol:metrics-endpoint
package rules.o11y.wired

import data.lib.stack

# collectors has the collector of each model, of several the first.
collectors[model] := app if {
	some app in input.applications
	app.role == "telemetry-collector"
	model := app.model
	app.id == min([other.id | some other in input.applications; other.role == "telemetry-collector"; other.model == model])
}

# wanted has, by interface, what goes over it and the endpoints at either end.
wanted := {
	"prometheus_scrape": ["metrics", "metrics-endpoint", "metrics-endpoint"],
	"loki_push_api": ["logs", "logging", "receive-loki-logs"],
	"tracing": ["traces", "charm-tracing", "receive-traces"],
}

# wires are what joins an application to the collector of its model.
wires[near.id] contains relation.interface if {
	some relation in input.relations
	some [near, far] in [[relation.provider, relation.requirer], [relation.requirer, relation.provider]]
	far.role == "telemetry-collector"
}

violations contains {
	"subject": app.subject,
	"message": sprintf("%q in model %q sends no %s to %q: it is missing from dashboards and alerts.", [app.name, app.model, concat(" and no ", [wanted[interface][0] | some interface in lacking]), collector.name]),
	"at": app.declared_at,
	"state": stack.juju_state(app.declared_mesh.state, app.state),
	"remediation": [sprintf("juju integrate -m %s %s:%s %s:%s", [app.model, app.name, wanted[interface][1], collector.name, wanted[interface][2]]) |
		some interface in lacking
	],
} if {
	collectors != {}
	some app in input.applications
	app.declared
	app.group in {"content", "download", "vpn"}
	collector := collectors[app.model]
	lacking := sort([interface | some interface in app.telemetry; not interface in object.get(wires, app.id, set())])
	lacking != []
}
