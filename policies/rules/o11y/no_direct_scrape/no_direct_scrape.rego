# METADATA
# title: Telemetry leaves through the collector, not from each application
# description: |
#   The record has one way out of a model for metrics, logs and traces: the
#   collector. An application that is related to an observability stack in another
#   model by itself needs a mesh policy and an offer of its own, and is counted
#   twice once the collector is there.
#
#   Looked at: relations on prometheus_scrape, loki_push_api and tracing that join
#   a service, download client or VPN gateway to something in another model.
# schemas:
#   - input: schema.stack
# custom:
#   id: o11y/no-direct-scrape
#   level: note
#   adr: ["o11y/adr-001"]
#   needs:
#     - [juju.applications, juju.relations]
#   subjects: [relation]
#   states: [planned, declared]
#   remediation:
#     - juju remove-relation -m {model} APPLICATION:ENDPOINT SAAS
package rules.o11y.no_direct_scrape

violations contains {
	"subject": relation.subject,
	"message": sprintf("%q sends telemetry (%s) straight to another model: %q. The records send it through the collector of its own model.", [near.application, relation.interface, relation.name]),
	"at": relation.at,
	"state": relation.state,
	"remediation": [
		sprintf("juju remove-relation -m %s %s", [relation.model, relation.name]),
		sprintf("juju integrate -m %s %s:%s otelcol  # the collector of the model", [near.model, near.application, near.endpoint]),
	],
} if {
	some relation in input.relations
	relation.cross_model
	relation.interface in {"prometheus_scrape", "loki_push_api", "tracing"}
	some near in [relation.provider, relation.requirer]
	near.role in {"media-manager", "indexer", "challenge-solver", "requester", "media-server", "download-client", "vpn-gateway", "storage"}
}
