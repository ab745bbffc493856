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
#   admission: deny
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

# Each way has a file of its own; here is what they share, and what the rule
# cannot judge.

harm := "ztunnel takes its TCP and DNS, which breaks the tunnel and the VXLAN network of every download client"

homes := {gateway.namespace | some gateway in stack.vpn_gateways}

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
