# METADATA
# title: Every download client goes through a VPN gateway, and stops without one
# description: |
#   A download client that is not behind the gateway shows its household's address
#   to every peer. The charm prevents that in two ways: related to a gateway, it
#   routes its pods through it; with unsafe-mode=false it does not start without
#   one. Either may be lacking, and Juju may show a relation that never reached the
#   pods.
#
#   Looked at: the relation of each download client on interface vpn-gateway and
#   its option unsafe-mode, and, in Kubernetes, the containers vpn-route-init and
#   vpn-route-sidecar of its workload. A client is judged by whichever was read,
#   and by both where both were. A client related to a charm that nobody calls a
#   VPN gateway is undecided. Whether the tunnel is up is not looked at. Where
#   Kubernetes shows that packets do get out, vpn/no-direct-egress tells of it, and
#   where one of the two containers is there, vpn/client-containers; one whose
#   gateway has told it nothing is left to vpn/client-waits-for-gateway.
# schemas:
#   - input: schema.stack
# custom:
#   id: vpn/client-behind-gateway
#   level: error
#   adr: ["networking/adr-003#what-gets-patched-consumer-side", "networking/adr-006#model-2", "interfaces/adr-007"]
#   needs:
#     - [juju.applications@downloads, juju.relations@downloads, juju.config@downloads]
#     - [kube.workloads@downloads]
#   subjects: [application]
#   states: [planned, declared, effective]
#   remediation:
#     - juju config -m {model} {name} unsafe-mode=false
#     - juju integrate -m {model} {name}:vpn-gateway gluetun:vpn-gateway
#   ways:
#     - id: no-gateway-unsafe
#       title: It has no gateway and runs all the same
#     - id: no-gateway
#       title: It has no gateway
#     - id: unsafe-with-gateway
#       title: It would run without its gateway
#     - id: gateway-unresolved
#       title: Its gateway is consumed through an offer that does not exist
#     - id: not-effective
#       title: It is related to a gateway, and its pods are not routed through it
#   security: "8.6"
package rules.vpn.client_behind_gateway

import data.lib.egress
import data.lib.mesh
import data.lib.stack
import data.lib.text
import data.lib.vpn

# links holds a client's relations to gateways.
links := {app.id: found |
	some app in stack.download_clients
	found := [{
		"gateway": link.gateway.application,
		"id": link.gateway.id,
		"role": link.gateway.role,
		"charm": link.gateway.charm,
		"saas": link.gateway.saas,
		"resolved": link.relation.resolved,
		"name": link.relation.name,
		"at": link.relation.at,
		"state": link.relation.state,
	} |
		some link in vpn.links
		link.client.id == app.id
	]
	found != []
}

# told are the clients whose relations were read.
told := {app.id |
	some app in stack.download_clients
	app.declared
	app.model in stack.relations_read
}

# bare are the clients known to have no gateway, with where that holds.
bare[app.id] := state if {
	some app in stack.download_clients
	app.id in told
	not links[app.id]
	state := bare_state(app.id in vpn.unrouted, app.declared_mesh.state, app.state)
}

bare[app.id] := "effective" if {
	some app in stack.download_clients
	not app.id in told
	app.id in unrouted
}

# unrouted are the clients that Kubernetes shows without any route container, where
# no other rule tells what follows.
unrouted := {app.id |
	some app in stack.download_clients
	app.id in vpn.unrouted
	not "containers" in app.egress.signs
	not app.id in (egress.leaking | egress.waiting) | egress.silent
}

bare_state(true, _, _) := "effective"

bare_state(false, predicted, state) := stack.juju_state(predicted, state)

violations contains {
	"subject": app.subject,
	"way": "no-gateway-unsafe",
	"message": sprintf(
		"Download client %q in model %q has no VPN gateway and runs without one (unsafe-mode=true): it shows this household's address to every peer.",
		[app.name, app.model],
	),
	"at": places[0],
	"state": state,
	"evidence": array.concat(
		[{"fact": sprintf("option unsafe-mode=true of %s", [app.name]), "at": at, "object": ""} | some at in places],
		facts(app.id),
	),
	"remediation": array.concat([sprintf("juju config -m %s %s unsafe-mode=false", [app.model, app.name])], relate(app.model, app.name)),
} if {
	some id, state in bare
	app := stack.application[id]
	places := vpn.unsafe[id]
}

