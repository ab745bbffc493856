# METADATA
# title: Nothing but an ingress gateway leads to Charmarr's applications
# description: |
#   The gateways decide who reaches what. A NodePort, a load balancer, an Ingress or
#   a port of the host leads past them: the administration pages of a download
#   client stand open to everyone on the network, or to everyone at all.
#
#   Looked at: Services of type LoadBalancer or NodePort, or with external
#   addresses, that select pods of Charmarr's applications; Ingresses that lead to
#   them; ports of the host that their containers take; applications that Juju
#   exposes; and routes to the VPN gateway. What Tailscale exposes is the matter of
#   ingress/tailscale-exposure, hostNetwork that of vpn/no-host-network, routes of
#   another gateway that of ingress/app-on-its-gateway.
# schemas:
#   - input: schema.stack
# custom:
#   id: ingress/no-side-door
#   level: error
#   admission: deny
#   adr: ["networking/adr-001#decision-outcome"]
#   needs:
#     - [kube.services, kube.workloads, "kube.ingresses?", "kube.routes?"]
#   subjects: [application, grpcroute, httproute, ingress, service, tcproute, tlsroute, udproute]
#   states: [declared, effective]
#   remediation:
#     - kubectl -n {namespace} delete service {name}
#   ways:
#     - id: service
#       title: A Service opens it to the network
#     - id: ingress
#       title: An Ingress leads to it
#     - id: host-port
#       title: It takes a port of the host
#     - id: exposed
#       title: Juju exposes it
#     - id: route-to-vpn-gateway
#       title: A route leads to the VPN gateway
#   security: "7.5"
package rules.ingress.no_side_door

import data.lib.ingress
import data.lib.mesh
import data.lib.stack
import data.lib.text

violations contains {
	"subject": service.subject,
	"way": "service",
	"message": sprintf(
		"Service %q in namespace %q (%s) leads straight to %s, past every ingress gateway: whoever reaches its address reaches what it serves.",
		[service.name, service.namespace, how(service.type, service.external_ips), text.listed(names(led))],
	),
	"at": mesh.place(service.type_at, service.at),
	"state": service.state,
	"remediation": close(service.application, service.namespace, service.name),
} if {
	some service in input.services
	opens(service.type, service.external_ips)
	service.balancer_class != "tailscale"
	led := {id | some id in service.selects; id in ingress.guarded}
	count(led) > 0
}

opens(type, _) if type in {"LoadBalancer", "NodePort"}

opens(_, addresses) if addresses != []

how(type, []) := sprintf("type %s", [type])

how(_, addresses) := sprintf("external addresses %s", [concat(", ", addresses)]) if addresses != []

names(ids) := {stack.application[id].name | some id in ids}

# close takes a Service of somebody's own away, and makes Juju's own what it was.
close("", namespace, name) := [sprintf("kubectl -n %s delete service %s", [namespace, name])]

close(application, namespace, name) := [sprintf("kubectl -n %s patch service %s --type=merge -p '{\"spec\":{\"type\":\"ClusterIP\",\"externalIPs\":null}}'", [namespace, name])] if {
	application != ""
}

violations contains {
	"subject": found.subject,
	"way": "ingress",
	"message": sprintf(
		"Ingress %q in namespace %q leads straight to %s, past every ingress gateway of Charmarr's.",
		[found.name, found.namespace, text.listed(names(led))],
	),
	"at": found.backends[0].at,
	"state": found.state,
	"remediation": array.concat(
		[sprintf("juju unexpose -m %s %s  # where Juju made it", [stack.application[id].model, stack.application[id].name]) | some id in led; stack.application[id].exposed == "yes"],
		[sprintf("kubectl -n %s delete ingress %s", [found.namespace, found.name])],
	),
} if {
	some found in input.ingresses
	found.class != "tailscale"
	led := leads[[found.namespace, found.name]]
}

# leads are the guarded applications behind each Ingress.
leads[[found.namespace, found.name]] contains id if {
	some found in input.ingresses
	some backend in found.backends
	some id in ingress.behind[[backend.namespace, backend.name]]
	id in ingress.guarded
}

violations contains {
	"subject": app.subject,
	"way": "host-port",
	"message": sprintf(
		"%q in namespace %q takes %s of each node it runs on: whoever reaches the node reaches it, past every ingress gateway.",
		[app.name, app.namespace, text.joined({sprintf("port %d", [port]) | some [port, _, _, _] in ports})],
	),
	"at": [at | some [_, _, _, at] in ports][0],
	"state": "effective",
	"evidence": [{"fact": sprintf("container %s takes port %d of the node", [container, port]), "at": at, "object": object} | some [port, object, container, at] in ports],
	"remediation": [
		sprintf("kubectl -n %s get statefulset %s -o yaml  # which container has a hostPort, and who set it", [app.namespace, app.name]),
		sprintf("kubectl -n %s rollout undo statefulset %s  # where it was the last change", [app.namespace, app.name]),
	],
} if {
	some id, ports in host_ports
	app := stack.application[id]
}

host_ports[app.id] contains [port, object, container.name, container.at] if {
	some app in input.applications
	app.id in ingress.guarded
	some workload in app.workloads
	object := sprintf("%s %s/%s", [workload.kind, workload.namespace, workload.name])
	some container in workload.containers
	some port in container.host_ports
}

host_ports[app.id] contains [port, object, container.name, container.at] if {
	some app in input.applications
	app.id in ingress.guarded
	app.workloads == []
	some pod in app.pods
	object := sprintf("Pod %s/%s", [pod.namespace, pod.name])
	some container in pod.containers
	some port in container.host_ports
}

violations contains {
	"subject": app.subject,
	"way": "exposed",
	"message": sprintf(
		"Juju exposes %q in model %q: with option juju-external-hostname it makes an Ingress that leads past Charmarr's gateways.",
		[app.name, app.model],
	),
	"at": mesh.place(app.exposed_at, app.at),
	"state": stack.juju_state(app.declared_mesh.state, app.state),
	"remediation": [sprintf("juju unexpose -m %s %s", [app.model, app.name])],
} if {
	some app in input.applications
	app.id in ingress.guarded
	app.exposed == "yes"
	not app.id in {id | some _, ids in leads; some id in ids}
}

violations contains {
	"subject": route.subject,
	"way": "route-to-vpn-gateway",
	"message": sprintf(
		"%s %q in namespace %q leads to VPN gateway %s: what the gateway serves is for its clients alone.",
		[route.kind, route.name, route.namespace, text.listed(names(led))],
	),
	"at": route.at,
	"state": route.state,
	"remediation": [sprintf("kubectl -n %s delete %ss.gateway.networking.k8s.io %s", [route.namespace, lower(route.kind), route.name])],
} if {
	some route in input.routes
	led := {id |
		some backend in route.backends
		some id in ingress.behind[[backend.namespace, backend.name]]
		stack.application[id].role == "vpn-gateway"
	}
	count(led) > 0
}
