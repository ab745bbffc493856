# METADATA
# title: A gateway that lets in strangers speaks TLS
# description: |
#   A gateway that takes traffic from any address and has no certificate gives
#   passwords and session cookies to whoever listens on the way. In the home network,
#   or through Tailscale, which encrypts by itself, that may be accepted; from
#   elsewhere it may not.
#
#   Looked at: of each ingress gateway that lets in more than its owner's addresses,
#   whether it is related to a provider of certificates, has a listener with TLS, or
#   stands behind another gateway. One for administrators is to let in nobody else,
#   which is the matter of ingress/admin-restricted. Whether a certificate is valid
#   is not looked at.
# schemas:
#   - input: schema.stack
# custom:
#   id: ingress/gateway-tls
#   level: note
#   adr: ["networking/adr-001#consequences"]
#   needs:
#     - [juju.applications@core, juju.relations@core, juju.config@core]
#     - [kube.gateways@core, kube.authorizationpolicies@core]
#   subjects: [model]
#   states: [planned, declared, effective]
#   remediation:
#     - juju integrate -m {model} arr-gateway:certificates self-signed-certificates:certificates
#   disputed: |
#     The record leaves certificates to whoever needs them, and Charmarr's Terraform
#     relates none. The rule is a note, one for all gateways of a model, and silent
#     about a gateway that takes traffic from a known network alone.
package rules.ingress.gateway_tls

import data.lib.ingress
import data.lib.text

# secured are the gateways with TLS, or with another gateway before them.
secured contains [relation.requirer.model, relation.requirer.application] if {
	some relation in input.relations
	relation.interface == "tls-certificates"
}

secured contains [relation.requirer.model, relation.requirer.application] if {
	some relation in input.relations
	relation.requirer.endpoint == "upstream-ingress"
}

secured contains [gateway.namespace, gateway.name] if {
	some gateway in input.gateways
	some listener in gateway.listeners
	listener.protocol in {"HTTPS", "TLS"}
}

# plain are the gateways of a model that lack it, by name.
plain[gateway.namespace][gateway.name] := {"at": gateway.at, "state": state} if {
	some gateway in ingress.gateways
	gateway.class != "admin"
	state := ingress.opened[[gateway.namespace, gateway.name]]
	not [gateway.namespace, gateway.name] in secured
}

violations contains {
	"subject": model.subject,
	"message": sprintf(
		"%s in model %q %s traffic from any address, and without TLS: whoever listens on the way reads passwords.",
		[text.listed(object.keys(gateways)), model.name, takes(count(gateways))],
	),
	"at": first.at,
	"state": first.state,
	"evidence": [{"fact": sprintf("gateway %s has no certificate", [name]), "at": gateway.at, "object": ""} | some name, gateway in gateways],
	"remediation": array.concat(
		[sprintf("juju config -m %s %s external-traffic-policy-cidrs=192.168.1.0/24  # where the home network is enough", [model.name, name]) | some name, _ in gateways],
		array.concat(
			[sprintf("juju deploy -m %s self-signed-certificates  # else; or another provider of certificates", [model.name])],
			[sprintf("juju integrate -m %s %s:certificates self-signed-certificates:certificates", [model.name, name]) | some name, _ in gateways],
		),
	),
} if {
	some namespace, gateways in plain
	some model in input.models
	model.name == namespace
	first := [gateway | some gateway in gateways][0]
}

takes(1) := "takes"

takes(n) := "take" if n > 1

undecided contains {
	"subject": gateway.subject,
	"missing": sprintf("juju.config@core: option external-traffic-policy-cidrs of gateway %q", [gateway.name]),
} if {
	some gateway in ingress.gateways
	gateway.class != "admin"
	not [gateway.namespace, gateway.name] in ingress.settled
	not [gateway.namespace, gateway.name] in secured
}
