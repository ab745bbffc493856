# METADATA
# title: A client looks for its gateway where that gateway is
# description: |
#   A client's pods look up their gateway by name, GATEWAY-endpoints.MODEL.svc. The name
#   comes from the gateway by way of the relation, so it is right as long as the charm
#   keeps it up. After the gateway moved to another model, or after a change by hand, it
#   leads nowhere or to another gateway, and the pods stay down or leave by another exit.
#
#   Looked at: variable gateway in the containers vpn-route-init and vpn-route-sidecar
#   of each client, and the name that its gateway told it, against the gateway that Juju
#   relates it to; where Juju was not read, against the gateways that Kubernetes shows.
#   That the offer between the models exists is relation/offer-resolves.
# schemas:
#   - input: schema.stack
# custom:
#   id: vpn/cross-model-gateway
#   level: error
#   adr: ["networking/adr-005#cross-namespace-communication", "networking/adr-006#cross-model-relations"]
#   needs:
#     - [kube.workloads@downloads, juju.relations@downloads, juju.offers@gateway]
#     - [kube.workloads@downloads, kube.workloads@gateway]
#     - [juju.units@downloads, juju.relations@downloads, juju.offers@gateway]
#   subjects: [application]
#   states: [declared, effective]
#   remediation:
#     - "juju exec -m {model} --unit {name}/leader 'JUJU_DISPATCH_PATH=hooks/update-status ./dispatch'"
#   ways:
#     - id: other-gateway
#       title: It looks for another gateway than it is related to
#     - id: nowhere
#       title: The gateway it looks for is not there
package rules.vpn.cross_model_gateway

import data.lib.mesh
import data.lib.text
import data.lib.vpn

# related are the gateways that Juju relates a client to.
related[client.id] := found if {
	some client in vpn.clients
	found := [link | some link in client.links; link.role == "vpn-gateway"]
	found != []
}

# astray are the names of a client that are none of its gateways'.
astray[client.id] contains host if {
	some client in vpn.clients
	related[client.id]
	some host in client.hosts
	not [host.application, host.namespace] in {[link.gateway, link.model] | some link in related[client.id]}
}

violations contains {
	"subject": client.subject,
	"way": "other-gateway",
	"message": sprintf(
		"%q in model %q is related to VPN gateway %s, and looks for it as %s: its pods do not find their gateway, or leave by another.",
		[client.name, client.model, text.joined({sprintf("%q in model %q", [link.gateway, link.model]) | some link in links}), text.joined({host.value | some host in hosts})],
	),
	"at": [host | some host in hosts][0].at,
	"state": [host | some host in hosts][0].state,
	"evidence": array.concat(
		[{"fact": sprintf("%s: %s", [host.by, host.value]), "at": host.at, "object": ""} | some host in hosts],
		[{"fact": sprintf("relation %s", [link.relation]), "at": link.at, "object": ""} | some link in links],
	),
	"remediation": array.concat(
		[vpn.reconcile(link.model, link.gateway) | some link in links],
		[
			vpn.reconcile(client.model, client.name),
			sprintf("juju remove-relation -m %s %s:vpn-gateway %s  # if that does not help", [client.model, client.name, mesh.place(links[0].saas, links[0].gateway)]),
			sprintf("juju integrate -m %s %s:vpn-gateway %s:vpn-gateway", [client.model, client.name, mesh.place(links[0].saas, links[0].gateway)]),
		],
	),
} if {
	some client in vpn.clients
	hosts := astray[client.id]
	links := related[client.id]
}

violations contains {
	"subject": client.subject,
	"way": "nowhere",
	"message": sprintf(
		"%q in model %q looks for its VPN gateway as %s, and no gateway is there: its pods do not start, or have no way out.",
		[client.name, client.model, host.value],
	),
	"at": host.at,
	"state": host.state,
	"evidence": [{"fact": sprintf("%s: %s", [host.by, host.value]), "at": host.at, "object": ""}],
	"remediation": array.concat(
		[sprintf("juju status -m %s --relations %s  # which gateway is it related to?", [client.model, client.name])],
		[vpn.reconcile(client.model, client.name)],
	),
} if {
	some client in vpn.clients
	not related[client.id]
	some host in client.hosts
	host.found == "no"
}

undecided contains {
	"subject": client.subject,
	"missing": sprintf("kube.workloads: namespace %q, in which %q looks for its VPN gateway (%s)", [host.namespace, client.name, host.value]),
} if {
	some client in vpn.clients
	not related[client.id]
	some host in client.hosts
	host.found == ""
}
