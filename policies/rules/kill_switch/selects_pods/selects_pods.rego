# METADATA
# title: A kill switch selects the pods of its client, and no others
# description: |
#   A NetworkPolicy that selects no pod does nothing, and Kubernetes does not say so.
#   It comes of a selector that was changed by hand, of an application that was
#   deployed anew under another name, or of a model so old that Juju labels pods
#   otherwise. One that selects more pods than its client's cuts those off the public
#   Internet; where the VPN gateway is among them, there is no tunnel.
#
#   Looked at: the pod selector of each NetworkPolicy APPLICATION-vpn-killswitch, and
#   the labels of the pods and of the pod templates of its namespace. A pod that lost
#   the label it ought to have is told of by kill-switch/pod-keeps-label.
# schemas:
#   - input: schema.stack
# custom:
#   id: kill-switch/selects-pods
#   level: error
#   adr: ["networking/adr-004#networkpolicy-specification"]
#   needs:
#     - [kube.workloads@downloads, kube.networkpolicies@downloads]
#     - [kube.pods@downloads, kube.networkpolicies@downloads]
#   subjects: [networkpolicy]
#   states: [effective]
#   remediation:
#     - kubectl -n {namespace} delete networkpolicy {name}
#   ways:
#     - id: missed
#       title: It misses pods of its client
#     - id: others
#       title: It selects pods of others
#   security: "7.0"
package rules.kill_switch.selects_pods

import data.lib.egress
import data.lib.stack
import data.lib.text

# missed are, by client, the pods and workloads that bear the client's name and that
# its kill switch does not select.
missed[app.id] contains {"what": sprintf("Pod %s", [pod.name]), "at": pod.at} if {
	some app in egress.clients
	some pod in app.pods
	not pod.phase in {"Succeeded", "Failed"}
	not egress.kill_switch[app.id].name in pod.policies
	some label in pod.labels
	[label.key, label.value] == ["app.kubernetes.io/name", app.name]
}

missed[app.id] contains {"what": sprintf("%s %s", [workload.kind, workload.name]), "at": workload.at} if {
	some app in egress.clients
	some workload in app.workloads
	not egress.kill_switch[app.id].name in workload.policies
	some label in workload.labels
	[label.key, label.value] == ["app.kubernetes.io/name", app.name]
}

violations contains {
	"subject": policy.subject,
	"way": "missed",
	"message": sprintf(
		"NetworkPolicy %q is the kill switch of download client %q and does not select it: its selector %s fits none of %s. Nothing but their routes keeps them off the public Internet.",
		[policy.name, app.name, selector(policy.selector), text.joined({m.what | some m in missed[app.id]})],
	),
	"at": policy.selector_at,
	"state": "effective",
	"evidence": [{"fact": sprintf("%s has label app.kubernetes.io/name=%s", [m.what, app.name]), "at": m.at, "object": sprintf("namespace %s", [app.namespace])} | some m in missed[app.id]],
	"remediation": again(policy.namespace, policy.name, app.model, app.name),
} if {
	some app in egress.clients
	policy := egress.kill_switch[app.id]
	policy.selector_error == ""
	missed[app.id]
}

selector("") := "for all pods"

selector(words) := sprintf("%q", [words]) if words != ""

again(namespace, policy, model, app) := [
	sprintf("kubectl -n %s delete networkpolicy %s", [namespace, policy]),
	egress.reconcile(model, app),
]

violations contains {
	"subject": policy.subject,
	"way": "others",
	"level": level(gateways),
	"message": sprintf("NetworkPolicy %q is the kill switch of download client %q, and its selector %s fits %s as well: it cuts them off the public Internet.%s", [policy.name, app.name, selector(policy.selector), text.listed(others), consequence(gateways)]),
	"at": policy.selector_at,
	"state": "effective",
	"evidence": [],
	"remediation": again(policy.namespace, policy.name, app.model, app.name),
} if {
	some app in egress.clients
	policy := egress.kill_switch[app.id]
	policy.isolates
	others := {stack.application[id].name | some id in policy.selects; id != app.id}
	others != set()
	gateways := {other.name | some other in input.applications; other.id in policy.selects; other.role == "vpn-gateway"}
}

level(gateways) := "error" if gateways != set()

level(gateways) := "warning" if gateways == set()

consequence(gateways) := sprintf(" Without it VPN gateway %s has no tunnel.", [text.listed(gateways)]) if gateways != set()

consequence(gateways) := "" if gateways == set()

undecided contains {"subject": policy.subject, "missing": sprintf("kube.networkpolicies: the selector of %q cannot be read: %s", [policy.name, policy.selector_error])} if {
	some policy in egress.kill_switch
	policy.selector_error != ""
}
