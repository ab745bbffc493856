# METADATA
# title: Who goes through which VPN gateway
# schemas:
#   - input: schema.stack
package lib.vpn

import data.lib.stack

# links are the relations on interface vpn-gateway, the client's end and the
# gateway's told apart: by the sides of the relation, else by the role of the
# one end that is a gateway.
# A set and no array.concat: its result has no type, and OPA would check nothing
# that is read from it.
links contains {"client": relation.requirer, "gateway": relation.provider, "relation": relation} if {
	some relation in relations
	relation.sides_known
}

links contains {"client": relation.requirer, "gateway": relation.provider, "relation": relation} if {
	some relation in relations
	not relation.sides_known
	relation.requirer.role != "vpn-gateway"
}

links contains {"client": relation.provider, "gateway": relation.requirer, "relation": relation} if {
	some relation in relations
	not relation.sides_known
	relation.requirer.role == "vpn-gateway"
}

relations := [relation | some relation in input.relations; relation.interface == "vpn-gateway"]

# routed and unrouted are the download clients that Kubernetes shows, by whether
# every workload of theirs has the containers that send its traffic through a
# VPN gateway.
unrouted := {app.id |
	some app in stack.download_clients
	some workload in app.workloads
	not [workload.kind, workload.namespace, workload.name] in workload_routed
}

routed := {app.id |
	some app in stack.download_clients
	app.workloads != []
	not app.id in unrouted
}

# workload_routed has both containers: the one that lays the route and the one
# that keeps it.
workload_routed := {[workload.kind, workload.namespace, workload.name] |
	some app in stack.download_clients
	some workload in app.workloads
	some init in workload.init_containers
	init.name == "vpn-route-init"
	some container in workload.containers
	container.name == "vpn-route-sidecar"
}

# unsafe are the download clients that may run without a gateway, with the places
# of the option.
unsafe := {app.id: places |
	some app in stack.download_clients
	places := [option.at |
		some option in app.config
		option.key == "unsafe-mode"
		lower(option.value) == "true"
	]
	places != []
}

# gateways are those that Juju is not removing, and options what is set of the
# options of each.
gateways := [gateway | some gateway in input.vpn_gateways; gateway.leaving == false]

gateway_of := {gateway.id: gateway | some gateway in gateways}

options := {app.id: {option.key: option.value | some option in app.config} | some app in stack.vpn_gateways}

option_at := {app.id: {option.key: option.at | some option in app.config} | some app in stack.vpn_gateways}

# clients are the applications that go through a gateway and stay.
clients := [client | some client in input.vpn_clients; client.leaving == false]

# configmaps_read are the models whose ConfigMaps were read.
configmaps_read := object.get(stack.read, "kube.configmaps", set())

# reconcile has an application's charm write its settings again.
reconcile(model, name) := sprintf("juju exec -m %s --unit %s/leader 'JUJU_DISPATCH_PATH=hooks/update-status ./dispatch'", [model, name])

# sample are networks to show where those of the cluster are not known.
sample := ["10.1.0.0/16", "10.152.183.0/24", "192.168.1.0/24"]

# set_networks sets the networks that a gateway should keep out of the tunnel, as
# far as they are known.
set_networks(model, name, suggested) := [sprintf("juju config -m %s %s cluster-cidrs=%s  # or as your cluster cuts them", [model, name, concat(",", suggested)])] if suggested != []

set_networks(model, name, []) := [
	"kubectl get nodes,pods,services -A -o wide  # which networks your cluster uses",
	sprintf("juju config -m %s %s cluster-cidrs=%s  # with yours: pods, Services, nodes", [model, name, concat(",", sample)]),
]

# edited are the commands that show an option of a gateway and set it again, for
# values that cannot be given here.
edited(model, name, key, why) := [
	sprintf("juju config -m %s %s %s  # shows it", [model, name, key]),
	sprintf("juju config -m %s %s %s='…'  # %s", [model, name, key, why]),
]
