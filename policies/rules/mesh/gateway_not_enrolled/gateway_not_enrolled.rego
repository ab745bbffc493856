# METADATA
# title: The VPN gateway is not enrolled in the mesh
# description: |
#   The gateway carries the traffic of every download client below the mesh. Once
#   ambient captures it, ztunnel takes its TCP and DNS: the tunnel and the VXLAN
#   network break, and policies of the mesh may turn clients away. There are many
#   ways in, and each of them is one small change.
#
#   Looked at: labels on its namespace, workload and pods; the answer is Istio's
#   own (see Ways for each). Then what leads there: a relation to a beacon, a
#   beacon's model-on-mesh, sidecar injection, labels that a mesh library keeps in
#   a ConfigMap, a waypoint in front of its Service, and pods that istio-cni has
#   captured although no label says so. A label of the namespace that stands behind
#   a pod's own label or a sidecar is a finding too: who takes away the first would
#   meet it next. What does not enrol is no finding: the
#   label dataplane-mode=none, an empty one or one in other letters, hostNetwork, a
#   namespace that istio-cni excludes, redirection=disabled, inject=false, an empty
#   ConfigMap, and the pods of Istio's own gateways.
# schemas:
#   - input: schema.stack
# custom:
#   id: mesh/gateway-not-enrolled
#   level: error
#   adr: ["networking/adr-005#namespace-enrollment", "networking/adr-006#model-2", "apps/adr-006"]
#   needs:
#     - [kube.namespaces@gateway, kube.workloads@gateway]
#   subjects: [namespace, workload, pod, application, configmap, service]
#   states: [planned, declared, effective]
#   remediation:
#     - kubectl label namespace {namespace} istio.io/dataplane-mode-
#   ways:
#     - id: namespace-label
#       title: Its namespace is labelled for ambient
#     - id: pod-label
#       title: Its pod is labelled for ambient, and the workload is not
#     - id: workload-label
#       title: The pods of its workload are labelled for ambient
#     - id: mesh-relation
#       title: It is related to a beacon
#     - id: model-on-mesh
#       title: A beacon puts its whole model on the mesh
#     - id: sidecar-injection
#       title: Its pods get a sidecar, or have one
#     - id: mesh-configmap
#       title: A mesh library keeps labels for it
#     - id: waypoint
#       title: Its callers are sent through a waypoint
#     - id: live-redirection
#       title: istio-cni has captured its pod, and no label says why
#     - id: custom-selector
#       title: A selector of istio-cni's own settings captures it
#   disputed: |
#     The records say that the gateway must never be enrolled. Charmarr's Terraform
#     relates every charm of its fleet to the beacon, gluetun included; the charm
#     has the endpoint service-mesh and does nothing with it ("Gluetun is outside
#     the mesh"). The relation alone is a warning, therefore, and an error as soon
#     as Kubernetes shows the gateway enrolled.
#   security: "8.1"
package rules.mesh.gateway_not_enrolled

import data.lib.mesh
import data.lib.stack
import data.lib.text

harm := "ztunnel takes its TCP and DNS, which breaks the tunnel and the VXLAN network of every download client"

# a: the namespace's label decides, for the application, a workload or a pod.
by_namespace[gateway.namespace] contains {"name": gateway.name, "at": gateway.mesh.at, "fact": gateway.mesh.fact} if {
	some gateway in stack.vpn_gateways
	gateway.mesh.captured == "yes"
	gateway.mesh.way == "namespace-label"
}

by_namespace[workload.namespace] contains {"name": gateway.name, "at": workload.mesh.at, "fact": workload.mesh.fact} if {
	some gateway in stack.vpn_gateways
	some workload in gateway.workloads
	workload.mesh.captured == "yes"
	workload.mesh.way == "namespace-label"
}

by_namespace[pod.namespace] contains {"name": gateway.name, "at": pod.mesh.at, "fact": pod.mesh.fact} if {
	some gateway in stack.vpn_gateways
	some pod in gateway.pods
	pod.mesh.captured == "yes"
	pod.mesh.way == "namespace-label"
}

