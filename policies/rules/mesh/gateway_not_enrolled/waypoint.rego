package rules.mesh.gateway_not_enrolled

import data.lib.stack
import data.lib.text

# A waypoint in front of it.
violations contains {
	"subject": service.subject,
	"way": "waypoint",
	"level": "warning",
	"message": sprintf(
		"Service %q of VPN gateway %q is labelled istio.io/use-waypoint=%s: callers in the mesh are sent through that waypoint instead of straight to the gateway, which has no place in the mesh.",
		[service.name, service.application, label.value],
	),
	"at": label.at,
	"state": service.state,
	"remediation": [sprintf("kubectl -n %s label service %s istio.io/use-waypoint- istio.io/use-waypoint-namespace-", [service.namespace, service.name])],
} if {
	some service in input.services
	service.role == "vpn-gateway"
	some label in service.labels
	label.key == "istio.io/use-waypoint"
	not label.value in {"", "none"}
}

violations contains {
	"subject": namespace.subject,
	"way": "waypoint",
	"level": "warning",
	"message": sprintf(
		"Namespace %q of VPN gateway %s is labelled istio.io/use-waypoint=%s: callers in the mesh are sent through that waypoint instead of straight to the gateway, which has no place in the mesh.",
		[namespace.name, text.listed([gateway.name | some gateway in stack.vpn_gateways; gateway.namespace == namespace.name]), label.value],
	),
	"at": label.at,
	"state": namespace.state,
	"remediation": [sprintf("kubectl label namespace %s istio.io/use-waypoint- istio.io/use-waypoint-namespace-", [namespace.name])],
} if {
	some namespace in input.namespaces
	namespace.name in homes
	not namespace.name in opted_out
	some label in namespace.labels
	label.key == "istio.io/use-waypoint"
	not label.value in {"", "none"}
}

# opted_out are the namespaces where a gateway's Service refuses a waypoint.
opted_out contains service.namespace if {
	some service in input.services
	service.role == "vpn-gateway"
	some label in service.labels
	label.key == "istio.io/use-waypoint"
	label.value == "none"
}
