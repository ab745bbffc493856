# METADATA
# title: Each ingress gateway has an address of its own
# description: |
#   A gateway is reached by the address that the cluster's load balancer gives its
#   Service. Without one the charm blocks and makes no route at all: nothing behind
#   that gateway is reachable. Where two share an address, what separates their
#   circles of users is the port alone.
#
#   Looked at: the Service GATEWAY-istio of each ingress gateway: whether it is
#   there, of type LoadBalancer, and has an address that no other has. Before
#   Kubernetes is read, what the gateway's charm says of itself. Whether the address
#   is reached from the network is not looked at.
# schemas:
#   - input: schema.stack
# custom:
#   id: ingress/gateway-has-address
#   level: error
#   adr: ["networking/adr-001#architecture-details"]
#   needs:
#     - [kube.gateways@core, kube.services@core]
#     - [juju.applications@core, kube.services@core]
#   subjects: [application, gateway]
#   states: [declared, effective]
#   remediation:
#     - kubectl -n {namespace} get service {name}-istio
#   ways:
#     - id: no-address
#       title: The load balancer gave it no address
#     - id: no-service
#       title: Istio has not made its Service
#     - id: not-balanced
#       title: Its Service is no LoadBalancer
#     - id: shared-address
#       title: It shares its address with another gateway
package rules.ingress.gateway_has_address

import data.lib.ingress
import data.lib.stack
import data.lib.text

# found are the gateways with the Services that Istio made for them.
found contains {"gateway": gateway, "service": service} if {
	some gateway in ingress.gateways
	name := sprintf("%s-istio", [gateway.name])
	some service in input.services
	service.name == name
	service.namespace == gateway.namespace
}

served := {[pair.gateway.namespace, pair.gateway.name] | some pair in found}

unserved := [gateway | some gateway in ingress.gateways; not [gateway.namespace, gateway.name] in served]

violations contains {
	"subject": pair.gateway.subject,
	"way": "no-address",
	"message": sprintf(
		"Ingress gateway %q in namespace %q has no address: the cluster's load balancer gave Service %q none. Its charm makes no route until it has one, so nothing behind it is reachable.",
		[pair.gateway.name, pair.gateway.namespace, pair.service.name],
	),
	"at": pair.service.at,
	"state": "effective",
	"remediation": enlarge(pair.gateway.namespace, pair.service.name),
} if {
	some pair in found
	pair.service.addresses == []
	pair.service.type == "LoadBalancer"
	pair.service.status_known
}

# What the charm says where its Service was not read.
violations contains {
	"subject": gateway.subject,
	"way": "no-address",
	"message": sprintf(
		"Ingress gateway %q in model %q has no address, its charm says (%s). It makes no route until it has one, so nothing behind it is reachable.",
		[gateway.name, gateway.namespace, trim_suffix(gateway.message, ".")],
	),
	"at": gateway.at,
	"state": "declared",
	"remediation": enlarge(gateway.namespace, sprintf("%s-istio", [gateway.name])),
} if {
	some gateway in unserved
	contains(gateway.message, "unable to obtain an IP")
}

enlarge(namespace, service) := [
	sprintf("kubectl -n %s describe service %s  # its events say why", [namespace, service]),
	"kubectl get services -A -o wide | grep LoadBalancer  # who has the addresses of the pool",
	"kubectl -n metallb-system edit ipaddresspools.metallb.io  # one address for each gateway, where MetalLB hands them out",
]

violations contains {
	"subject": gateway.subject,
	"way": "no-service",
	"message": sprintf(
		"Namespace %q has Gateway %q and no Service %q: Istio's control plane has not taken the Gateway up, and nothing behind it is reachable.",
		[gateway.namespace, gateway.name, sprintf("%s-istio", [gateway.name])],
	),
	"at": gateway.at,
	"state": "effective",
	"remediation": [
		sprintf("kubectl -n %s describe gateways.gateway.networking.k8s.io %s  # its conditions", [gateway.namespace, gateway.name]),
		"kubectl get pods -A -l app=istiod  # does the control plane run?",
	],
} if {
	some gateway in unserved
	some object in input.gateways
	object.name == gateway.name
	object.namespace == gateway.namespace
	gateway.namespace in stack.read["kube.services"]
	not contains(gateway.message, "unable to obtain an IP")
}

violations contains {
	"subject": pair.gateway.subject,
	"way": "not-balanced",
	"message": sprintf(
		"Service %q of ingress gateway %q is of type %s: it has no address of its own outside the cluster, and its charm waits for one.",
		[pair.service.name, pair.gateway.name, pair.service.type],
	),
	"at": pair.service.type_at,
	"state": "effective",
	"remediation": [
		sprintf("kubectl -n %s annotate gateways.gateway.networking.k8s.io %s networking.istio.io/service-type-  # where that is what set it", [pair.gateway.namespace, pair.gateway.name]),
		sprintf("kubectl -n %s delete service %s  # Istio makes it anew, as a LoadBalancer", [pair.gateway.namespace, pair.service.name]),
	],
} if {
	some pair in found
	not pair.service.type in {"", "LoadBalancer"}
}

# held are the addresses with the gateways that have them, addresses each once.
held := {[address, pair.gateway.namespace, pair.gateway.name] |
	some pair in found
	some address in pair.service.addresses
}

addresses := {address | some [address, _, _] in held}

holders(address) := {[namespace, name] | some [other, namespace, name] in held; other == address}

violations contains {
	"subject": pair.gateway.subject,
	"way": "shared-address",
	"level": "warning",
	"message": sprintf(
		"Ingress gateways %s have the same address, %s: only their ports keep their users apart, and a rule for the address in a firewall or in Tailscale is for all of them.",
		[text.listed({name | some [_, name] in sharers}), text.joined(shared)],
	),
	"at": pair.service.at,
	"state": "effective",
	"remediation": [
		"kubectl get services -A -o wide | grep LoadBalancer  # who has the addresses of the pool",
		sprintf("kubectl -n %s annotate service %s metallb.io/allow-shared-ip- metallb.universe.tf/allow-shared-ip-  # where that is what joins them", [pair.gateway.namespace, pair.service.name]),
	],
} if {
	count(held) > count(addresses)
	some pair in found
	shared := {address | some address in pair.service.addresses; count(holders(address)) > 1}
	count(shared) > 0
	sharers := {holder | some address in shared; some holder in holders(address)}
	[pair.gateway.namespace, pair.gateway.name] == max(sharers) # told once
}

undecided contains {
	"subject": pair.gateway.subject,
	"missing": sprintf("kube.services: which address Service %q has (its status was not read)", [pair.service.name]),
} if {
	some pair in found
	pair.service.status_known == false
	pair.service.type == "LoadBalancer"
}

undecided contains {
	"subject": gateway.subject,
	"missing": sprintf("kube.services: the Service of ingress gateway %q in namespace %q", [gateway.name, gateway.namespace]),
} if {
	some gateway in unserved
	stack.read["kube.services"] # of others; where none were read, the rule's needs say so
	not stack.read["kube.services"][gateway.namespace]
}
