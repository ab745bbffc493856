package rules.mesh.gateway_not_enrolled

import data.lib.stack

# enrolled are the gateways that Kubernetes shows captured, by whatever way.
enrolled contains gateway.id if {
	some gateway in stack.vpn_gateways
	gateway.mesh.captured == "yes"
	gateway.mesh.state == "effective"
}

enrolled contains gateway.id if {
	some gateway in stack.vpn_gateways
	some workload in gateway.workloads
	workload.mesh.captured == "yes"
}

enrolled contains gateway.id if {
	some gateway in stack.vpn_gateways
	some pod in gateway.pods
	captured(pod.mesh.captured, pod.redirection, pod.phase)
}

captured("yes", _, _)

captured(answer, redirection, phase) if {
	answer != "yes"
	redirection in {"enabled", "pending"}
	not phase in {"Succeeded", "Failed"}
}

# The relation to a beacon.
meshed contains end.id if {
	some relation in input.relations
	relation.interface == "service_mesh"
	some end in [relation.provider, relation.requirer]
}

violations contains {
	"subject": gateway.subject,
	"way": "mesh-relation",
	"level": relation_level[gateway.id in enrolled],
	"message": sprintf(
		"VPN gateway %q is related to the beacon %q (%s). %s",
		[gateway.name, beacon.application, relation.name, relation_words[gateway.id in enrolled]],
	),
	"at": relation.at,
	"state": relation.state,
	"evidence": [{"fact": sprintf("relation %s", [relation.name]), "at": relation.at, "object": ""}],
	"remediation": [sprintf("juju remove-relation -m %s %s:%s %s", [gateway.model, gateway.name, endpoint(end.endpoint), endpoint_of(beacon.saas, beacon.application)])],
} if {
	some relation in input.relations
	relation.interface == "service_mesh"
	"vpn-gateway" in {relation.provider.role, relation.requirer.role}
	some [end, beacon] in [[relation.provider, relation.requirer], [relation.requirer, relation.provider]]
	some gateway in stack.vpn_gateways
	gateway.id == end.id
}

relation_level := {true: "error", false: "warning"}

relation_words := {
	true: sprintf("Kubernetes shows the gateway enrolled: %s.", [harm]),
	false: "Today's charm does nothing with the relation; a revision that heeds it would enrol the gateway and break the tunnel.",
}

endpoint("") := "service-mesh"

endpoint(name) := name if name != ""

endpoint_of("", application) := application

endpoint_of(saas, _) := saas if saas != ""
