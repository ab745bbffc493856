# METADATA
# title: The tunnel is up, and it is a tunnel
# description: |
#   While the gateway has no tunnel its clients have no way out: downloads stand still,
#   and what has no kill switch may go around it. A gateway that is connected and shows
#   an address of this household is no VPN at all.
#
#   Looked at: the status that each VPN gateway gives itself, "VPN connected (address)",
#   and where that was not read, what it told its clients. The address is compared with
#   the networks in parameter home, where it is set (`parameters: {home:
#   [203.0.113.0/24]}`). A gateway that is blocked or in error is ops/status-healthy.
#   Whether traffic really goes through is not seen.
# schemas:
#   - input: schema.stack
# custom:
#   id: vpn/gateway-status
#   level: error
#   adr: ["apps/adr-006"]
#   needs:
#     - [juju.applications@gateway, juju.status@gateway]
#     - [juju.applications@gateway, juju.units@downloads, juju.relations@downloads]
#   subjects: [application]
#   states: [declared]
#   remediation:
#     - juju status -m {model} {name}
#   ways:
#     - id: not-connected
#       title: It says that it is not connected
#     - id: home-address
#       title: It leaves by an address of this household
#   security: "5.3"
package rules.vpn.gateway_status

import data.lib.stack
import data.lib.vpn

status := {app.id: {"status": app.status, "message": app.message, "at": app.declared_at} |
	some app in stack.vpn_gateways
	app.status != ""
}

# told are the tunnels as gateways describe them to their clients.
told[id] contains {"connected": bag.connected, "address": bag.exit_address, "unit": bag.unit, "at": bag.at} if {
	some client in vpn.clients
	some id in client.gateways
	some bag in client.data
	bag.present
	bag.problem == ""
}

# down says why a gateway is held to have no tunnel.
down[gateway.id] := {"fact": sprintf("its status is %s: %s", [said.status, said.message]), "at": said.at} if {
	some gateway in vpn.gateways
	said := status[gateway.id]
	said.status in {"waiting", "maintenance"}
}

down[gateway.id] := {"fact": sprintf("it told unit %s so", [unconnected[0].unit]), "at": unconnected[0].at} if {
	some gateway in vpn.gateways
	not status[gateway.id]
	unconnected := [bag | some bag in told[gateway.id]; bag.connected == "no"]
}

violations contains {
	"subject": gateway.subject,
	"way": "not-connected",
	"level": "warning",
	"message": sprintf("VPN gateway %q in model %q has no tunnel (%s): what goes through it has no way out.", [gateway.name, gateway.model, why.fact]),
	"at": why.at,
	"state": "declared",
	"remediation": [
		sprintf("juju status -m %s %s", [gateway.model, gateway.name]),
		sprintf("kubectl -n %s logs statefulset/%s -c gluetun --tail 50", [gateway.namespace, gateway.name]),
	],
} if {
	some gateway in vpn.gateways
	why := down[gateway.id]
}

# exits are the addresses by which a gateway says it leaves.
exits[gateway.id] contains {"address": address, "at": said.at} if {
	some gateway in vpn.gateways
	said := status[gateway.id]
	said.status == "active"
	startswith(said.message, "VPN connected")
	some address in regex.find_n(`[0-9]+(?:\.[0-9]+){3}|[0-9a-fA-F]*(?::[0-9a-fA-F]*){2,7}`, said.message, -1)
}

exits[gateway.id] contains {"address": bag.address, "at": bag.at} if {
	some gateway in vpn.gateways
	some bag in told[gateway.id]
	bag.address != ""
}

violations contains {
	"subject": gateway.subject,
	"way": "home-address",
	"message": sprintf("VPN gateway %q in model %q says that it is connected and leaves by %s, which is in %s: that is this household's own address.", [gateway.name, gateway.model, exit.address, network]),
	"at": exit.at,
	"state": "declared",
	"remediation": [
		sprintf("juju scale-application -m %s %s 0  # until it is mended", [gateway.model, gateway.name]),
		sprintf("juju config -m %s %s", [gateway.model, gateway.name]),
	],
} if {
	some gateway in vpn.gateways
	some exit in exits[gateway.id]
	some network in data.parameters["vpn/gateway-status"].home
	net.cidr_contains(network, exit.address)
}

undecided contains {
	"subject": gateway.subject,
	"missing": sprintf("juju.status: whether %q has a tunnel", [gateway.name]),
} if {
	some gateway in vpn.gateways
	not decided(gateway.id)
}

decided(id) if status[id].status in {"active", "waiting", "maintenance", "blocked", "error"}

decided(id) if {
	not status[id]
	told[id]
}
