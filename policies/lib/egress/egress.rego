# METADATA
# title: What leaves past a VPN gateway, and the kill switches against it
# description: |
#   Whether something leaves is decided in Go and stands in the `egress` of each
#   application; nothing here decides it again. What is shared is who is asked, so
#   that a leak is told once: by vpn/no-direct-egress.
# schemas:
#   - input: schema.stack
package lib.egress

import data.lib.stack
import data.lib.vpn

# clients are the download clients that are to go through a VPN gateway, and stay.
clients := [app | some app in stack.download_clients; app.egress.signs[0]; not app.life in leaving]

# others are the other applications that go through one.
others := [app |
	some app in input.applications
	app.egress.signs[0]
	app.role != "download-client"
	not app.life in leaving
]

leaving := {"dying", "dead"}

# idle are the download clients that Juju shows without a gateway and that do not
# run without one: nothing leaves them.
idle := {app.id |
	some app in stack.download_clients
	app.declared
	app.model in stack.relations_read
	not app.id in linked
	not vpn.unsafe[app.id]
}

linked := {link.client.id | some link in vpn.links}

# leaking are the applications of which vpn/no-direct-egress tells that a packet
# leaves them.
leaking := {app.id |
	some app in input.applications
	app.egress.answer == "open"
	not app.life in leaving
	not app.id in idle
}

# seen is what the units of a download client see in its relation to a gateway.
seen[client.id] contains {"usable": [bag.present, bag.problem] == [true, ""], "words": words(bag.unit, bag.present, bag.problem), "at": bag.at, "from": bag.from, "connected": bag.connected} if {
	some client in input.vpn_clients
	client.role == "download-client"
	not client.leaving
	stack.application[client.id].scale != 0
	some bag in client.data
}

words(unit, false, _) := sprintf("unit %s sees an empty databag in its relation to the gateway", [unit])

words(unit, true, problem) := sprintf("unit %s sees a databag that its charm cannot use: %s", [unit, problem])

# silent are those whose gateway has told some unit nothing, told those that some
# unit has what it needs of.
silent := {id | some id, bags in seen; some bag in bags; not bag.usable}

told := {id | some id, bags in seen; some bag in bags; bag.usable}

# bare are the download clients that run, and of which nothing shows a route or a
# kill switch.
bare := {app.id |
	some app in stack.download_clients
	count({sign | some sign in app.egress.signs} & {"containers", "settings", "kill-switch"}) == 0
	not app.life in leaving
	some workload in app.workloads
	workload.replicas != 0
}

# unready are the gateways whose charm has not set them up.
unready := {app.id |
	some app in stack.vpn_gateways
	some workload in app.workloads
	not "gateway-init" in {container.name | some container in workload.init_containers}
}

# waiting are the bare clients whose gateway has told them nothing, as Kubernetes
# shows: Juju relates them to a gateway, or no gateway is ready for any.
waiting contains id if {
	some id in bare
	id in linked
	not id in told | silent
}

waiting contains id if {
	some id in bare
	not stack.application[id].model in stack.relations_read
	not id in told | silent
	stack.vpn_gateways != []
	count(unready) == count(stack.vpn_gateways)
}

# at is where Kubernetes shows an application, or else Juju.
at[app.id] := array.concat(array.concat([x.at | some x in app.workloads], [x.at | some x in app.pods]), [app.at])[0] if some app in input.applications

# kill_switch is the NetworkPolicy of a client that its charm makes.
kill_switch := {policy.kill_switch_of: policy | some policy in input.network_policies; policy.kill_switch_of != ""}

# held are the applications that a policy under any name keeps off the public
# Internet.
held := {id |
	some policy in input.network_policies
	policy.isolates
	count([rule | some rule in policy.egress; rule.public == ""; rule.problem == ""]) == count(policy.egress)
	some id in policy.selects
}

# named are the policies that a packet got past, as vpn/no-direct-egress says.
named := {id: stack.application[id].egress.example.policy | some id in leaking}

# reconcile has a charm lay again what it lays, as it does of itself every few
# minutes.
reconcile(model, name) := sprintf("juju exec -m %s --unit %s/0 -- env JUJU_DISPATCH_PATH=hooks/update-status ./dispatch", [model, name])

# stop keeps a client from sending until it is repaired.
stop(model, name) := sprintf("juju scale-application -m %s %s 0  # until it is repaired", [model, name])

# start lets it run again; its charm then lays route and kill switch.
start(model, name) := sprintf("juju scale-application -m %s %s 1  # its charm lays route and kill switch anew", [model, name])

# called is what a message calls an application.
called("download-client") := "Download client"

called(role) := "Application" if role != "download-client"
