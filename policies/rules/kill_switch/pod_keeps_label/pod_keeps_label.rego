# METADATA
# title: The pods of a download client keep the label by which the kill switch finds them
# description: |
#   The kill switch selects pods by label app.kubernetes.io/name. A pod that loses it,
#   by hand or because its template was changed, is out of the policy's reach at once,
#   and goes on running. So is a copy of the client that somebody started beside it.
#
#   Looked at: the labels of the pods and pod templates of each download client that
#   has a kill switch, and pods and workloads in its namespace that run a download
#   client's container without being of any application, where no NetworkPolicy of
#   type Egress selects them.
# schemas:
#   - input: schema.stack
# custom:
#   id: kill-switch/pod-keeps-label
#   level: error
#   admission: deny
#   adr: ["networking/adr-004#networkpolicy-specification"]
#   needs:
#     - [kube.workloads@downloads, kube.networkpolicies@downloads]
#     - [kube.pods@downloads, kube.networkpolicies@downloads]
#   subjects: [pod, workload]
#   states: [effective]
#   remediation:
#     - kubectl -n {namespace} delete pod {name}
#   ways:
#     - id: label-lost
#       title: A pod or template of the client lacks the label
#     - id: copy
#       title: Something else runs the client's container
#   security: "7.0"
package rules.kill_switch.pod_keeps_label

import data.lib.egress

violations contains {
	"subject": pod.subject,
	"way": "label-lost",
	"message": sprintf("Pod %q of download client %q lacks label app.kubernetes.io/name=%s, so that kill switch %q does not select it: nothing but its routes keeps it off the public Internet.", [pod.name, app.name, app.name, switch.name]),
	"at": pod.at,
	"state": "effective",
	"evidence": [],
	"remediation": [sprintf("kubectl -n %s label pod %s app.kubernetes.io/name=%s --overwrite", [pod.namespace, pod.name, app.name])],
} if {
	some app in egress.clients
	switch := egress.kill_switch[app.id]
	some pod in app.pods
	not pod.phase in {"Succeeded", "Failed"}
	not switch.name in pod.policies
	labels := {[label.key, label.value] | some label in pod.labels}
	not ["app.kubernetes.io/name", app.name] in labels
}

violations contains {
	"subject": workload.subject,
	"way": "label-lost",
	"message": sprintf("%s %q of download client %q makes pods without label app.kubernetes.io/name=%s, so that kill switch %q does not select them: nothing but their routes keeps them off the public Internet.", [workload.kind, workload.name, app.name, app.name, switch.name]),
	"at": workload.at,
	"state": "effective",
	"evidence": [],
	"remediation": [sprintf("kubectl -n %s patch %s %s --type=merge -p '{\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"app.kubernetes.io/name\":\"%s\"}}}}}'", [workload.namespace, lower(workload.kind), workload.name, app.name])],
} if {
	some app in egress.clients
	switch := egress.kill_switch[app.id]
	some workload in app.workloads
	not switch.name in workload.policies
	labels := {[label.key, label.value] | some label in workload.labels}
	not ["app.kubernetes.io/name", app.name] in labels
}

isolating[policy.namespace] contains policy.name if {
	some policy in input.network_policies
	policy.isolates
}

violations contains {
	"subject": stray.subject,
	"way": "copy",
	"message": sprintf("%s %q in namespace %q runs the container of a download client and is no application of Juju's: no kill switch selects it, and no route leads it to a VPN gateway.", [stray.kind, stray.name, stray.namespace]),
	"at": stray.at,
	"state": "effective",
	"evidence": [],
	"remediation": [sprintf("kubectl -n %s delete %s %s  # where nobody needs it", [stray.namespace, lower(stray.kind), stray.name])],
} if {
	some stray in input.strays
	stray.role == "download-client"
	count({name | some name in stray.policies} & isolating[stray.namespace]) == 0
}