violations contains {
	"subject": namespace.subject,
	"way": "namespace-label",
	"message": sprintf(
		"Namespace %q is labelled istio.io/dataplane-mode=ambient, so ambient captures the VPN gateway %s in it: %s.",
		[namespace.name, text.listed([capture.name | some capture in captures]), harm],
	),
	"at": mesh.place([capture.at | some capture in captures][0], namespace.at),
	"state": namespace.state,
	"evidence": array.concat(
		[{"fact": capture.fact, "at": capture.at, "object": sprintf("Namespace %s", [namespace.name])} | some capture in captures],
		[fact | some fact in object.get(live, namespace.name, set())],
	),
	"remediation": array.concat(
		[command | some command in object.get(unmesh, namespace.name, set())],
		out_of_namespace(namespace.name, remedy(namespace.name)),
	),
} if {
	some name, captures in by_namespace
	some namespace in input.namespaces
	namespace.name == name
}

# The label stands behind another that decides first. It is said all the same:
# who mends the first would meet it in the next run.
behind[workload.namespace] contains {"name": gateway.name, "first": first[workload.mesh.way], "fact": workload.mesh.fact, "at": workload.mesh.at} if {
	some gateway in stack.vpn_gateways
	some workload in gateway.workloads
	first[workload.mesh.way]
}

behind[pod.namespace] contains {"name": gateway.name, "first": first[pod.mesh.way], "fact": pod.mesh.fact, "at": pod.mesh.at} if {
	some gateway in stack.vpn_gateways
	some pod in gateway.pods
	first[pod.mesh.way]
}

first := {"pod-label": "the label of its pods", "sidecar": "its sidecar"}

violations contains {
	"subject": namespace.subject,
	"way": "namespace-label",
	"message": sprintf(
		"Namespace %q is labelled istio.io/dataplane-mode=ambient too: any pod of VPN gateway %s that runs without %s is captured by it, and then %s.",
		[namespace.name, text.listed([other.name | some other in others]), concat(" or ", {other.first | some other in others}), harm],
	),
	"at": label.at,
	"state": namespace.state,
	"evidence": array.concat(
		[{"fact": "label istio.io/dataplane-mode=ambient", "at": label.at, "object": sprintf("Namespace %s", [namespace.name])}],
		[{"fact": sprintf("decides first: %s", [other.fact]), "at": other.at, "object": ""} | some other in others],
	),
	"remediation": array.concat(
		[command | some command in object.get(unmesh, namespace.name, set())],
		out_of_namespace(namespace.name, remedy(namespace.name)),
	),
} if {
	some name, others in behind
	not by_namespace[name]
	some namespace in input.namespaces
	namespace.name == name
	some label in namespace.labels
	label.key == "istio.io/dataplane-mode"
	label.value == "ambient"
}

# remedy is how a gateway leaves a labelled namespace: with the label; alone,
# where others have to stay enrolled; or by a new pod, where only one that is
# older than its workload is captured.
remedy(name) := "pod" if name in stale

remedy(name) := "workload" if {
	not name in stale
	name in shared
}

remedy(name) := "label" if {
	not name in stale
	not name in shared
}

# stale are the namespaces in which each workload of a gateway opts out.
stale contains namespace if {
	some namespace in homes
	ways := {workload.mesh.way |
		some gateway in stack.vpn_gateways
		gateway.namespace == namespace
		some workload in gateway.workloads
	}
	ways == {"none-label"}
}

# unmesh are the commands for a namespace that a beacon has labelled: the beacon
# would label it again.
unmesh[namespace.name] contains sprintf("juju config -m %s %s model-on-mesh=false", [namespace.name, beacon]) if {
	some namespace in input.namespaces
	some label in namespace.labels
	label.key == "charms.canonical.com/istio.io.waypoint.managed-by"
	prefix := sprintf("%s.", [namespace.name])
	startswith(label.value, prefix)
	beacon := trim_prefix(label.value, prefix)
}

# shared are the namespaces where others have to stay enrolled: there the gateway
# is taken out alone.
shared contains app.namespace if {
	some app in input.applications
	app.group in {"content", "download"}
	app.namespace in homes
}

homes := {gateway.namespace | some gateway in stack.vpn_gateways}

out_of_namespace(namespace, "label") := [sprintf("kubectl label namespace %s istio.io/dataplane-mode- istio.io/use-waypoint-", [namespace])]

out_of_namespace(namespace, "workload") := [sprintf("kubectl -n %s patch %s %s --type=merge -p '{\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"istio.io/dataplane-mode\":\"none\"}}}}}'  # until it has a model of its own", [namespace, lower(workload.kind), workload.name]) |
	some gateway in stack.vpn_gateways
	some workload in gateway.workloads
	workload.namespace == namespace
	workload.mesh.way != "none-label"
]

out_of_namespace(namespace, "pod") := [sprintf("kubectl -n %s delete pod %s  # a new one has its workload's label none", [namespace, pod.name]) |
	some gateway in stack.vpn_gateways
	some pod in gateway.pods
	pod.namespace == namespace
	pod.mesh.captured == "yes"
]

