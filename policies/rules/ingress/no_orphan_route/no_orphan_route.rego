# METADATA
# title: Every route has a gateway, a Service and a relation behind it
# description: |
#   The gateway's charm makes routes for the applications related to it and takes
#   them away again. A route that is left over, or made by hand, serves an
#   application that Juju says is not reachable there, or sends its visitors
#   nowhere.
#
#   Looked at: for each route in the models' namespaces, whether the Gateways that it
#   names exist, whether the Services that it leads to exist, and whether Juju has a
#   relation between the application behind it and that gateway. A relation without
#   a route is told of by topology/no-drift. Routes that belong to no application of
#   Juju's are not missed a relation.
# schemas:
#   - input: schema.stack
# custom:
#   id: ingress/no-orphan-route
#   level: warning
#   adr: ["networking/adr-001#architecture-details"]
#   needs:
#     - [kube.routes@core, kube.gateways@core, kube.services@core, juju.relations@core, kube.routes@downloads, kube.services@downloads, juju.relations@downloads]
#   subjects: [grpcroute, httproute, tcproute, tlsroute, udproute]
#   states: [effective]
#   remediation:
#     - kubectl -n {namespace} delete httproutes.gateway.networking.k8s.io {name}
#   ways:
#     - id: no-gateway
#       title: The Gateway that it names does not exist
#     - id: no-service
#       title: The Service that it leads to does not exist
#     - id: no-relation
#       title: No relation accounts for it
package rules.ingress.no_orphan_route

import data.lib.ingress
import data.lib.stack
import data.lib.text

# gateways and services are those that exist of the ones that routes name.
gateways := {[parent.namespace, parent.name] |
	some parent in parents
	some gateway in input.gateways
	gateway.name == parent.name
	gateway.namespace == parent.namespace
}

parents contains {"namespace": parent.namespace, "name": parent.name} if {
	some route in input.routes
	some parent in route.parents
}

services := {[service.namespace, service.name] | some service in ingress.named}

# lost are the Gateways that routes name and that do not exist: one finding each.
lost[[parent.namespace, parent.name]] contains [route.namespace, route.name, route.kind, parent.at, route.subject] if {
	some route in input.routes
	some parent in route.parents
	not [parent.namespace, parent.name] in gateways
	parent.namespace in stack.read["kube.gateways"]
}

violations contains {
	"subject": routes[0].subject,
	"way": "no-gateway",
	"message": sprintf(
		"No Gateway %q exists in namespace %q, and it is the one of %s: nothing reaches what is behind.",
		[gateway[1], gateway[0], text.joined([sprintf("%s %q", [route.kind, route.name]) | some route in routes])],
	),
	"at": routes[0].at,
	"state": "effective",
	"evidence": [{"fact": sprintf("%s %s", [route.kind, route.name]), "at": route.at, "object": sprintf("%s %s/%s", [route.kind, route.namespace, route.name])} | some route in routes],
	"remediation": array.concat(
		[sprintf("juju status -m %s %s  # is the gateway to be there? its charm makes the Gateway", [gateway[0], gateway[1]])],
		[sprintf("kubectl -n %s delete %ss.gateway.networking.k8s.io %s", [route.namespace, lower(route.kind), route.name]) | some route in routes],
	),
} if {
	some gateway, found in lost
	routes := [{"namespace": namespace, "name": name, "kind": kind, "at": at, "subject": subject} | some [namespace, name, kind, at, subject] in found]
}

violations contains {
	"subject": route.subject,
	"way": "no-service",
	"message": sprintf(
		"%s %q in namespace %q leads to Service %s, which does not exist: its visitors get an error.",
		[route.kind, route.name, route.namespace, text.listed([backend.name | some backend in gone])],
	),
	"at": gone[0].at,
	"state": route.state,
	"remediation": [
		sprintf("kubectl -n %s get services", [gone[0].namespace]),
		sprintf("kubectl -n %s delete %ss.gateway.networking.k8s.io %s", [route.namespace, lower(route.kind), route.name]),
	],
} if {
	some route in input.routes
	gone := [backend |
		some backend in route.backends
		not [backend.namespace, backend.name] in services
		backend.namespace in stack.read["kube.services"]
	]
	gone != []
}

violations contains {
	"subject": route.subject,
	"way": "no-relation",
	"message": sprintf(
		"%s %q in namespace %q leads to %q through gateway %q, and Juju has no relation between the two: it was made by hand or left over, and outlives whatever Juju says.",
		[route.kind, route.name, route.namespace, app.name, parent.name],
	),
	"at": parent.at,
	"state": route.state,
	"remediation": [
		sprintf("juju integrate -m %s %s:istio-ingress-route %s:istio-ingress-route  # where it is meant", [app.model, app.name, parent.name]),
		sprintf("kubectl -n %s delete %ss.gateway.networking.k8s.io %s  # where it is not", [route.namespace, lower(route.kind), route.name]),
	],
} if {
	some route in input.routes
	some backend in route.backends
	some id in ingress.behind[[backend.namespace, backend.name]]
	some parent in route.parents
	not [id, parent.namespace, parent.name] in related
	not id in unclear
	app := stack.application[id]
	app.declared
	app.role != "vpn-gateway" # no route may lead there: ingress/no-side-door
	not app.life in stack.leaving
	not lost[[parent.namespace, parent.name]]
	app.model in stack.relations_read
	parent.namespace in stack.relations_read
}

# related are the applications with the gateways that they have a relation to;
# unclear those of which a gateway is behind an offer that was not read.
related := {[app.id, attachment.gateway_model, attachment.gateway] |
	some app in input.applications
	some attachment in app.attachments
	attachment.via == "relation"
}

unclear := {id | some [id, "", _] in related}
