# METADATA
# title: The network plugin enforces NetworkPolicies
# description: |
#   Kubernetes stores NetworkPolicies and enforces none of them: that is for the
#   network plugin. Calico, Cilium, Antrea, kube-router and others do; Flannel by
#   itself does not, and nothing tells the operator. Every kill switch is then a mere
#   piece of paper.
#
#   Looked at: the DaemonSets and pods of kube-system and of the namespaces in which
#   network plugins usually run, and whether the nodes are of K3s, which has a policy
#   controller built in. A plugin that is not known, or whose switch cannot be seen,
#   leaves the rule undecided. What is known of each plugin stands with its source in
#   internal/topology/plugins.json.
# schemas:
#   - input: schema.stack
# custom:
#   id: kill-switch/enforced-by-cni
#   level: error
#   adr: ["networking/adr-004#decision-outcome"]
#   needs:
#     - [kube.system@downloads]
#     - [kube.nodes@downloads]
#   subjects: [workload, pod, node]
#   states: [effective]
#   remediation:
#     - kubectl get daemonsets -A
#   security: "7.0"
package rules.kill_switch.enforced_by_cni

import data.lib.egress
import data.lib.text

# guarded are the applications that count on a policy.
guarded := {app.name | some app in egress.clients}

violations contains {
	"subject": plugin.subject,
	"message": sprintf("The cluster's network plugin enforces no NetworkPolicy (%s): the kill switch of %s stops nothing. Only the routes of their pods keep them off the public Internet.", [plugin.fact, text.listed(guarded)]),
	"at": plugin.at,
	"state": "effective",
	"evidence": [{"fact": plugin.fact, "at": plugin.at, "object": ""}],
	"remediation": ["kubectl get daemonsets -A  # install a plugin that enforces NetworkPolicies, such as Calico, or one beside it, such as kube-network-policies"],
} if {
	plugin := input.cluster.plugin
	plugin.enforces == "no"
	guarded != set()
}

undecided contains {"subject": app.subject, "missing": sprintf("kube.system: %s", [unknown(input.cluster.plugin.name, input.cluster.plugin.fact)])} if {
	some app in egress.clients
	input.cluster.plugin.enforces == ""
}

unknown("", _) := "no network plugin that is known was found; give the DaemonSets of all namespaces: kubectl get daemonsets -A -o yaml"

unknown(name, fact) := sprintf("whether it enforces NetworkPolicies is not known (%s)", [fact]) if name != ""