# live holds what istio-cni says of the gateways' pods, by namespace.
live[pod.namespace] contains {
	"fact": sprintf("istio-cni has captured it: annotation ambient.istio.io/redirection=%s", [pod.redirection]),
	"at": mesh.place(pod.redirection_at, pod.at),
	"object": sprintf("Pod %s/%s", [pod.namespace, pod.name]),
} if {
	some gateway in stack.vpn_gateways
	some pod in gateway.pods
	pod.redirection in {"enabled", "pending"}
}

# c: the workload's template.
labelled contains gateway.id if {
	some gateway in stack.vpn_gateways
	some workload in gateway.workloads
	workload.mesh.captured == "yes"
	workload.mesh.way == "pod-label"
}

violations contains {
	"subject": workload.subject,
	"way": "workload-label",
	"message": sprintf(
		"%s %q of the VPN gateway labels its pods istio.io/dataplane-mode=ambient, so ambient captures each of them: %s.",
		[workload.kind, workload.name, harm],
	),
	"at": mesh.place(workload.mesh.at, workload.at),
	"state": workload.state,
	"evidence": array.concat(
		[{"fact": workload.mesh.fact, "at": workload.mesh.at, "object": sprintf("%s %s/%s", [workload.kind, workload.namespace, workload.name])}],
		[fact | some fact in object.get(live, workload.namespace, set())],
	),
	"remediation": array.concat(
		[sprintf("juju remove-relation -m %s %s:service-mesh %s:service-mesh", [gateway.model, gateway.name, mesh.beacon_of(gateway.model)]) |
			gateway.id in meshed
		],
		[sprintf(
			"kubectl -n %s patch %s %s --type=merge -p '{\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"istio.io/dataplane-mode\":null}}}}}'",
			[workload.namespace, lower(workload.kind), workload.name],
		)],
	),
} if {
	some gateway in stack.vpn_gateways
	gateway.id in labelled
	some workload in gateway.workloads
	workload.mesh.captured == "yes"
	workload.mesh.way == "pod-label"
}

# b: a pod alone.
violations contains {
	"subject": pod.subject,
	"way": "pod-label",
	"message": sprintf(
		"Pod %q of the VPN gateway %q is labelled istio.io/dataplane-mode=ambient%s: %s.",
		[pod.name, gateway.name, by_hand[gateway.workloads != []], harm],
	),
	"at": mesh.place(pod.mesh.at, pod.at),
	"state": pod.state,
	"evidence": array.concat(
		[{"fact": pod.mesh.fact, "at": pod.mesh.at, "object": sprintf("Pod %s/%s", [pod.namespace, pod.name])}],
		[fact | some fact in object.get(live, pod.namespace, set())],
	),
	"remediation": [sprintf("kubectl -n %s label pod %s istio.io/dataplane-mode-", [pod.namespace, pod.name])],
} if {
	some gateway in stack.vpn_gateways
	not gateway.id in labelled
	some pod in gateway.pods
	pod.mesh.captured == "yes"
	pod.mesh.way == "pod-label"
}

by_hand := {
	true: ", and its workload is not, so that it was labelled by hand or is older than its workload, and ambient captures it until it is made anew",
	false: ", so ambient captures it",
}

# k: a selector that istio-cni was given.
violations contains {
	"subject": workload.subject,
	"way": "custom-selector",
	"message": sprintf(
		"A selector in istio-cni's own settings captures the pods of VPN gateway %q (%s): %s.",
		[gateway.name, mesh.reason(workload.mesh.fact, workload.mesh.way), harm],
	),
	"at": mesh.place(workload.mesh.at, workload.at),
	"state": workload.state,
	"evidence": [
		{"fact": mesh.reason(workload.mesh.fact, workload.mesh.way), "at": workload.mesh.at, "object": "ConfigMap istio-cni-config"},
		{"fact": "its pods match", "at": workload.at, "object": sprintf("%s %s/%s", [workload.kind, workload.namespace, workload.name])},
	],
	"remediation": [sprintf(
		"kubectl -n %s patch %s %s --type=merge -p '{\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"istio.io/dataplane-mode\":\"none\"}}}}}'  # if the selectors heed it; else change ambient.enablementSelectors of istio-cni",
		[workload.namespace, lower(workload.kind), workload.name],
	)],
} if {
	some gateway in stack.vpn_gateways
	some workload in gateway.workloads
	workload.mesh.captured == "yes"
	workload.mesh.way == "custom-selector"
}