violations contains {
	"subject": app.subject,
	"way": "no-gateway",
	"message": sprintf("Download client %q in model %q has no VPN gateway: %s.", [app.name, app.model, consequence(app.declared, app.config_known, app.egress.policies)]),
	"at": app.at,
	"state": state,
	"evidence": facts(app.id),
	"remediation": relate(app.model, app.name),
} if {
	some id, state in bare
	app := stack.application[id]
	not vpn.unsafe[id]
}

consequence(true, true, _) := "it stays blocked and downloads nothing (unsafe-mode=false)"

consequence(true, false, _) := "it stays blocked, or shows this household's address to every peer if unsafe-mode=true (its options were not read)"

consequence(false, _, "blocked") := "its pods lack the containers vpn-route-init and vpn-route-sidecar, and its kill switch lets nothing past, so it downloads nothing"

consequence(false, _, policies) := "its pods lack the containers vpn-route-init and vpn-route-sidecar, so what it sends leaves by this household's own address" if policies != "blocked"

violations contains {
	"subject": app.subject,
	"way": "unsafe-with-gateway",
	"level": "warning",
	"message": sprintf(
		"Download client %q in model %q would run without its VPN gateway (unsafe-mode=true): once the relation is lost it shows this household's address to every peer.",
		[app.name, app.model],
	),
	"at": places[0],
	"state": stack.juju_state(app.declared_mesh.state, app.state),
	"evidence": array.concat(
		[{"fact": sprintf("option unsafe-mode=true of %s", [app.name]), "at": at, "object": ""} | some at in places],
		[{"fact": sprintf("relation %s", [link.name]), "at": link.at, "object": ""} | some link in links[id]],
	),
	"remediation": [sprintf("juju config -m %s %s unsafe-mode=false", [app.model, app.name])],
} if {
	some id in told
	links[id]
	app := stack.application[id]
	places := vpn.unsafe[id]
}

violations contains {
	"subject": app.subject,
	"way": "gateway-unresolved",
	"message": sprintf(
		"Download client %q in model %q is related to VPN gateway %s, which nobody offers: Juju shows the relation, and no traffic is protected by it.",
		[app.name, app.model, text.listed([link.saas | some link in unresolved])],
	),
	"at": unresolved[0].at,
	"state": unresolved[0].state,
	"evidence": [{"fact": sprintf("relation %s", [link.name]), "at": link.at, "object": ""} | some link in unresolved],
	"remediation": array.concat(
		array.concat(
			[sprintf("juju scale-application -m %s %s 0  # until it has a gateway", [app.model, app.name])],
			[sprintf("juju remove-saas -m %s %s", [app.model, link.saas]) | some link in unresolved; link.saas != ""],
		),
		relate(app.model, app.name),
	),
} if {
	some id in told
	app := stack.application[id]
	unresolved := [link | some link in links[id]; link.resolved == "no"]
	count(unresolved) == count(links[id])
}

undecided contains {
	"subject": app.subject,
	"missing": sprintf("juju.offers: the model behind %s, through which %q has its VPN gateway, was not read", [text.listed([link.saas | some link in unread]), app.name]),
} if {
	some id in told
	not id in vpn.routed
	app := stack.application[id]
	unread := [link | some link in links[id]; link.resolved == ""]
	count(unread) == count(links[id])
}

# What it is related to is known, and nothing says that it is a VPN gateway.
undecided contains {
	"subject": app.subject,
	"missing": sprintf("juju.applications: whether %s, through which %q has its VPN gateway, is one; if so, name its charm under roles in the profile", [text.joined([sprintf("%q (charm %q)", [link.gateway, link.charm]) | some link in others]), app.name]),
} if {
	some id in told
	app := stack.application[id]
	others := [link | some link in links[id]; link.id != ""; link.role != "vpn-gateway"]
	count(others) == count(links[id])
}

