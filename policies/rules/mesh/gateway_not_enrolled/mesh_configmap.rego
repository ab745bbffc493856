package rules.mesh.gateway_not_enrolled

import data.lib.mesh

# Labels that a mesh library keeps.
violations contains {
	"subject": configmap.subject,
	"way": "mesh-configmap",
	"message": sprintf(
		"ConfigMap %q keeps mesh labels for VPN gateway %q (%s): a mesh library has enrolled it and will write them again.",
		[configmap.name, configmap.application, concat(", ", [sprintf("%s=%s", [label.key, label.value]) | some label in configmap.mesh_labels])],
	),
	"at": mesh.place(configmap.mesh_labels[0].at, configmap.at),
	"state": configmap.state,
	"evidence": [{"fact": sprintf("%s=%s", [label.key, label.value]), "at": label.at, "object": sprintf("ConfigMap %s/%s", [configmap.namespace, configmap.name])} |
		some label in configmap.mesh_labels
	],
	"remediation": [
		sprintf("juju remove-relation -m %s %s:service-mesh %s:service-mesh  # where it is there", [configmap.namespace, configmap.application, mesh.beacon_of(configmap.namespace)]),
		sprintf("kubectl -n %s delete configmap %s", [configmap.namespace, configmap.name]),
	],
} if {
	some configmap in input.configmaps
	configmap.purpose == "mesh-labels"
	configmap.role == "vpn-gateway"
	configmap.mesh_labels != []
}