selected contains gateway.id if {
	some gateway in stack.vpn_gateways
	some workload in gateway.workloads
	workload.mesh.captured == "yes"
	workload.mesh.way == "custom-selector"
}

violations contains {
	"subject": pod.subject,
	"way": "custom-selector",
	"message": sprintf(
		"A selector in istio-cni's own settings captures pod %q of VPN gateway %q (%s): %s.",
		[pod.name, gateway.name, mesh.reason(pod.mesh.fact, pod.mesh.way), harm],
	),
	"at": mesh.place(pod.mesh.at, pod.at),
	"state": pod.state,
	"remediation": [
		sprintf("kubectl -n %s delete pod %s  # a new pod has the labels of its workload only", [pod.namespace, pod.name]),
	],
} if {
	some gateway in stack.vpn_gateways
	not gateway.id in selected
	some pod in gateway.pods
	pod.mesh.captured == "yes"
	pod.mesh.way == "custom-selector"
}

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

# d: the relation to a beacon.
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

# e: a beacon that puts the whole model on the mesh.
violations contains {
	"subject": gateway.subject,
	"way": "model-on-mesh",
	"message": sprintf(
		"Beacon %s puts the whole model %q on the mesh (model-on-mesh=true), the VPN gateway %q included: %s.",
		[text.listed([beacon.name | some beacon in beacons]), gateway.model, gateway.name, harm],
	),
	"at": [beacon.at | some beacon in beacons][0],
	"state": stack.juju_state(gateway.declared_mesh.state, gateway.state),
	"evidence": [{"fact": sprintf("option model-on-mesh=true of %s", [beacon.name]), "at": beacon.at, "object": ""} | some beacon in beacons],
	"remediation": [sprintf("juju config -m %s %s model-on-mesh=false", [gateway.model, beacon.name]) | some beacon in beacons],
} if {
	some gateway in stack.vpn_gateways
	beacons := meshing[gateway.model]
	not gateway.id in kept_out
}

meshing[beacon.model] contains {"name": beacon.name, "at": at} if {
	some beacon in stack.beacons
	some at in mesh.model_on_mesh[beacon.id]
}

# kept_out are the gateways that a label on the namespace cannot reach.
kept_out contains gateway.id if {
	some gateway in stack.vpn_gateways
	gateway.mesh.captured == "no"
	gateway.mesh.state == "effective"
	gateway.mesh.way in {"none-label", "host-network", "excluded-namespace", "ambient-off", "sidecar"}
}

# f: a sidecar instead. Where a label of the namespace injects it, the namespace is
# to blame; else the workload, or a pod that got its sidecar before.
injected := [{"gateway": gateway.id, "name": gateway.name, "workload": workload} |
	some gateway in stack.vpn_gateways
	some workload in gateway.workloads
	workload.mesh.sidecar == "yes"
]

injecting[namespace.name] contains label if {
	injected != []
	some namespace in input.namespaces
	namespace.name in homes
	some label in namespace.labels
	label.key in {"istio-injection", "istio.io/rev"}
	some case in injected
	case.workload.namespace == namespace.name
	contains(case.workload.mesh.sidecar_fact, sprintf("%s=%s", [label.key, label.value]))
}

violations contains {
	"subject": namespace.subject,
	"way": "sidecar-injection",
	"message": sprintf(
		"Namespace %q is labelled %s=%s, so the pods of VPN gateway %s in it get an Istio sidecar: it captures all their TCP, which breaks the tunnel of every download client.",
		[namespace.name, label.key, label.value, text.listed([case.name | some case in injected; case.workload.namespace == name])],
	),
	"at": label.at,
	"state": namespace.state,
	"evidence": array.concat(
		[{"fact": sprintf("label %s=%s", [label.key, label.value]), "at": label.at, "object": sprintf("Namespace %s", [namespace.name])}],
		[{"fact": "its pod template does not say sidecar.istio.io/inject=false", "at": case.workload.at, "object": sprintf("%s %s/%s", [case.workload.kind, case.workload.namespace, case.workload.name])} |
			some case in injected
			case.workload.namespace == name
		],
	),
	"remediation": array.concat(
		[sprintf("kubectl label namespace %s %s-", [namespace.name, label.key])],
		[sprintf("kubectl -n %s rollout restart %s %s", [namespace.name, lower(case.workload.kind), case.workload.name]) |
			some case in injected
			case.workload.namespace == name
		],
	),
} if {
	some name, labels in injecting
	label := [l | some l in labels][0]
	some namespace in input.namespaces
	namespace.name == name
}