# The relation never reached the pods.
violations contains {
	"subject": app.subject,
	"way": "not-effective",
	"message": sprintf(
		"Download client %q in model %q is related to VPN gateway %s, and %s lacks the containers that route its traffic there: it %s.",
		[app.name, app.model, text.listed([link.gateway | some link in links[id]]), concat(", ", [sprintf("%s %s", [workload.kind, workload.name]) | some workload in lacking]), effect(app.egress.policies)],
	),
	"at": lacking[0].at,
	"state": "effective",
	"evidence": array.concat(
		[{"fact": sprintf("relation %s", [link.name]), "at": link.at, "object": ""} | some link in links[id]],
		facts(id),
	),
	"remediation": [
		sprintf("juju scale-application -m %s %s 0  # until it is repaired", [app.model, app.name]),
		sprintf("juju status -m %s --relations %s  # is the gateway active, and its relation joined?", [app.model, app.name]),
		sprintf("juju remove-relation -m %s %s:vpn-gateway %s", [app.model, app.name, peers[0]]),
		sprintf("juju integrate -m %s %s:vpn-gateway %s:vpn-gateway", [app.model, app.name, peers[0]]),
	],
} if {
	some id in told
	id in unrouted
	app := stack.application[id]
	lacking := [workload |
		some workload in app.workloads
		not [workload.kind, workload.namespace, workload.name] in vpn.workload_routed
	]
	peers := [mesh.place(link.saas, link.gateway) | some link in links[id]]
	peers != []
}

effect("blocked") := "downloads nothing, since its kill switch lets nothing past"

effect(policies) := "shows this household's address to every peer" if policies != "blocked"

# facts are the workloads of a client that are not routed.
facts(id) := [{
	"fact": sprintf("%s %s lacks the containers vpn-route-init and vpn-route-sidecar", [workload.kind, workload.name]),
	"at": workload.at,
	"object": sprintf("%s %s/%s", [workload.kind, workload.namespace, workload.name]),
} |
	some workload in stack.application[id].workloads
	not [workload.kind, workload.namespace, workload.name] in vpn.workload_routed
]

# relate gives the commands that put a client behind the stack's gateway, or the
# one to make: across models where the two stand in different ones.
relate(model, name) := array.concat(
	gateway_first(model),
	[sprintf("juju integrate -m %s %s:vpn-gateway %s:vpn-gateway", [model, name, gateway.name])],
) if {
	home(model) == model
}

relate(model, name) := array.concat(gateway_first(model), [
	sprintf("juju offer %s.%s:vpn-gateway", [gateway.model, gateway.name]),
	sprintf("juju consume -m %s %s.%s", [model, stack.path(gateway.model), gateway.name]),
	sprintf("juju integrate -m %s %s:vpn-gateway %s:vpn-gateway", [model, name, gateway.name]),
]) if {
	home(model) != model
}

# home is the model of the gateway for a client of a model: where there is none
# yet, one of its own, or under a single model the client's.
home(_) := gateway.model if stack.vpn_gateways != []

home(model) := model if {
	stack.vpn_gateways == []
	not stack.three_models
}

home(_) := gateway.model if {
	stack.vpn_gateways == []
	stack.three_models
}

# gateway_first makes the gateway where no source shows one.
gateway_first(_) := [] if stack.vpn_gateways != []

gateway_first(model) := [sprintf("juju deploy -m %s gluetun-k8s %s --trust  # where there is none yet", [model, gateway.name])] if {
	stack.vpn_gateways == []
	not stack.three_models
}

gateway_first(_) := [
	sprintf("juju add-model %s  # where there is none yet", [gateway.model]),
	sprintf("juju deploy -m %s gluetun-k8s %s --trust", [gateway.model, gateway.name]),
] if {
	stack.vpn_gateways == []
	stack.three_models
}

default gateway := {"model": "gluetun", "name": "gluetun"}

gateway := {"model": first.model, "name": first.name} if first := stack.vpn_gateways[0]
