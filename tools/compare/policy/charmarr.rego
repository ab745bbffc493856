# Seven of charmarr-lint's rules, written over raw Kubernetes objects, to compare
# the cost of the same work. Written as one would write them for speed: lookups by
# key instead of joins over arrays. They know no stacks, places, gaps or levels.
#
# conftest passes the parsed files as an array of {path, contents}, opa the one
# document; both have their items in `objects`.
package main

objects contains item if some item in input.items

objects contains item if {
	some file in input
	some item in file.contents.items
}

objects contains file.contents if {
	some file in input
	file.contents.kind == "Namespace"
}

ambient := "istio.io/dataplane-mode"

# namespace_mode is the dataplane mode of each labelled namespace.
namespace_mode[object.metadata.name] := object.metadata.labels[ambient] if {
	some object in objects
	object.kind == "Namespace"
}

workloads := [object | some object in objects; object.kind == "StatefulSet"]

containers(workload) := {c.name | some c in workload.spec.template.spec.containers}

init_containers(workload) := {c.name | some c in workload.spec.template.spec.initContainers}

clients := [w | some w in workloads; count(containers(w) & {"qbittorrent", "sabnzbd"}) > 0]

gateways := [w | some w in workloads; "gluetun" in containers(w)]

services := [w |
	some w in workloads
	count(containers(w) & {"radarr", "sonarr", "prowlarr", "plex", "seerr", "flaresolverr"}) > 0
]

# gateway_namespaces are the namespaces that hold a VPN gateway.
gateway_namespaces := {w.metadata.namespace | some w in gateways}

captured(workload) if workload.spec.template.metadata.labels[ambient] == "ambient"

captured(workload) if {
	object.get(workload.spec.template.metadata.labels, ambient, "") != "none"
	namespace_mode[workload.metadata.namespace] == "ambient"
}

where(object) := sprintf("%s/%s", [object.metadata.namespace, object.metadata.name])

deny contains sprintf("topology/core-service-in-core %s", [where(w)]) if {
	some w in services
	not endswith(w.metadata.namespace, "-core")
}

deny contains sprintf("topology/download-client-in-downloads %s", [where(w)]) if {
	some w in clients
	not endswith(w.metadata.namespace, "-downloads")
}

deny contains sprintf("topology/gateway-own-namespace %s", [where(w)]) if {
	some w in gateways
	some other in array.concat(clients, services)
	other.metadata.namespace == w.metadata.namespace
}

deny contains sprintf("ingress/gateway-only-in-core %s", [where(object)]) if {
	some object in objects
	object.kind == "Gateway"
	object.spec.gatewayClassName == "istio"
	not endswith(object.metadata.namespace, "-core")
}

deny contains sprintf("mesh/download-client-enrolled %s", [where(w)]) if {
	some w in clients
	not captured(w)
}

deny contains sprintf("mesh/gateway-not-enrolled %s", [where(w)]) if {
	some w in gateways
	captured(w)
}

deny contains sprintf("mesh/gateway-not-enrolled %s", [where(object)]) if {
	some object in objects
	object.kind == "Pod"
	object.metadata.labels["app.kubernetes.io/name"] == "gluetun"
	object.metadata.namespace in gateway_namespaces
	object.metadata.labels[ambient] == "ambient"
}

deny contains sprintf("mesh/gateway-not-enrolled %s", [where(object)]) if {
	some object in objects
	object.kind == "Service"
	object.metadata.namespace in gateway_namespaces
	object.metadata.name == "gluetun"
	object.metadata.labels["istio.io/use-waypoint"]
}

deny contains sprintf("mesh/gateway-not-enrolled %s/%s", [object.metadata.name, object.metadata.name]) if {
	some object in objects
	object.kind == "Namespace"
	object.metadata.name in gateway_namespaces
	object.metadata.labels["istio.io/use-waypoint"]
}

deny contains sprintf("mesh/gateway-not-enrolled %s", [where(object)]) if {
	some object in objects
	object.kind == "ConfigMap"
	object.metadata.name == "juju-service-mesh-gluetun-labels"
}

deny contains sprintf("mesh/gateway-not-enrolled %s", [where(object)]) if {
	some object in objects
	object.kind == "Pod"
	object.metadata.labels["app.kubernetes.io/name"] == "gluetun"
	object.metadata.annotations["ambient.istio.io/redirection"]
}

deny contains sprintf("vpn/client-behind-gateway %s", [where(w)]) if {
	some w in clients
	not "vpn-route-init" in init_containers(w)
}