violations contains {
	"subject": case.workload.subject,
	"way": "sidecar-injection",
	"message": sprintf(
		"The pods of VPN gateway %q get an Istio sidecar (%s): it captures all their TCP, which breaks the tunnel of every download client.",
		[case.name, case.workload.mesh.sidecar_fact],
	),
	"at": mesh.place(case.workload.mesh.sidecar_at, case.workload.at),
	"state": case.workload.state,
	"evidence": [{"fact": case.workload.mesh.sidecar_fact, "at": case.workload.mesh.sidecar_at, "object": ""}],
	"remediation": no_sidecar(startswith(case.workload.mesh.sidecar_fact, "annotation "), case.workload.namespace, lower(case.workload.kind), case.workload.name),
} if {
	some case in injected
	not injecting[case.workload.namespace]
}

no_sidecar(false, namespace, kind, name) := [sprintf(
	"kubectl -n %s patch %s %s --type=merge -p '{\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"sidecar.istio.io/inject\":\"false\"}}}}}'",
	[namespace, kind, name],
)]

# istioctl kube-inject wrote the sidecar into the template: no label takes it out.
no_sidecar(true, namespace, kind, name) := [sprintf(
	"kubectl -n %s rollout undo %s %s  # to the template from before istioctl kube-inject",
	[namespace, kind, name],
)]

violations contains {
	"subject": pod.subject,
	"way": "sidecar-injection",
	"message": sprintf(
		"Pod %q of VPN gateway %q has an Istio sidecar (%s)%s: it captures all its TCP, which breaks the tunnel of every download client.",
		[pod.name, gateway.name, pod.mesh.sidecar_fact, older[gateway.workloads != []]],
	),
	"at": mesh.place(pod.mesh.sidecar_at, pod.at),
	"state": pod.state,
	"remediation": [sprintf("kubectl -n %s delete pod %s", [pod.namespace, pod.name])],
} if {
	some gateway in stack.vpn_gateways
	not gateway.id in {case.gateway | some case in injected}
	some pod in gateway.pods
	pod.mesh.sidecar == "yes"
	not pod.phase in {"Succeeded", "Failed"}
}

older := {true: ", and its workload would not give it one now", false: ""}

# g: labels that a mesh library keeps.
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

# h: a waypoint in front of it.
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

# i: captured, and no label says why.
violations contains {
	"subject": pod.subject,
	"way": "live-redirection",
	"message": sprintf(
		"istio-cni has captured pod %q of VPN gateway %q (ambient.istio.io/redirection=%s), and no label that was read says why: %s.",
		[pod.name, gateway.name, pod.redirection, harm],
	),
	"at": mesh.place(pod.redirection_at, pod.at),
	"state": pod.state,
	"evidence": [{"fact": mesh.reason(pod.mesh.fact, pod.mesh.way), "at": pod.mesh.at, "object": sprintf("Pod %s/%s", [pod.namespace, pod.name])}],
	"remediation": [
		sprintf("kubectl -n %s get pod %s -o yaml  # look for labels istio.io/dataplane-mode on it and its namespace", [pod.namespace, pod.name]),
		sprintf("kubectl -n %s delete pod %s  # a new pod is captured only if a label still says so", [pod.namespace, pod.name]),
	],
} if {
	some gateway in stack.vpn_gateways
	some pod in gateway.pods
	pod.redirection in {"enabled", "pending"}
	not pod.phase in {"Succeeded", "Failed"}
	not pod.host_network
	not explained(pod.mesh.captured, pod.mesh.way)
}

explained("yes", way) if way in {"namespace-label", "pod-label", "custom-selector"}

undecided contains {
	"subject": gateway.subject,
	"missing": sprintf("kube.workloads@gateway: whether ambient captures %q (%s)", [gateway.name, mesh.reason(gateway.mesh.fact, "nothing")]),
} if {
	some gateway in stack.vpn_gateways
	gateway.effective
	gateway.mesh.captured == ""
}

# What Juju predicts is no answer for a workload or a pod that could not be judged.
undecided contains {
	"subject": workload.subject,
	"missing": sprintf("kube.workloads@gateway: whether ambient captures the pods of %s %q (%s)", [workload.kind, workload.name, mesh.reason(workload.mesh.fact, "nothing")]),
} if {
	some gateway in stack.vpn_gateways
	gateway.mesh.captured != ""
	some workload in gateway.workloads
	workload.mesh.captured == ""
}
