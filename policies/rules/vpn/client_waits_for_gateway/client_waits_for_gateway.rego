# METADATA
# title: No download client runs before its VPN gateway has told it how to reach it
# description: |
#   A download client learns from the databag of its vpn-gateway relation where its
#   gateway is. Where the relation is there and the databag is empty, because the
#   gateway is not configured yet, is blocked, or its SAAS is dead, the client's charm
#   takes the route containers and the kill switch away and then starts the client all
#   the same. Juju shows a client behind a gateway, and the client shows this
#   household's address to every peer. It lasts until the gateway publishes.
#
#   Looked at, whichever is there: what the units of the client see in the relation
#   (juju show-unit); and in Kubernetes, a client whose workload has no route
#   containers and of which there are neither settings nor a kill switch, where Juju
#   relates it to a gateway, or where every gateway of the stack still lacks what its
#   charm sets up before it publishes. A client that Kubernetes shows unprotected for another
#   reason is told of by vpn/client-behind-gateway and vpn/no-direct-egress.
# schemas:
#   - input: schema.stack
# custom:
#   id: vpn/client-waits-for-gateway
#   level: error
#   adr: ["networking/adr-003#client-side-requirements", "interfaces/adr-007"]
#   needs:
#     - [juju.units@downloads]
#     - [kube.workloads@downloads]
#   subjects: [application]
#   states: [declared, effective]
#   remediation:
#     - juju scale-application -m {model} {name} 0
#     - juju show-unit -m {model} {name}/0
#   ways:
#     - id: no-data
#       title: Its gateway has told it nothing that it can use
#     - id: unprotected
#       title: It runs without route and kill switch while its gateway is not ready
#     - id: not-connected
#       title: Its gateway says that the tunnel is down
#   disputed: |
#     networking/adr-003 and interfaces/adr-007 want a client to wait until the gateway
#     says vpn_connected; the charms do not look at it. The rule reports a running
#     client whose gateway has published nothing as an error, and a gateway that says
#     it is not connected as a note: its clients are then cut off and not exposed.
#   security: "8.6"
package rules.vpn.client_waits_for_gateway

import data.lib.egress
import data.lib.mesh
import data.lib.stack

violations contains {
	"subject": app.subject,
	"way": "no-data",
	"level": ["error", "warning"][count(kept)],
	"message": sprintf(
		"Download client %q in model %q is related to VPN gateway %q, which has told it nothing that it can use. %s It shows this household's address to every peer while Juju shows the relation.",
		[app.name, app.model, gateway[id].name, ["Its charm then takes route containers and kill switch away and starts it all the same.", "At its next hook its charm takes route containers and kill switch away and lets it run."][count(kept)]],
	),
	"at": sort(bags)[0].at,
	"state": ["declared", "effective"][count({id} & egress.bare)],
	"evidence": array.concat([{"fact": bag.words, "at": bag.at, "object": ""} | some bag in bags], facts[id]),
	"remediation": remedy(app.model, app.name, gateway[id].model, gateway[id].name),
} if {
	some id in egress.silent
	app := stack.application[id]
	bags := {bag | some bag in egress.seen[id]; not bag.usable}
	kept := {sign | some sign in app.egress.signs; sign == "containers"}
}

violations contains {
	"subject": app.subject,
	"way": "unprotected",
	"message": sprintf(
		"Download client %q in model %q runs without route containers, nothing shows a kill switch, and by all that can be seen VPN gateway %q has told it nothing yet: its charm starts it all the same, so that it shows this household's address to every peer.",
		[app.name, app.model, gateway[id].name],
	),
	"at": app.workloads[0].at,
	"state": "effective",
	"evidence": array.concat(facts[id], [{"fact": sprintf("VPN gateway %s is not set up: its workload lacks container gateway-init", [other]), "at": stack.application[other].at, "object": ""} | some other in egress.unready]),
	"remediation": remedy(app.model, app.name, gateway[id].model, gateway[id].name),
} if {
	some id in egress.waiting
	app := stack.application[id]
}

# facts are what Kubernetes shows of a client that runs unprotected.
facts[id] := [{
	"fact": sprintf("%s %s has no container vpn-route-init, and nothing shows a NetworkPolicy %s-vpn-killswitch", [workload.kind, workload.name, app.name]),
	"at": workload.at,
	"object": sprintf("%s %s/%s", [workload.kind, workload.namespace, workload.name]),
} |
	some workload in app.workloads
] if {
	some id in egress.bare
	app := stack.application[id]
}

facts[id] := [] if {
	some id in egress.silent
	not id in egress.bare
}

# gateway is the gateway of a client as far as it is known: by relation, by what its
# units see, or the stack's.
gateway[id] := {"name": name, "model": model} if {
	some id in egress.silent | egress.waiting | egress.told
	links := [[link.gateway, link.model] | some client in input.vpn_clients; client.id == id; some link in client.links]
	bags := [[bag.from, ""] | some bag in egress.seen[id]; bag.from != ""]
	others := [[app.name, app.model] | some app in stack.vpn_gateways]
	[first, home] := array.concat(array.concat(links, bags), array.concat(others, [["gluetun", ""]]))[0]
	name := first
	model := mesh.place(home, "gluetun")
}

remedy(model, name, gateway_model, gateway_name) := [
	sprintf("juju scale-application -m %s %s 0  # until the gateway is active", [model, name]),
	sprintf("juju status -m %s %s --relations  # why is it not active?", [gateway_model, gateway_name]),
	sprintf("juju config -m %s %s  # vpn-provider, wireguard-private-key-secret and cluster-cidrs", [gateway_model, gateway_name]),
	sprintf("juju status -m %s %s --watch 5s  # wait until it says that the VPN is connected", [gateway_model, gateway_name]),
	egress.start(model, name),
]

violations contains {
	"subject": app.subject,
	"way": "not-connected",
	"level": "note",
	"message": sprintf("VPN gateway %q says to download client %q in model %q that its tunnel is down: the client is cut off until it is up, and downloads nothing.", [gateway[id].name, app.name, app.model]),
	"at": bag.at,
	"state": "declared",
	"evidence": [],
	"remediation": [sprintf("juju status -m %s %s", [gateway[id].model, gateway[id].name])],
} if {
	some id, bags in egress.seen
	some bag in bags
	bag.usable
	bag.connected == "no"
	app := stack.application[id]
}
